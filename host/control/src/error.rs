//! Why something did not do what was asked.

use runnel_pipeline::PipelineError;
use runnel_sandbox::SandboxError;
use runnel_secrets::SecretsError;
use runnel_store::StoreError;

/// Why a sync stopped. What was read is kept, and the same command goes on.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// What was asked for makes no sense: the words of the user are to be mended.
    #[error("{0}")]
    Usage(String),
    /// The same, of one part of it.
    #[error("{reason}")]
    Field {
        /// What it is called where it is asked for, such as `token`.
        field: &'static str,
        /// What is to be mended.
        reason: String,
    },
    /// The plugins folder, or a file in it, is not what it should be.
    #[error("{0}")]
    Plugins(String),
    /// A plugin failed.
    #[error(transparent)]
    Sandbox(SandboxError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A credential cannot be sealed or opened.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// A part of the host ended where it should not.
    #[error("the host failed: {0}")]
    Host(String),
    /// The data plane failed.
    #[error(transparent)]
    Pipeline(PipelineError),
}

impl From<SandboxError> for ControlError {
    /// A plugin that does not accept its configuration judges what the user gave.
    fn from(error: SandboxError) -> Self {
        match error {
            SandboxError::Configuration { message, .. } => Self::Usage(message),
            other => Self::Sandbox(other),
        }
    }
}

impl From<PipelineError> for ControlError {
    fn from(error: PipelineError) -> Self {
        match error {
            PipelineError::BaseUrl { .. } => Self::Field {
                field: "base_url",
                reason: error.to_string(),
            },
            PipelineError::Sandbox(error) => error.into(),
            PipelineError::Store(error) => Self::Store(error),
            other => Self::Pipeline(other),
        }
    }
}

impl From<ControlError> for PipelineError {
    /// What a worker is told of the plugins or credentials of a run.
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Pipeline(error) => error,
            ControlError::Store(error) => Self::Store(error),
            ControlError::Sandbox(error) => Self::Sandbox(error),
            other => Self::Host(other.to_string()),
        }
    }
}
