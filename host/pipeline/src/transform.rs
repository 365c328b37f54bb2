//! Transform: maps raw records to changes.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use runnel_model::{Outcome, Queue, RawId, RunId};
use runnel_sandbox::{Batch, Fault, Record, SandboxError};
use runnel_store::{
    DeadLetter, DescriptorId, RawRecord, Step, Task, TaskKind, TransformCommit, Transformed,
    WorkingRun,
};

use crate::{Context, Handler, Mapping, PipelineError, Plugins, Signal, recent::Recent};

/// How many tasks share a transaction, at most. Each has a page's worth of records
/// or two, so that memory stays bounded.
const TOGETHER: usize = 8;
/// What comes of small tasks is loaded together, up to about so many changes.
const CHANGES: usize = 500;
/// When it is looked again whether a replay's batches are worked off: sooner than
/// those that are still open can be.
const FULL: Duration = Duration::from_millis(100);
/// The same of a replay that is paused; whoever resumes it does not wait for this.
const PAUSED: Duration = Duration::from_secs(2);

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

    async fn transform(&self, run: RunId, tasks: &[&Task]) -> Result<(), PipelineError> {
        let raw = tasks
            .iter()
            .map(|task| raw(task))
            .collect::<Result<Vec<_>, _>>()?;
        let records = self.context.store.raw_records(&raw.concat()).await?;
        let working = self.run(run).await?;
        let mapping = self.plugins.mapping(&working).await?;
        let settled = match &working.replay {
            Some(_) => raw.concat(),
            None => Vec::new(),
        };
        let batches = blocking(move || map(&mapping, &raw, &records)).await??;
        let commit = TransformCommit {
            claims: tasks.iter().map(|task| task.claim).collect(),
            run,
            batches,
            settled,
        };
        self.context.store.commit_transformed(commit).await?;
        let load = Queue::Load(working.integration.source.clone());
        self.context.broker.ring(&load);
        (self.context.observer)(Signal::Progress);
        Ok(())
    }

    /// Queues the next batches of a replay, or gives the step back where it is too
    /// early for them.
    async fn step(&self, task: &Task) -> Result<(), PipelineError> {
        let Context { store, broker, .. } = &self.context;
        let (wait, why) = match store.step_replay(task.claim, task.run).await? {
            Step::Queued => {
                let working = self.run(task.run).await?;
                broker.ring(&Queue::Transform(working.integration.source.clone()));
                (self.context.observer)(Signal::Progress);
                return Ok(());
            }
            Step::Full => (FULL, "its batches are under way"),
            Step::Paused => (PAUSED, "the replay is paused"),
        };
        Ok(store.retry(task.claim, wait, why, false).await?)
    }
}

#[async_trait]
impl Handler for Transformer {
    fn together(&self) -> usize {
        TOGETHER
    }

    async fn handle(&self, tasks: &[Task]) -> Result<(), PipelineError> {
        let (steps, batches): (Vec<&Task>, Vec<&Task>) =
            tasks.iter().partition(|task| task.kind == TaskKind::Replay);
        if let Some(first) = batches.first() {
            self.transform(first.run, &batches).await?;
        }
        for step in steps {
            self.step(step).await?;
        }
        Ok(())
    }
}

fn raw(task: &Task) -> Result<Vec<RawId>, PipelineError> {
    match &task.kind {
        TaskKind::Transform(raw) => Ok(raw.clone()),
        other => Err(PipelineError::misplaced(other, "a transform")),
    }
}

/// Maps the records of each task in a batch of their own.
fn map(
    mapping: &Mapping,
    tasks: &[Vec<RawId>],
    records: &[RawRecord],
) -> Result<Vec<Transformed>, SandboxError> {
    // A record that did not change since stands in each task that read it again.
    let known: HashMap<RawId, &RawRecord> = records.iter().map(|raw| (raw.id, raw)).collect();
    let mut transformed: Vec<Transformed> = Vec::new();
    for raw in tasks {
        let records: Vec<&RawRecord> = raw.iter().filter_map(|id| known.get(id).copied()).collect();
        let given: Vec<_> = records.iter().map(|record| given(record)).collect();
        let batch = mapping.transform.transform(&given)?;
        match transformed.last_mut() {
            Some(last) if last.changes.len() < CHANGES => sort(last, &records, batch),
            _ => {
                let mut next = empty(mapping.descriptor);
                sort(&mut next, &records, batch);
                transformed.push(next);
            }
        }
    }
    Ok(transformed)
}

fn given(record: &RawRecord) -> Record<'_> {
    Record {
        payload: &record.payload,
        context: &record.context,
    }
}

fn empty(descriptor: DescriptorId) -> Transformed {
    Transformed {
        descriptor,
        transformed: 0,
        changes: Vec::new(),
        dead: Vec::new(),
        replaced_nuls: 0,
    }
}

/// What goes on to be loaded, and what becomes a dead letter.
fn sort(into: &mut Transformed, records: &[&RawRecord], batch: Batch) {
    for line in &batch.log.lines {
        tracing::info!(level = ?line.level, "{}", line.message);
    }
    into.replaced_nuls += batch.replaced_nuls;
    for (record, outcome) in records.iter().zip(batch.outcomes) {
        match outcome {
            Ok(Outcome::Emit(changes)) => {
                into.transformed += 1;
                let changes = changes.into_iter().map(|change| (record.id, change));
                into.changes.extend(changes);
            }
            Ok(Outcome::Skip(_)) => into.transformed += 1,
            Ok(Outcome::Reject(rejection)) => {
                into.dead.push(DeadLetter {
                    raw: record.id,
                    error: rejection.message,
                    path: rejection.path,
                });
            }
            Err(fault) => into.dead.push(dead_letter(record.id, &fault)),
        }
    }
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
