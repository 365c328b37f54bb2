//! Why a host did not do what was asked of it. Each says what to do; none holds the
//! token.

use std::{error::Error, fmt, io};

use http::StatusCode;
use rustls::CertificateError;
use serde_json::Value;

/// Why a host did not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
    /// Nobody's certificate can be trusted.
    #[error(
        "no certificate authority is known here: SSL_CERT_FILE or SSL_CERT_DIR names none that can be read, or the system has none"
    )]
    NoAuthorities,
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
    /// Whoever is there cannot prove to be the host.
    #[error("{server} shows a certificate that is not trusted, and was told nothing: {reason}")]
    Untrusted {
        /// The host.
        server: String,
        /// Why.
        reason: String,
    },
    /// The host has no TLS.
    #[error("{server} speaks no TLS: http:// asks it without, for a host on this machine")]
    NoTls {
        /// The host.
        server: String,
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

    /// Why the client cannot be set up.
    pub(crate) fn setup(error: &(dyn Error + 'static)) -> Self {
        match tls_of(error) {
            Some(rustls::Error::General(_)) => Self::NoAuthorities,
            _ => Self::Setup(root_of(error)),
        }
    }

    /// Why a connection was not made.
    pub(crate) fn unreachable(server: String, error: &(dyn Error + 'static)) -> Self {
        match tls_of(error) {
            Some(rustls::Error::InvalidCertificate(error)) => Self::Untrusted {
                server,
                reason: mistrusted(error),
            },
            // The first bytes of an answer in plain text.
            Some(rustls::Error::InvalidMessage(_)) => Self::NoTls { server },
            _ => Self::Unreachable {
                server,
                reason: root_of(error),
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

/// What is wrong with a certificate, and what to do.
fn mistrusted(error: &CertificateError) -> String {
    match error {
        // The latter is of an authority that was made anew under its name.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "this machine does not know who issued it; an authority of your own is trusted once the system trusts it, or SSL_CERT_FILE names a file with its certificate".to_owned()
        }
        other => other.to_string(),
    }
}

/// What TLS had to say, if it did.
fn tls_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = Some(error);
    while let Some(at) = cause {
        if let Some(tls) = at.downcast_ref() {
            return Some(tls);
        }
        cause = inner(at);
    }
    None
}

/// The cause that says most: the innermost.
pub(crate) fn root_of(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = inner(cause) {
        cause = inner;
    }
    cause.to_string()
}

/// What an error holds: an [`io::Error`] names the cause of that, and not it, as its
/// own.
fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|held| held as _),
        None => error.source(),
    }
}
