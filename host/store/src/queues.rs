//! Queues that work waits in: what an operator looks at.

use std::time::Duration;

use async_trait::async_trait;
use runnel_model::{Queue, TenantId};

use crate::{StoreError, WorkerId};

/// How often a worker says what it has done.
pub const REPORT: Duration = Duration::from_secs(10);

/// A tenant's work of a queue is stuck where some of it has been due for longer than
/// this, and none has ended for as long.
pub const STUCK: Duration = Duration::from_secs(60);

/// How a queue stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    /// The queue.
    pub queue: Queue,
    /// Tasks that are due and wait.
    pub waiting: u64,
    /// Tasks that are being worked off.
    pub running: u64,
    /// Tasks that are due later.
    pub later: u64,
    /// Tasks that were given up.
    pub dead: u64,
    /// How long the oldest of those that are due has waited.
    pub oldest: Option<Duration>,
    /// Tasks that end in a minute, as the workers that are alive report.
    pub per_minute: u64,
}

/// When a tenant's last task of a queue ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastEnd {
    /// The queue.
    pub queue: Queue,
    /// The tenant.
    pub tenant: TenantId,
    /// How long ago.
    pub ago: Duration,
}

/// A part of the service beside its workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServicePart {
    /// It starts the jobs that are due.
    Scheduler,
    /// It tells the broker of tasks.
    Relay,
}

impl ServicePart {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Scheduler => "scheduler",
            Self::Relay => "relay",
        }
    }
}

/// How work stands.
#[async_trait]
pub trait Queues: Send + Sync {
    /// Every queue that has tasks or workers, by name.
    async fn queues(&self) -> Result<Vec<QueueRow>, StoreError>;

    /// Says how many tasks of each queue a worker has finished since it started;
    /// to be repeated every [`REPORT`]. One that is silent for longer is not
    /// counted as alive.
    async fn report(&self, worker: &WorkerId, finished: &[(Queue, u64)]) -> Result<(), StoreError>;

    /// Says when the last tasks ended that a worker has finished. Of several workers
    /// the latest counts.
    async fn note_ends(&self, ends: &[LastEnd]) -> Result<(), StoreError>;

    /// Says that a process's scheduler or relay does its work; to be repeated every
    /// [`REPORT`]. One that is silent for longer is not counted as alive.
    async fn beat(&self, process: &WorkerId, part: ServicePart) -> Result<(), StoreError>;

    /// Whether each of these queues has a worker that is alive, as far as workers
    /// have reported.
    async fn served(&self, queues: &[Queue]) -> Result<bool, StoreError>;
}
