//! Transform: maps raw records to changes.

use std::sync::Arc;

use async_trait::async_trait;
use runnel_model::{Outcome, Queue, RawId, RunId};
use runnel_sandbox::{Batch, Fault, Record};
use runnel_store::{
    DeadLetter, DescriptorId, RawRecord, Task, TaskKind, TransformCommit, WorkingRun,
};

use crate::{Context, Handler, PipelineError, Plugins, Signal, recent::Recent};

/// Handles the tasks of `etl.transform.<source>`.
pub struct Transformer {
    context: Context,
    plugins: Arc<dyn Plugins>,
    runs: Recent<RunId, WorkingRun>,
}

impl Transformer {
    /// A stage over the store.
    pub fn new(context: Context, plugins: Arc<dyn Plugins>) -> Self {
        Self {
            context,
            plugins,
            runs: Recent::default(),
        }
    }

    async fn run(&self, id: RunId) -> Result<Arc<WorkingRun>, PipelineError> {
        if let Some(run) = self.runs.get(&id) {
            return Ok(run);
        }
        let run = self.context.store.working_run(id).await?;
        Ok(self.runs.put(id, run))
    }

    async fn transform(&self, task: &Task, ids: &[RawId]) -> Result<(), PipelineError> {
        let run = self.run(task.run).await?;
        let mapping = self.plugins.mapping(&run).await?;
        let records = self.context.store.raw_records(ids).await?;
        let descriptor = mapping.descriptor;
        let (records, batch) = blocking(move || {
            let given: Vec<_> = records
                .iter()
                .map(|record| Record {
                    payload: &record.payload,
                    context: &record.context,
                })
                .collect();
            let batch = mapping.transform.transform(&given);
            (records, batch)
        })
        .await?;
        self.context
            .store
            .commit_transformed(sort(task, descriptor, &records, batch?))
            .await?;
        let load = Queue::Load(run.integration.source.clone());
        self.context.broker.ring(&load);
        (self.context.observer)(Signal::Progress);
        Ok(())
    }
}

#[async_trait]
impl Handler for Transformer {
    async fn handle(&self, task: Task) -> Result<(), PipelineError> {
        match task.kind {
            TaskKind::Transform(ref ids) => self.transform(&task, ids).await,
            TaskKind::Unknown(kind) => Err(PipelineError::Unknown { kind }),
            ref other => Err(PipelineError::Host(format!(
                "task {} is no work for a transform: {other}",
                task.claim.task
            ))),
        }
    }
}

/// What goes on to be loaded, and what becomes a dead letter.
fn sort(
    task: &Task,
    descriptor: DescriptorId,
    records: &[RawRecord],
    batch: Batch,
) -> TransformCommit {
    for line in &batch.log.lines {
        tracing::info!(run = task.run.0, task = task.claim.task.0, level = ?line.level, "{}", line.message);
    }
    let mut commit = TransformCommit {
        claim: task.claim,
        run: task.run,
        descriptor,
        transformed: 0,
        changes: Vec::new(),
        dead: Vec::new(),
        replaced_nuls: batch.replaced_nuls,
    };
    for (record, outcome) in records.iter().zip(batch.outcomes) {
        match outcome {
            Ok(Outcome::Emit(changes)) => {
                commit.transformed += 1;
                commit
                    .changes
                    .extend(changes.into_iter().map(|change| (record.id, change)));
            }
            Ok(Outcome::Skip(_)) => commit.transformed += 1,
            Ok(Outcome::Reject(rejection)) => {
                commit.dead.push(DeadLetter {
                    raw: record.id,
                    error: rejection.message,
                    path: rejection.path,
                });
            }
            Err(fault) => commit.dead.push(dead_letter(record.id, &fault)),
        }
    }
    commit
}

fn dead_letter(raw: RawId, fault: &Fault) -> DeadLetter {
    DeadLetter {
        raw,
        error: fault.to_string(),
        path: None,
    }
}

/// Guests and parsers compute on threads of their own, never on the reactor.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, PipelineError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| PipelineError::Host(e.to_string()))
}
