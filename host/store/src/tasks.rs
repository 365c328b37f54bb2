//! Queued work: claims, leases, retries.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use runnel_model::{IntegrationId, Lease, Name, Queue, RawId, RequestId, RunId, TaskId, TenantId};
use serde::{Deserialize, Serialize};

use crate::{ChangesId, Micros, StoreError};

/// A process, for as long as it runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WorkerId(pub String);

/// Where a worker's tasks come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// The queue.
    pub queue: Queue,
    /// Only the tasks of this integration: for a process that has the credential
    /// of one integration and so must not work for another.
    pub only: Option<IntegrationId>,
}

impl From<Queue> for Inbox {
    fn from(queue: Queue) -> Self {
        Self { queue, only: None }
    }
}

/// A claimed task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Which task, on which lease.
    pub claim: Claim,
    /// Whose it is.
    pub tenant: TenantId,
    /// The run that it belongs to.
    pub run: RunId,
    /// What to do.
    pub kind: TaskKind,
    /// How often it was tried before.
    pub attempts: u32,
}

/// The right to finish a task: it holds as long as the lease is the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The task.
    pub task: TaskId,
    /// The number of the claim.
    pub lease: Lease,
}

/// What to do with which rows: ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskKind {
    /// Plan the next batch of a run's parents.
    Plan,
    /// Send one request and commit its page.
    Fetch(RequestId),
    /// Map these raw records.
    Transform(Vec<RawId>),
    /// Apply a batch of changes.
    Load(ChangesId),
    /// Embed the texts of rows that were loaded into a table.
    Vectorize {
        /// The table.
        table: Name,
        /// How many rows.
        rows: u64,
    },
}

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan => f.write_str("plan"),
            Self::Fetch(request) => write!(f, "fetch of request {request}"),
            Self::Transform(raw) => write!(f, "transform of {} raw records", raw.len()),
            Self::Load(changes) => write!(f, "load of batch {changes}"),
            Self::Vectorize { table, rows } => write!(f, "vectorize of {rows} rows of {table}"),
        }
    }
}

/// What every worker needs.
#[async_trait]
pub trait Tasks: Send + Sync {
    /// Claims up to `limit` tasks of the inbox that are due, the most urgent
    /// first. A claim lasts for `lease`, unless a heartbeat prolongs it.
    async fn claim(
        &self,
        inbox: &Inbox,
        worker: &WorkerId,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Task>, StoreError>;

    /// Prolongs the leases of the claims that still hold.
    async fn heartbeat(&self, claims: &[Claim], lease: Duration) -> Result<(), StoreError>;

    /// Gives a task back, to be tried again at `at`. Where `counts` is false this
    /// is not held against the task (a rate limit, an orderly stop).
    async fn retry(
        &self,
        claim: Claim,
        at: Micros,
        error: &str,
        counts: bool,
    ) -> Result<(), StoreError>;

    /// Gives a task up for good: the run goes on without it, and ends as failed
    /// with this problem. The partition of a fetch keeps its cursor.
    async fn bury(&self, claim: Claim, problem: &str) -> Result<(), StoreError>;

    /// Finishes a task that has no effect of its own.
    async fn finish(&self, claim: Claim) -> Result<(), StoreError>;

    /// When the next queued task of the inbox is due, if there is one.
    async fn next_due(&self, inbox: &Inbox) -> Result<Option<Micros>, StoreError>;

    /// Queues the tasks whose lease is over; with `all`, every running and every
    /// buried one: for a process that has the database to itself, and so knows
    /// that whoever claimed them is gone. A run whose buried tasks are queued
    /// again runs again. Answers how many.
    async fn rescue(&self, all: bool) -> Result<u64, StoreError>;
}
