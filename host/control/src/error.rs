//! Why a sync did not do what was asked.

use runnel_pipeline::PipelineError;
use runnel_sandbox::SandboxError;
use runnel_store::StoreError;

/// Why a sync stopped. What was read is kept, and the same command goes on.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// What was asked for makes no sense: the words of the user are to be mended.
    #[error("{0}")]
    Usage(String),
    /// The plugins folder, or a file in it, is not what it should be.
    #[error("{0}")]
    Plugins(String),
    /// A plugin failed.
    #[error(transparent)]
    Sandbox(SandboxError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data plane failed.
    #[error(transparent)]
    Pipeline(PipelineError),
}

impl From<SandboxError> for SyncError {
    /// A plugin that does not accept its configuration judges what the user gave.
    fn from(error: SandboxError) -> Self {
        match error {
            SandboxError::Configuration { message, .. } => Self::Usage(message),
            other => Self::Sandbox(other),
        }
    }
}

impl From<PipelineError> for SyncError {
    fn from(error: PipelineError) -> Self {
        match error {
            PipelineError::BaseUrl { .. } => Self::Usage(error.to_string()),
            PipelineError::Sandbox(error) => error.into(),
            PipelineError::Store(error) => Self::Store(error),
            other => Self::Pipeline(other),
        }
    }
}
