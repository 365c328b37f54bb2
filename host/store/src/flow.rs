//! How everything flows at one moment: what a dashboard shows of all of it.

use async_trait::async_trait;
use runnel_model::{RunId, TenantId};

use crate::{Micros, QueueRow, StoreError};

/// A queue's tasks of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueShare {
    /// The tenant; none for what the workers report of the queue.
    pub tenant: Option<TenantId>,
    /// Its tasks.
    pub row: QueueRow,
    /// Since when tasks have been due, or under way, and none has ended, where that is
    /// longer than [`STUCK`](crate::STUCK). What waits for one process alone, which may
    /// be gone, is left out.
    pub stuck_since: Option<Micros>,
}

/// A tenant's jobs of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceShare {
    /// The tenant.
    pub tenant: TenantId,
    /// The source.
    pub source: String,
    /// Its integrations.
    pub integrations: u64,
    /// Its jobs.
    pub jobs: u64,
    /// Its jobs whose last run that has ended failed.
    pub failing: u64,
    /// Its jobs that have not succeeded for twice their interval, and are not at it.
    pub late: u64,
}

/// What a run that is under way, or ended within a minute, has done so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunTraffic {
    /// The run.
    pub run: RunId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Its source.
    pub source: String,
    /// Its stream.
    pub stream: String,
    /// Whether it is under way.
    pub active: bool,
    /// Whether it began within the last minute: one that began long ago may have ended,
    /// and go on for the sake of its dead letters.
    pub new: bool,
    /// The requests that it sent.
    pub requests: u64,
    /// The records that it mapped.
    pub transformed: u64,
    /// The rows that it wrote.
    pub loaded: u64,
}

/// A tenant's dead letters of one plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterShare {
    /// The tenant.
    pub tenant: TenantId,
    /// The plugin's name.
    pub plugin: String,
    /// How many.
    pub letters: u64,
}

/// How many processes are there, as far as they have reported of late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Alive {
    /// Processes that work off queues.
    pub workers: u64,
    /// Schedulers that look at the jobs.
    pub schedulers: u64,
    /// Relays that look for tasks.
    pub relays: u64,
}

/// What whoever watches needs.
#[async_trait]
pub trait Flow: Send + Sync {
    /// The queues, by tenant.
    async fn queue_shares(&self) -> Result<Vec<QueueShare>, StoreError>;

    /// The sources that have integrations, by tenant.
    async fn source_shares(&self) -> Result<Vec<SourceShare>, StoreError>;

    /// What runs do.
    async fn traffic(&self) -> Result<Vec<RunTraffic>, StoreError>;

    /// The dead letters, by tenant and plugin.
    async fn letter_shares(&self) -> Result<Vec<LetterShare>, StoreError>;

    /// How many processes are there.
    async fn alive(&self) -> Result<Alive, StoreError>;
}
