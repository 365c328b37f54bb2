//! What the data plane needs of whoever knows the plugins.

use std::sync::Arc;

use async_trait::async_trait;
use runnel_model::SourceDescriptor;
use runnel_sandbox::{BoundTransform, Source};
use runnel_store::{DescriptorId, WorkingRun};

use crate::{Client, Observation, PipelineError, Trial};

/// A source, with what it says of itself for an integration's configuration.
pub struct BoundSource {
    /// The plugin.
    pub source: Source,
    /// Its descriptor.
    pub descriptor: SourceDescriptor,
    /// The configuration: `{"base_url", "scope", "settings"}` as JSON text.
    pub config: String,
    /// Where its requests are sent from.
    pub client: Arc<Client>,
}

/// A transform, bound to an integration's configuration.
pub struct Mapping {
    /// The plugin.
    pub transform: BoundTransform,
    /// Its stored descriptor.
    pub descriptor: DescriptorId,
    /// What is tried beside it.
    pub trial: Option<Trial>,
    /// What its configuration holds of the keys of its payloads.
    pub observation: Observation,
}

/// Finds the plugins of a run.
#[async_trait]
pub trait Plugins: Send + Sync {
    /// The source of the run's integration.
    async fn source(&self, run: &WorkingRun) -> Result<Arc<BoundSource>, PipelineError>;

    /// The transform of the run's entity type.
    ///
    /// # Errors
    /// [`PipelineError::NoTransform`] where none is installed.
    async fn mapping(&self, run: &WorkingRun) -> Result<Arc<Mapping>, PipelineError>;
}
