//! Why a command ends early, and with which exit status.

use std::{fmt, process::ExitCode};

use runnel_client::ClientError;
use runnel_control::ControlError;

use crate::settings::Mistakes;

/// Why a command ends early. Its text says what to do, in one line.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The words of the command line are to be mended: status 2.
    Usage(String),
    /// The settings are: status 2, and a line for each mistake.
    Settings(Mistakes),
    /// The work could not be done: status 1.
    Work(anyhow::Error),
}

impl Failure {
    /// What is said of it: each a line.
    pub(crate) fn lines(&self) -> Vec<String> {
        match self {
            Self::Settings(Mistakes(all)) => all.iter().map(ToString::to_string).collect(),
            other => vec![other.to_string()],
        }
    }

    /// The exit status.
    pub(crate) fn status(&self) -> ExitCode {
        match self {
            Self::Usage(_) | Self::Settings(_) => ExitCode::from(2),
            Self::Work(_) => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => f.write_str(message),
            Self::Settings(mistakes) => mistakes.fmt(f),
            Self::Work(error) => write!(f, "{error:#}"),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Work(error)
    }
}

impl From<Mistakes> for Failure {
    fn from(mistakes: Mistakes) -> Self {
        Self::Settings(mistakes)
    }
}

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Usage(reason) | ControlError::Field { reason, .. } => Self::Usage(reason),
            other => Self::Work(other.into()),
        }
    }
}

/// What the words of a command have led a host to refuse is theirs to mend.
impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let status = error.refusal().map(|refusal| refusal.status.as_u16());
        match (&error, status) {
            (ClientError::NoToken, _) | (_, Some(400 | 404 | 422)) => {
                Self::Usage(error.to_string())
            }
            _ => Self::Work(error.into()),
        }
    }
}

/// The same where what there is stands in the way, and a person has to ask for
/// something else.
pub(crate) fn conflict(error: ClientError) -> Failure {
    match error.refusal().map(|refusal| refusal.status.as_u16()) {
        Some(409) => Failure::Usage(error.to_string()),
        _ => error.into(),
    }
}
