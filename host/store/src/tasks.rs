//! Queued work: claims, leases, retries.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use runnel_model::{IntegrationId, Lease, Name, Queue, RawId, RequestId, RunId, TaskId, TenantId};
use serde::{Deserialize, Serialize};

use crate::{ChangesId, StoreError};

/// A process, for as long as it runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WorkerId(pub String);

/// Where a worker's tasks come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// The queue.
    pub queue: Queue,
    /// The tasks of this ad hoc integration (see
    /// [`NewIntegration::ad_hoc`](crate::NewIntegration)), whose credential only
    /// the process that asks has. Absent: the shared tasks, those of every
    /// integration that is not ad hoc.
    pub only: Option<IntegrationId>,
}

/// Whose claims are given up for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rescue {
    /// Those whose lease is over. This is held against the task: one that has
    /// cost its worker the lease [`MAX_CRASHES`] times is buried.
    Expired,
    /// Every one, for a process that has the database to itself, and so knows
    /// that whoever claimed them is gone. Buried tasks are queued again too.
    All,
    /// Every one of an ad hoc integration, for the process that has adopted it.
    /// Buried tasks are queued again too.
    Of(IntegrationId),
}

/// After how long a waiting task is as urgent as one of the next higher priority
/// that is queued then.
pub const AGEING: Duration = Duration::from_secs(600);

/// A task that cost its worker the lease so often is taken to be what kills it.
pub const MAX_CRASHES: u32 = 5;

impl From<Queue> for Inbox {
    fn from(queue: Queue) -> Self {
        Self { queue, only: None }
    }
}

impl Inbox {
    /// `private_to` of the tasks that it has.
    pub(crate) fn private_to(&self) -> i64 {
        self.only.map_or(0, |integration| integration.0)
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
    /// The job that the run is one of; none, if somebody asked for it.
    pub job: Option<String>,
    /// What to do.
    pub kind: TaskKind,
    /// The traces that it is a part of: `traceparent` of each
    /// (<https://www.w3.org/TR/trace-context/>), with spaces between.
    pub traceparents: String,
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
    /// Queue the next batches of a replay.
    Replay,
    /// Apply a batch of changes.
    Load(ChangesId),
    /// Embed the texts of rows that were loaded into a table.
    Vectorize {
        /// The table.
        table: Name,
        /// How many rows.
        rows: u64,
    },
    /// What a newer Runnel has queued, as it stands there. It is parked, never
    /// dropped.
    #[serde(skip)]
    Unknown(String),
}

impl TaskKind {
    /// The kind as it is stored.
    pub(crate) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::Unknown(text.to_owned()))
    }
}

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan => f.write_str("plan"),
            Self::Fetch(request) => write!(f, "fetch of request {request}"),
            Self::Transform(raw) => write!(f, "transform of {} raw records", raw.len()),
            Self::Replay => f.write_str("step of a replay"),
            Self::Load(changes) => write!(f, "load of batch {changes}"),
            Self::Unknown(kind) => write!(f, "task of an unknown kind: {kind}"),
            Self::Vectorize { table, rows } => write!(f, "vectorize of {rows} rows of {table}"),
        }
    }
}

/// What every worker needs.
#[async_trait]
pub trait Tasks: Send + Sync {
    /// Claims up to `limit` tasks of the inbox that are due. Tenants take turns, so
    /// that none starves another; among a tenant's tasks the most urgent comes
    /// first, and waiting makes a task more urgent: [`AGEING`] is worth one step
    /// of priority. A claim lasts for `lease`, unless a heartbeat prolongs it.
    async fn claim(
        &self,
        inbox: &Inbox,
        worker: &WorkerId,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Task>, StoreError>;

    /// Prolongs the leases of the claims that still hold.
    async fn heartbeat(&self, claims: &[Claim], lease: Duration) -> Result<(), StoreError>;

    /// Claims those of these tasks that are queued and due: what a broker's
    /// message stands for. The others are done, cancelled, or claimed by somebody
    /// else, and are left out.
    async fn claim_these(
        &self,
        tasks: &[TaskId],
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Vec<Task>, StoreError>;

    /// Gives a task back, to be tried again after a while. Where `counts` is false
    /// this is not held against the task (a rate limit, an orderly stop). An `error`
    /// that is not empty is noted with the run ([`Chronicle::notes`](crate::Chronicle)).
    async fn retry(
        &self,
        claim: Claim,
        after: Duration,
        error: &str,
        counts: bool,
    ) -> Result<(), StoreError>;

    /// Gives a task up for good: the run goes on without it, and ends as failed
    /// with this problem. The partition of a fetch keeps its cursor.
    async fn bury(&self, claim: Claim, problem: &str) -> Result<(), StoreError>;

    /// Finishes tasks that have no effect of their own: all of them, or none where
    /// a lease is lost.
    async fn finish(&self, claims: &[Claim]) -> Result<(), StoreError>;

    /// In how long the next queued task of the inbox is due (zero: now), if there
    /// is one.
    async fn next_due(&self, inbox: &Inbox) -> Result<Option<Duration>, StoreError>;

    /// Queues claimed tasks again whose worker is gone. A run whose buried tasks
    /// are queued again runs again. Answers how many were taken from their
    /// workers or their graves.
    async fn rescue(&self, whose: Rescue) -> Result<u64, StoreError>;
}
