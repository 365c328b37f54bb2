//! Load: applies changes to tables. Vectorize: embeds what was loaded.

use async_trait::async_trait;
use runnel_model::Queue;
use runnel_store::{Task, TaskKind};
use tracing::Instrument;

use crate::{Context, Handler, PipelineError, Signal, spans};

/// How many batches share a transaction, at most. Each is a page's worth or two,
/// so that memory stays bounded.
const TOGETHER: usize = 8;
/// How many tasks are dropped at once.
const DROPPED: usize = 64;

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
    fn together(&self) -> usize {
        TOGETHER
    }

    async fn handle(&self, tasks: &[Task]) -> Result<(), PipelineError> {
        let changes = |task: &Task| match task.kind {
            TaskKind::Load(changes) => Ok((task.claim, changes)),
            ref other => Err(PipelineError::misplaced(other, "a load")),
        };
        let batches = tasks.iter().map(changes).collect::<Result<Vec<_>, _>>()?;
        let load = self.context.store.load(&batches);
        load.instrument(spans::store("apply changes")).await?;
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
    fn together(&self) -> usize {
        DROPPED
    }

    async fn handle(&self, tasks: &[Task]) -> Result<(), PipelineError> {
        for task in tasks {
            tracing::debug!(
                run = task.run.0,
                "no vectorizer is configured: dropped a {}",
                task.kind
            );
        }
        let claims: Vec<_> = tasks.iter().map(|task| task.claim).collect();
        self.context.store.finish(&claims).await?;
        (self.context.observer)(Signal::Progress);
        Ok(())
    }
}
