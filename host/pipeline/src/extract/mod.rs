//! Extract: plans a run's requests, sends them, and keeps the raw records.

mod commit;
mod fetch;
mod page;
mod plan;
mod scope;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use runnel_model::{RunId, Stream};
use runnel_store::{Task, TaskKind, WorkingRun};

use crate::{BoundSource, Context, Handler, PipelineError, Plugins};
use commit::Committer;

/// Handles the tasks of `etl.extract`.
pub struct Extractor {
    context: Context,
    plugins: Arc<dyn Plugins>,
    committer: Committer,
    runs: Mutex<HashMap<RunId, Arc<RunContext>>>,
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
            runs: Mutex::default(),
        }
    }

    /// The run of a task: looked up once, since hundreds of tasks share it.
    async fn run(&self, id: RunId) -> Result<Arc<RunContext>, PipelineError> {
        if let Some(run) = self.known().get(&id) {
            return Ok(Arc::clone(run));
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
        let context = Arc::new(RunContext {
            run,
            source,
            stream,
        });
        let mut known = self.known();
        // A handful of runs are under way at once; ended ones need no care.
        if known.len() >= 64 {
            known.clear();
        }
        known.insert(id, Arc::clone(&context));
        Ok(context)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, Arc<RunContext>>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Handler for Extractor {
    async fn handle(&self, task: Task) -> Result<(), PipelineError> {
        let run = self.run(task.run).await?;
        match task.kind {
            TaskKind::Plan => self.plan(&task, &run).await,
            TaskKind::Fetch(request) => self.fetch(&task, &run, request).await,
            ref other => Err(PipelineError::Host(format!(
                "task {} is no work for etl.extract: {other}",
                task.claim.task
            ))),
        }
    }
}
