//! Load: applies changes to tables. Vectorize: embeds what was loaded.

use async_trait::async_trait;
use runnel_model::Queue;
use runnel_store::{Task, TaskKind};

use crate::{Context, Handler, PipelineError, Signal};

/// Handles the tasks of `etl.load.<source>`.
pub struct Loader {
    context: Context,
}

impl Loader {
    /// A stage over the store.
    pub fn new(context: Context) -> Self {
        Self { context }
    }
}

#[async_trait]
impl Handler for Loader {
    async fn handle(&self, task: Task) -> Result<(), PipelineError> {
        let changes = match task.kind {
            TaskKind::Load(changes) => changes,
            TaskKind::Unknown(kind) => return Err(PipelineError::Unknown { kind }),
            other => {
                return Err(PipelineError::Host(format!(
                    "task {} is no work for a load: {other}",
                    task.claim.task
                )));
            }
        };
        self.context.store.load(task.claim, changes).await?;
        self.context.broker.ring(&Queue::Vectorize);
        (self.context.observer)(Signal::Progress);
        Ok(())
    }
}

/// Handles the tasks of `etl.vectorize`. Until a vectorizer is configured they
/// are counted (by the run that caused them) and dropped, not hoarded.
pub struct Vectorizer {
    context: Context,
}

impl Vectorizer {
    /// A stage over the store.
    pub fn new(context: Context) -> Self {
        Self { context }
    }
}

#[async_trait]
impl Handler for Vectorizer {
    async fn handle(&self, task: Task) -> Result<(), PipelineError> {
        tracing::debug!(
            run = task.run.0,
            "no vectorizer is configured: dropped a {}",
            task.kind
        );
        self.context.store.finish(task.claim).await?;
        (self.context.observer)(Signal::Progress);
        Ok(())
    }
}
