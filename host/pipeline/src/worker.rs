//! A worker consumes one queue: it claims tasks, has them handled a few at a
//! time, and keeps their leases alive meanwhile.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use runnel_broker::EmbeddedBroker;
use runnel_store::{Claim, Inbox, Store, StoreError, Task, WorkerId, now};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{Observer, PipelineError};

/// How long a claim lasts without a heartbeat.
const LEASE: Duration = Duration::from_secs(60);
/// How often a queue is looked at even if nobody rang.
const LOOK: Duration = Duration::from_secs(1);
/// Claims are taken in batches: one by one would cost a transaction each.
const CLAIMS_PER_SLOT: u32 = 4;

/// What every worker is given.
#[derive(Clone)]
pub struct Context {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The doorbell.
    pub broker: Arc<EmbeddedBroker>,
    /// Who is told.
    pub observer: Observer,
    /// Which process this is.
    pub worker: WorkerId,
}

/// What a worker does with the tasks of its queue.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Handles one task: commits its effect and its end, or gives it back, or
    /// buries it. An error stops the worker, and with it the process's work.
    async fn handle(&self, task: Task) -> Result<(), PipelineError>;
}

/// Consumes the inbox until a handler fails; `slots` tasks at once.
///
/// # Errors
/// The first error of a handler or of the store.
pub async fn work(
    context: Context,
    inbox: Inbox,
    slots: u32,
    handler: Arc<dyn Handler>,
) -> Result<(), PipelineError> {
    let held = Held::default();
    tokio::select! {
        ended = consume(&context, &inbox, slots, &handler, &held) => ended,
        failed = heartbeats(&context, &held) => failed,
    }
}

/// Keeps the leases of what is held alive, until that fails.
///
/// Both run side by side, never the one within the other: whoever waits for the
/// database's one writer is given it in turn, and if nobody looked at `consume`
/// while a heartbeat waited behind it, neither would ever go on.
async fn heartbeats(context: &Context, held: &Held) -> Result<(), PipelineError> {
    loop {
        tokio::time::sleep(LEASE / 3).await;
        context.store.heartbeat(&held.all(), LEASE).await?;
    }
}

async fn consume(
    context: &Context,
    inbox: &Inbox,
    slots: u32,
    handler: &Arc<dyn Handler>,
    held: &Held,
) -> Result<(), PipelineError> {
    let free = Arc::new(Semaphore::new(slots as usize));
    let mut running = JoinSet::new();
    loop {
        let tasks = context
            .store
            .claim(inbox, &context.worker, slots * CLAIMS_PER_SLOT, LEASE)
            .await?;
        if tasks.is_empty() {
            idle(context, inbox, &mut running, held).await?;
        }
        held.add(&tasks);
        for task in tasks {
            let slot = Arc::clone(&free)
                .acquire_owned()
                .await
                .map_err(|e| PipelineError::Host(e.to_string()))?;
            while let Some(ended) = running.try_join_next() {
                ended_task(ended, held)?;
            }
            let (handler, claim) = (Arc::clone(handler), task.claim);
            running.spawn(async move {
                let result = handler.handle(task).await;
                drop(slot);
                (claim, result)
            });
        }
    }
}

/// Waits until there may be something to claim: a ring, the time of the next
/// task, or a look at the clock.
async fn idle(
    context: &Context,
    inbox: &Inbox,
    running: &mut JoinSet<(Claim, Result<(), PipelineError>)>,
    held: &Held,
) -> Result<(), PipelineError> {
    let due = context.store.next_due(inbox).await?.map_or(LOOK, |due| {
        Duration::from_micros(u64::try_from(due - now()).unwrap_or(0)).min(LOOK)
    });
    tokio::select! {
        () = context.broker.wait(&inbox.queue) => Ok(()),
        () = tokio::time::sleep(due) => Ok(()),
        Some(ended) = running.join_next() => ended_task(ended, held),
    }
}

fn ended_task(
    ended: Result<(Claim, Result<(), PipelineError>), tokio::task::JoinError>,
    held: &Held,
) -> Result<(), PipelineError> {
    let (claim, result) = ended.map_err(|e| PipelineError::Host(e.to_string()))?;
    held.remove(claim);
    match result {
        // Somebody else has the task: its effect is theirs.
        Err(PipelineError::Store(StoreError::LeaseLost)) => {
            tracing::warn!(task = claim.task.0, lease = claim.lease.0, "lease lost");
            Ok(())
        }
        other => other,
    }
}

/// The claims that are being worked off.
#[derive(Default)]
struct Held(Mutex<HashSet<Claim>>);

impl Held {
    fn add(&self, tasks: &[Task]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(tasks.iter().map(|task| task.claim));
    }

    fn remove(&self, claim: Claim) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&claim);
    }

    fn all(&self) -> Vec<Claim> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .copied()
            .collect()
    }
}
