//! Transform: maps raw records to changes.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use runnel_model::{Differences, IntegrationId, Outcome, Queue, RawId, RunId};
use runnel_sandbox::{Batch, Fault, PluginId, Record, SandboxError};
use runnel_store::{
    DeadLetter, DescriptorId, Exceeded, Figure, Integration, RawRecord, Step, Task, TaskKind,
    TransformCommit, Transformed, TrialId, WorkingRun,
};
use runnel_traces::Traceparents;
use tracing::{Instrument, Span};

use crate::{
    Context, Handler, Mapping, PipelineError, Plugins, Signal, measure::figure, recent::Recent,
    spans, trial::Outcomes,
};

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

    /// The transform of these records, told of every key that they have.
    async fn mapping(
        &self,
        run: &WorkingRun,
        records: &[RawRecord],
    ) -> Result<Arc<Mapping>, PipelineError> {
        let mapping = self.plugins.mapping(run).await?;
        let news = mapping.observation.news(records);
        let news = news.map_err(|e| PipelineError::Host(e.to_string()))?;
        if news.is_empty() {
            return Ok(mapping);
        }
        let Integration { tenant, id, .. } = run.integration;
        let of = (tenant, id, &run.stream);
        self.context.store.observe(of, &news).await?;
        self.plugins.mapping(run).await
    }

    async fn transform(&self, run: RunId, tasks: &[&Task]) -> Result<(), PipelineError> {
        let own = Traceparents::of(&Span::current());
        let raw = tasks
            .iter()
            .map(|task| Ok((raw(task)?, traces(task, &own))))
            .collect::<Result<Vec<_>, PipelineError>>()?;
        let ids: Vec<RawId> = raw.iter().flat_map(|(raw, _)| raw).copied().collect();
        let records = self.context.store.raw_records(&ids).await?;
        let working = self.run(run).await?;
        let mapping = self.mapping(&working, &records).await?;
        let settled = match &working.replay {
            Some(_) => ids,
            None => Vec::new(),
        };
        let integration = working.integration.id;
        let mapped = blocking(move || map(&mapping, integration, &raw, &records)).await??;
        for figure in mapped.figures {
            self.context.measured.add(figure);
        }
        let commit = TransformCommit {
            claims: tasks.iter().map(|task| task.claim).collect(),
            run,
            batches: mapped.batches.into_iter().map(traced).collect(),
            trial: mapped.trial,
            settled,
        };
        let commit = self.context.store.commit_transformed(commit);
        let exceeded = commit.instrument(spans::store("commit changes")).await?;
        if let Some(exceeded) = exceeded {
            self.break_off(&exceeded).await;
        }
        let load = Queue::Load(working.integration.source.clone());
        self.context.broker.ring(&load);
        (self.context.observer)(Signal::Progress);
        Ok(())
    }

    /// The tasks are done already: a trial that could not be broken off is met again
    /// with the next batch.
    async fn break_off(&self, exceeded: &Exceeded) {
        let trial = exceeded.trial;
        match self.context.store.break_off(exceeded).await {
            Ok(true) => {
                tracing::error!(%trial, "the trial is broken off: {}", exceeded.reason);
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%trial, %error, "the trial is broken off in a moment"),
        }
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

/// The traces of a task; of one that was queued by no request, its own.
fn traces(task: &Task, own: &Traceparents) -> Traceparents {
    let traces = Traceparents::read(&task.traceparents);
    if traces.is_empty() {
        return own.clone();
    }
    traces
}

fn traced((mut batch, traces): (Transformed, Traceparents)) -> Transformed {
    batch.traceparents = traces.to_string();
    batch
}

/// What came of tasks, and of a trial on their records.
struct Mapped {
    batches: Vec<(Transformed, Traceparents)>,
    /// The traces of the task whose records are being mapped.
    traces: Traceparents,
    trial: Option<(TrialId, Differences)>,
    figures: Vec<Figure>,
}

/// Maps the records of each task in a batch of their own.
fn map(
    mapping: &Mapping,
    integration: IntegrationId,
    tasks: &[(Vec<RawId>, Traceparents)],
    records: &[RawRecord],
) -> Result<Mapped, SandboxError> {
    // A record that did not change since stands in each task that read it again.
    let known: HashMap<RawId, &RawRecord> = records.iter().map(|raw| (raw.id, raw)).collect();
    let mut mapped = Mapped {
        batches: Vec::new(),
        traces: Traceparents::default(),
        trial: None,
        figures: Vec::new(),
    };
    for (raw, traces) in tasks {
        mapped.traces = traces.clone();
        let known = raw.iter().filter_map(|id| known.get(id).copied());
        let (gone, records): (Vec<&RawRecord>, Vec<_>) = known.partition(|record| record.gone);
        mapped.gone(mapping.descriptor, &gone);
        if records.is_empty() {
            continue;
        }
        let given: Vec<_> = records.iter().map(|record| given(record)).collect();
        let batch = transform(mapping, &given)?;
        log(mapping.transform.plugin(), &batch, None);
        mapped.figures.extend(figure(&mapping.transform, &batch));
        mapped.batch(mapping, (integration, &records), batch);
    }
    Ok(mapped)
}

/// Maps the records of one task.
fn transform(mapping: &Mapping, given: &[Record<'_>]) -> Result<Batch, SandboxError> {
    let span = spans::map(mapping.transform.plugin(), given.len());
    let batch = span.in_scope(|| mapping.transform.transform(given))?;
    spans::mapped(&span, &batch);
    Ok(batch)
}

impl Mapped {
    /// There is nothing to map of a record that is gone: its rows go when it is loaded.
    fn gone(&mut self, descriptor: DescriptorId, records: &[&RawRecord]) {
        if records.is_empty() {
            return;
        }
        let into = self.open(descriptor);
        into.transformed += records.len() as u64;
        into.records.extend(records.iter().map(|record| record.id));
    }

    fn batch(
        &mut self,
        mapping: &Mapping,
        (integration, records): (IntegrationId, &[&RawRecord]),
        batch: Batch,
    ) {
        let nuls = batch.replaced_nuls;
        let Some(trial) = &mapping.trial else {
            let outcomes = records.iter().map(|record| record.id).zip(batch.outcomes);
            self.sort(mapping.descriptor, outcomes.collect(), nuls);
            return;
        };
        let tried = trial.run((integration, records), (&mapping.transform, batch));
        self.sort(mapping.descriptor, tried.active, nuls);
        if let Some((descriptor, outcomes)) = tried.canary {
            // Those of the whole batch are counted with the active version's.
            self.sort(descriptor, outcomes, 0);
        }
        self.figures.extend(tried.figure);
        let (_, found) = self.trial.get_or_insert((trial.id, Differences::default()));
        found.merge(tried.found);
    }

    /// What goes on to be loaded, and what becomes a dead letter.
    fn sort(&mut self, descriptor: DescriptorId, outcomes: Outcomes, replaced_nuls: u64) {
        let into = self.open(descriptor);
        into.replaced_nuls += replaced_nuls;
        for (raw, outcome) in outcomes {
            match outcome {
                Ok(Outcome::Emit(changes)) => {
                    into.transformed += 1;
                    into.records.push(raw);
                    let changes = changes.into_iter().map(|change| (raw, change));
                    into.changes.extend(changes);
                }
                Ok(Outcome::Skip(_)) => {
                    into.transformed += 1;
                    into.records.push(raw);
                }
                Ok(Outcome::Reject(rejection)) => {
                    into.dead.push(DeadLetter {
                        raw,
                        error: rejection.message,
                        path: rejection.path,
                    });
                }
                Err(fault) => into.dead.push(dead_letter(raw, &fault)),
            }
        }
    }

    /// The batch of this descriptor that has room, or a new one.
    fn open(&mut self, descriptor: DescriptorId) -> &mut Transformed {
        let own = |(batch, _): &(Transformed, _)| batch.descriptor == descriptor;
        let last = self.batches.iter().rposition(own);
        let room = last.filter(|at| self.batches[*at].0.changes.len() < CHANGES);
        let at = room.unwrap_or(self.batches.len());
        if at == self.batches.len() {
            let new = (empty(descriptor), Traceparents::default());
            self.batches.push(new);
        }
        let (batch, traces) = &mut self.batches[at];
        traces.merge(&self.traces);
        batch
    }
}

/// A raw record as transforms get it.
pub fn given(record: &RawRecord) -> Record<'_> {
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
        records: Vec::new(),
        dead: Vec::new(),
        replaced_nuls: 0,
        traceparents: String::new(),
    }
}

/// What a transform has logged, that of a trial with its number.
pub(crate) fn log(plugin: &PluginId, batch: &Batch, trial: Option<TrialId>) {
    let trial = trial.map(|trial| trial.0);
    for line in &batch.log.lines {
        tracing::info!(%plugin, level = ?line.level, trial, "{}", line.message);
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
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
        .await
        .map_err(|e| PipelineError::Host(e.to_string()))
}
