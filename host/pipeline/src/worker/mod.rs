//! A worker consumes one queue: it claims tasks, has them handled a few at a
//! time (those of one run together, where the stage can), keeps their leases alive meanwhile, and decides what becomes of those
//! that fail.
//!
//! It starts with [`work`] and stops when [`Context::stop`] is cancelled: it
//! claims nothing more, gives back what it has not begun, lets what runs end
//! within [`Context::stop_timeout`], and gives back the rest.

mod attempt;
mod failure;
mod held;
mod tally;
mod traces;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use runnel_broker::{Broker, Consumer};
use runnel_model::Queue;
use runnel_store::{Inbox, Store, StoreError, Task, WorkerId};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::{Measured, Observer, PipelineError, failpoints::failpoint, measure};
use attempt::Ended;
pub(crate) use failure::ATTEMPTS;
use held::Held;
pub use tally::Tally;

/// Claims are taken in batches: one by one would cost a transaction each.
const CLAIMS_PER_SLOT: usize = 4;
/// How long a worker that goes on waits after the store or the broker failed.
const PAUSE: Duration = Duration::from_secs(1);
/// A worker that goes on gives up a task that takes longer: its heartbeat alone
/// would keep a task that hangs for ever.
const DEADLINE: Duration = Duration::from_secs(15 * 60);

/// What a worker does about a task that fails for another reason than its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// It stops, and with it the process's work: for a command that a person
    /// waits for, and that goes on when it is given again.
    Stop,
    /// The task is tried again later, and the worker goes on: for a service.
    GoOn,
}

/// What every worker is given.
#[derive(Clone)]
pub struct Context {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Where tasks come from.
    pub broker: Arc<dyn Broker>,
    /// Who is told.
    pub observer: Observer,
    /// Which process this is.
    pub worker: WorkerId,
    /// What is done about failures.
    pub on_error: OnError,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
    /// Cancelled when the worker is to stop.
    pub stop: CancellationToken,
    /// How long what runs may take to end then.
    pub stop_timeout: Duration,
    /// Counts what was finished.
    pub tally: Arc<Tally>,
    /// Adds up what plugins did.
    pub measured: Arc<Measured>,
}

/// What a worker does with the tasks of its queue.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// How many tasks of a run it handles at once, at most. A stage whose tasks
    /// are small shares its transactions among them.
    fn together(&self) -> usize {
        1
    }

    /// Handles tasks of one run: commits their effect and their end, or gives them
    /// back, or buries them. Where that fails for one of several, each is handled
    /// again by itself, so that it cannot stop the others; whatever of them was
    /// committed has ended, and finds its lease gone. See [`PipelineError`] for
    /// what becomes of a task after an error.
    async fn handle(&self, tasks: &[Task]) -> Result<(), PipelineError>;
}

/// Consumes the inbox until it is told to stop, `slots` tasks at once.
///
/// # Errors
/// With [`OnError::Stop`] the first error of a handler or of the store.
pub async fn work(
    context: Context,
    inbox: Inbox,
    slots: u32,
    handler: Arc<dyn Handler>,
) -> Result<(), PipelineError> {
    context.tally.begin(&inbox.queue);
    let mut worker = Worker {
        held: Held::default(),
        running: JoinSet::new(),
        waiting: Vec::new(),
        context,
        inbox,
        slots,
        handler,
    };
    let worked = worker.work().await;
    worker.stop().await;
    worked
}

/// What is logged meanwhile says whose work it is: a span of the level of errors, so
/// that it is there with whatever is logged.
fn span(queue: &Queue, tasks: &[Task]) -> Span {
    let first = tasks.first();
    tracing::error_span!(
        "work",
        %queue,
        tenant = first.map(|task| task.tenant.0),
        job = first.and_then(|task| task.job.as_deref()),
        run = first.map(|task| task.run.0),
        task = first.map(|task| task.claim.task.0),
        tasks = tasks.len(),
    )
}

struct Worker {
    context: Context,
    inbox: Inbox,
    slots: u32,
    handler: Arc<dyn Handler>,
    /// Claimed and not begun.
    waiting: Vec<Task>,
    running: JoinSet<(Duration, Vec<Ended>)>,
    held: Held,
}

