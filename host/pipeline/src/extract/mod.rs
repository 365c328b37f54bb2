//! Extract: plans a run's requests, sends them, and keeps the raw records.

mod commit;
mod fetch;
mod page;
mod plan;
mod scope;

use std::sync::Arc;

use async_trait::async_trait;
use runnel_model::{RunId, Stream};
use runnel_store::{Task, TaskKind, WorkingRun};

use crate::{BoundSource, Context, Handler, PipelineError, Plugins, recent::Recent};
use commit::Committer;
pub(crate) use page::{Job, PageError, read};
pub(crate) use plan::{new_request, said};

/// Handles the tasks of `etl.extract`.
pub struct Extractor {
    context: Context,
    plugins: Arc<dyn Plugins>,
    committer: Committer,
    runs: Recent<RunId, RunContext>,
}

/// A run with all that is needed to plan and read it.
struct RunContext {
    run: WorkingRun,
    source: Arc<BoundSource>,
    stream: Stream,
}

impl Extractor {
    /// A stage over the store; pages of several tasks are committed together.
    pub fn new(context: Context, plugins: Arc<dyn Plugins>) -> Self {
        let committer = Committer::start(context.clone());
        Self {
            context,
            plugins,
            committer,
            runs: Recent::default(),
        }
    }

    /// The run of a task: looked up once, since hundreds of tasks share it.
    async fn run(&self, id: RunId) -> Result<Arc<RunContext>, PipelineError> {
        if let Some(run) = self.runs.get(&id) {
            return Ok(run);
        }
        let run = self.context.store.working_run(id).await?;
        let source = self.plugins.source(&run).await?;
        let stream = source
            .descriptor
            .stream(&run.stream)
            .cloned()
            .ok_or_else(|| {
                let source = &source.descriptor;
                PipelineError::Host(format!(
                    "the source {} {} has no stream {}",
                    source.name, source.version, run.stream
                ))
            })?;
        let context = RunContext {
            run,
            source,
            stream,
        };
        Ok(self.runs.put(id, context))
    }
}

impl Extractor {
    async fn extract(&self, task: &Task) -> Result<(), PipelineError> {
        let run = self.run(task.run).await?;
        match task.kind {
            TaskKind::Plan => self.plan(task, &run).await,
            TaskKind::Fetch(request) => self.fetch(task, &run, request).await,
            ref other => Err(PipelineError::misplaced(other, "etl.extract")),
        }
    }
}

#[async_trait]
impl Handler for Extractor {
    async fn handle(&self, tasks: &[Task]) -> Result<(), PipelineError> {
        for task in tasks {
            self.extract(task).await?;
        }
        Ok(())
    }
}
