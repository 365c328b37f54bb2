//! A worker consumes one queue: it claims tasks, has them handled a few at a
//! time, keeps their leases alive meanwhile, and decides what becomes of those
//! that fail.
//!
//! It starts with [`work`] and stops when [`Context::stop`] is cancelled: it
//! claims nothing more, gives back what it has not begun, lets what runs end
//! within [`Context::stop_timeout`], and gives back the rest.

mod failure;
mod held;
mod tally;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use async_trait::async_trait;
use runnel_broker::{Broker, Consumer};
use runnel_store::{Inbox, Store, Task, WorkerId};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Observer, PipelineError, failpoints::failpoint};
pub(crate) use failure::ATTEMPTS;
use failure::Failed;
use held::Held;
pub use tally::Tally;

/// Claims are taken in batches: one by one would cost a transaction each.
const CLAIMS_PER_SLOT: u32 = 4;
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
}

/// What a worker does with the tasks of its queue.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Handles one task: commits its effect and its end, or gives it back, or
    /// buries it. See [`PipelineError`] for what becomes of it after an error.
    async fn handle(&self, task: Task) -> Result<(), PipelineError>;
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
        waiting: VecDeque::new(),
        context,
        inbox,
        slots,
        handler,
    };
    let worked = worker.work().await;
    worker.stop().await;
    worked
}

type Ended = (Failed, Result<(), PipelineError>);

struct Worker {
    context: Context,
    inbox: Inbox,
    slots: u32,
    handler: Arc<dyn Handler>,
    /// Claimed and not begun.
    waiting: VecDeque<Task>,
    running: JoinSet<Ended>,
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
                self.take(consumer.claim(self.slots * CLAIMS_PER_SLOT).await?);
                Ok(())
            }
        }
    }

    async fn consumer(&self) -> Result<Box<dyn Consumer>, PipelineError> {
        let Context { broker, worker, .. } = &self.context;
        Ok(broker.consume(&self.inbox, worker, self.slots).await?)
    }

    fn take(&mut self, tasks: Vec<Task>) {
        if !tasks.is_empty() {
            failpoint!("worker::after_claim");
        }
        self.held.add(&tasks);
        self.waiting.extend(tasks);
    }

    fn begin_waiting(&mut self) {
        while self.running.len() < self.slots as usize
            && let Some(task) = self.waiting.pop_front()
        {
            let failed = Failed::of(&task);
            let handler = Arc::clone(&self.handler);
            let deadline = (self.context.on_error == OnError::GoOn).then_some(DEADLINE);
            self.running.spawn(async move {
                failpoint!("worker::before_effect");
                let handled = handler.handle(task);
                let result = match deadline {
                    None => handled.await,
                    Some(deadline) => tokio::time::timeout(deadline, handled)
                        .await
                        .unwrap_or(Err(PipelineError::TooLong(deadline))),
                };
                (failed, result)
            });
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
        ended: Result<Ended, tokio::task::JoinError>,
    ) -> Result<(), PipelineError> {
        let (task, result) = ended.map_err(|e| PipelineError::Host(e.to_string()))?;
        self.held.remove(task.claim);
        match result {
            Ok(()) => {
                failpoint!("worker::after_effect");
                self.context.tally.add(&self.inbox.queue);
                Ok(())
            }
            Err(error) => failure::settle(&self.context, &task, error).await,
        }
    }

    /// Lets what runs end, and gives back the rest. A store that is away by now
    /// gets it back when the leases are over.
    async fn stop(&mut self) {
        self.give_back(self.waiting.iter().map(|task| task.claim).collect())
            .await;
        let limit = tokio::time::sleep(self.context.stop_timeout);
        tokio::pin!(limit);
        loop {
            tokio::select! {
                () = &mut limit => break,
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
            }
        }
    }
}
