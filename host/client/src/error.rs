//! Why a host did not do what was asked of it. Each says what to do; none holds the
//! token.

use std::fmt;

use http::StatusCode;
use serde_json::Value;

/// Why a host did not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
    /// The token cannot be sent.
    #[error(
        "the token has characters that no token has: is it that of the page Account of the dashboard?"
    )]
    NoToken,
    /// Nobody is there.
    #[error(
        "{server} cannot be reached: {reason}; is `runnel serve` running there, with the role api?"
    )]
    Unreachable {
        /// The host.
        server: String,
        /// Why.
        reason: String,
    },
    /// No answer came, or not all of it.
    #[error("{server} did not answer: {reason}; what was asked for may have been done")]
    Broken {
        /// The host.
        server: String,
        /// Why.
        reason: String,
    },
    /// The answer is that of another program.
    #[error("{server} does not answer as runnel does ({reason}): is it the right URL?")]
    Strange {
        /// The host.
        server: String,
        /// In what.
        reason: String,
    },
    /// The token is not good.
    #[error(
        "{server} does not know the token, or it has expired: the page Account of its dashboard makes one"
    )]
    Unauthorized {
        /// The host.
        server: String,
    },
    /// It was refused, in words.
    #[error("{0}")]
    Refused(Refusal),
}

/// What a host said no to, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The host.
    pub server: String,
    /// The status of the answer.
    pub status: StatusCode,
    /// What it said.
    pub detail: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { server, detail, .. } = self;
        match self.status {
            StatusCode::FORBIDDEN => write!(f, "{server} refuses it to this token: {detail}"),
            _ => write!(f, "{server}: {detail}"),
        }
    }
}

impl ClientError {
    /// The refusal that an answer is; its body is a problem (RFC 9457), if it is one of
    /// a host of ours.
    pub(crate) fn of(server: String, status: StatusCode, body: &[u8]) -> Self {
        if status.is_redirection() {
            let reason = format!("it sends elsewhere, HTTP {status}");
            return Self::Strange { server, reason };
        }
        let problem: Option<Value> = serde_json::from_slice(body).ok();
        let detail = problem
            .as_ref()
            .and_then(|problem| problem["detail"].as_str());
        match (status, detail) {
            (StatusCode::UNAUTHORIZED, Some(_)) => Self::Unauthorized { server },
            (_, Some(detail)) => Self::Refused(Refusal {
                server,
                status,
                detail: detail.to_owned(),
            }),
            (_, None) => Self::Strange {
                server,
                reason: format!("HTTP {status}"),
            },
        }
    }

    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether what was named is not there.
    pub fn is_missing(&self) -> bool {
        self.refusal()
            .is_some_and(|refusal| refusal.status == StatusCode::NOT_FOUND)
    }
}