impl Worker {
    async fn work(&mut self) -> Result<(), PipelineError> {
        let mut beat = tokio::time::interval(self.context.lease / 3);
        let mut consumer = None;
        while !self.context.stop.is_cancelled() {
            let result = self.step(&mut consumer, &mut beat).await;
            match result {
                Err(error) if self.context.on_error == OnError::GoOn => {
                    tracing::warn!(queue = %self.inbox.queue, %error, "the worker goes on in a moment");
                    consumer = None;
                    tokio::time::sleep(PAUSE).await;
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// Waits for the next thing to happen, and sees to it.
    async fn step(
        &mut self,
        consumer: &mut Option<Box<dyn Consumer>>,
        beat: &mut tokio::time::Interval,
    ) -> Result<(), PipelineError> {
        self.begin_waiting();
        let consumer = match consumer {
            Some(consumer) => consumer,
            None => consumer.insert(self.consumer().await?),
        };
        let has_room = self.waiting.is_empty() && self.running.len() < self.slots as usize;
        let stop = self.context.stop.clone();
        tokio::select! {
            () = stop.cancelled() => Ok(()),
            Some(ended) = self.running.join_next() => self.ended(ended).await,
            _ = beat.tick() => self.heartbeat().await,
            ready = consumer.ready(), if has_room => {
                ready?;
                self.take(consumer.claim(self.claims()).await?);
                Ok(())
            }
        }
    }

    async fn consumer(&self) -> Result<Box<dyn Consumer>, PipelineError> {
        let Context { broker, worker, .. } = &self.context;
        Ok(broker.consume(&self.inbox, worker, self.claims()).await?)
    }

    /// How many tasks it claims at once.
    fn claims(&self) -> u32 {
        let each = CLAIMS_PER_SLOT.max(self.handler.together());
        self.slots
            .saturating_mul(u32::try_from(each).unwrap_or(u32::MAX))
    }

    fn take(&mut self, tasks: Vec<Task>) {
        if !tasks.is_empty() {
            failpoint!("worker::after_claim");
        }
        self.held.add(&tasks);
        self.waiting.extend(tasks);
    }

    fn begin_waiting(&mut self) {
        let deadline = (self.context.on_error == OnError::GoOn).then_some(DEADLINE);
        while let free @ 1.. = (self.slots as usize).saturating_sub(self.running.len())
            && let Some(run) = self.waiting.first().map(|task| task.run)
        {
            // What waits is shared out among the slots that are free.
            let share = self.waiting.len().div_ceil(free);
            let together = self.handler.together().min(share);
            let same_run = self.waiting.extract_if(.., |task| task.run == run);
            let tasks: Vec<Task> = same_run.take(together).collect();
            let handler = Arc::clone(&self.handler);
            let span = span(&self.inbox.queue, &tasks);
            let traced = traces::open(&self.inbox.queue, &tasks);
            let work = async move {
                let begun = Instant::now();
                let all = attempt::all(handler, tasks, deadline);
                let ended = all.instrument(traced.first.clone()).await;
                let failed = ended.iter().find_map(|(_, result)| result.as_ref().err());
                if let Some(error) = failed {
                    traced.failed(error);
                }
                (begun.elapsed(), ended)
            };
            self.running.spawn(work.instrument(span));
        }
    }

    async fn heartbeat(&self) -> Result<(), PipelineError> {
        let claims = self.held.all();
        if !claims.is_empty() {
            let lease = self.context.lease;
            self.context.store.heartbeat(&claims, lease).await?;
        }
        Ok(())
    }

    async fn ended(
        &mut self,
        ended: Result<(Duration, Vec<Ended>), tokio::task::JoinError>,
    ) -> Result<(), PipelineError> {
        let (took, ended) = ended.map_err(|e| PipelineError::Host(e.to_string()))?;
        for (task, _) in &ended {
            self.held.remove(task.claim);
        }
        let mut all = Ok(());
        for (task, result) in ended {
            measure::task(&self.inbox.queue, &result, took);
            let settled = match result {
                Ok(()) => {
                    failpoint!("worker::after_effect");
                    self.context.tally.add(&self.inbox, task.tenant);
                    Ok(())
                }
                Err(error) => failure::settle(&self.context, &task, error).await,
            };
            all = all.and(settled);
        }
        all
    }

    /// Lets what runs end, and gives back the rest. A store that is away by now
    /// gets it back when the leases are over.
    async fn stop(&mut self) {
        self.give_back(self.waiting.iter().map(|task| task.claim).collect())
            .await;
        let limit = tokio::time::sleep(self.context.stop_timeout);
        tokio::pin!(limit);
        let mut beat = tokio::time::interval(self.context.lease / 3);
        loop {
            tokio::select! {
                () = &mut limit => break,
                // What may still end is not to be taken for a dead worker's.
                _ = beat.tick() => drop(self.heartbeat().await),
                ended = self.running.join_next() => match ended {
                    None => break,
                    // A stop is no time for new errors: what failed is given back.
                    Some(ended) => drop(self.ended(ended).await),
                },
            }
        }
        self.running.shutdown().await;
        self.give_back(self.held.all()).await;
    }

    async fn give_back(&self, claims: Vec<runnel_store::Claim>) {
        for claim in claims {
            self.held.remove(claim);
            let given =
                self.context
                    .store
                    .retry(claim, Duration::ZERO, "its worker stopped", false);
            if let Err(error) = given.await {
                tracing::debug!(task = claim.task.0, %error, "the task waits for its lease to be over");
                // The others would wait as long, one after another.
                if matches!(error, StoreError::Unreachable { .. }) {
                    return;
                }
            }
        }
    }
}
