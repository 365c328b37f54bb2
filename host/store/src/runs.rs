//! Integrations and runs: what the control plane reads and writes.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, RunId, TenantId};
use serde::{Deserialize, Serialize};

use crate::{Actor, Micros, StoreError};

/// An integration as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIntegration {
    /// The tenant's name; made if it is missing.
    pub tenant: String,
    /// The integration's name, unique within its tenant.
    pub name: String,
    /// The source.
    pub source: Name,
    /// The service's base URL, without a slash at its end.
    pub base_url: String,
    /// What is read: owners, repositories.
    pub scope: Vec<String>,
    /// The settings: a JSON object.
    pub settings: serde_json::Value,
    /// Whether its credential is known to one process alone (`runnel sync`). Its
    /// tasks are then claimed by that process only; those of every other
    /// integration are shared by all workers.
    pub ad_hoc: bool,
}

/// A stored integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The source.
    pub source: Name,
    /// The service's base URL.
    pub base_url: String,
}

/// What was asked of a run. It stays as it is when the run is resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOptions {
    /// Read everything, whatever the cursors say.
    pub full: bool,
    /// Go back at least to here.
    pub since: Option<Micros>,
    /// What is read.
    pub scope: Vec<String>,
    /// The settings: a JSON object.
    pub settings: serde_json::Value,
}

/// A run to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// The stream.
    pub stream: Name,
    /// The streams among those started with it that have to end first.
    pub depends_on: Vec<Name>,
    /// The higher, the earlier.
    pub priority: i32,
    /// The parent stream, where only its records that are new or changed since
    /// this stream's last run count.
    pub changed_parents_of: Option<Name>,
    /// What is asked for.
    pub options: RunOptions,
}

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// For what it depends on.
    Waiting,
    /// Tasks of it are open.
    Running,
    /// Everything was read and loaded.
    Succeeded,
    /// It ended, and something could not be read or loaded.
    Failed,
    /// It was given up.
    Cancelled,
}

impl RunState {
    /// The state of this word, as it is stored and shown.
    pub fn read(word: &str) -> Option<Self> {
        let states = [
            Self::Waiting,
            Self::Running,
            Self::Succeeded,
            Self::Failed,
            Self::Cancelled,
        ];
        states.into_iter().find(|state| state.word() == word)
    }

    /// It as a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a run did so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// HTTP requests.
    pub requests: u64,
    /// Bytes of bodies.
    pub bytes: u64,
    /// Repeated requests.
    pub retries: u64,
    /// Records read.
    pub extracted: u64,
    /// Records mapped.
    pub transformed: u64,
    /// Rows written or deleted.
    pub loaded: u64,
    /// Rows that were already so.
    pub unchanged: u64,
    /// Records that became dead letters.
    pub dead: u64,
    /// U+0000 that became U+FFFD.
    pub replaced_nuls: u64,
    /// Tasks that are not done.
    pub open_tasks: u64,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The stream.
    pub stream: Name,
    /// The streams that have to end first.
    pub depends_on: Vec<Name>,
    /// Where it is.
    pub state: RunState,
    /// What was asked for.
    pub options: RunOptions,
    /// What it did.
    pub counters: Counters,
}

/// Something that was left out of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// What, such as a repository's name.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// Held by the one process that works for an ad hoc integration. Whoever gets it
/// knows that all claims of that integration's tasks are a dead process's.
pub struct Adopted {
    /// Whatever the back-end lets go of when this is dropped.
    _held: Box<dyn Send + Sync>,
}

impl Adopted {
    pub(crate) fn holding(held: impl Send + Sync + 'static) -> Self {
        Self {
            _held: Box::new(held),
        }
    }
}

/// What the control plane needs.
#[async_trait]
pub trait Runs: Send + Sync {
    /// The integration of this name, made or brought up to date.
    async fn open_integration(
        &self,
        integration: &NewIntegration,
    ) -> Result<Integration, StoreError>;

    /// Takes an ad hoc integration for this process alone, for as long as the
    /// answer is kept, and queues what was claimed by an earlier one again.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where another process has it.
    async fn adopt(&self, integration: IntegrationId) -> Result<Adopted, StoreError>;

    /// The runs of an integration that have not ended, and those that ended but
    /// were started together with them; oldest first. Replays are not among them.
    async fn unfinished(&self, integration: IntegrationId) -> Result<Vec<Run>, StoreError>;

    /// Stores runs that start together, all of them waiting.
    async fn create_runs(
        &self,
        integration: &Integration,
        runs: &[NewRun],
    ) -> Result<Vec<RunId>, StoreError>;

    /// Lets a waiting run begin: a task to plan it is queued.
    async fn begin(&self, run: RunId) -> Result<(), StoreError>;

    /// Gives up what these runs still have to fetch. What was read is still
    /// transformed and loaded; no cursor moves.
    async fn cancel(&self, runs: &[RunId]) -> Result<(), StoreError>;

    /// The same for one run, as somebody wants it: it leaves a row in `audit_log`.
    /// Answers whether the run had not ended.
    async fn cancel_run(&self, run: RunId, by: &Actor) -> Result<bool, StoreError>;

    /// Queues again what a run gave up of its transforms and loads, as somebody wants it:
    /// it goes on, and leaves a row in `audit_log`. What could not be fetched stays for
    /// the next run, which asks for it again, and what an ad hoc integration gave up for
    /// the process that adopts it. Answers how many tasks.
    async fn retry_run(&self, run: RunId, by: &Actor) -> Result<u64, StoreError>;

    /// How many tasks [`Runs::retry_run`] would queue.
    async fn given_up(&self, run: RunId) -> Result<u64, StoreError>;

    /// Gives a run up as failed, with this problem: what it still has to fetch is
    /// dropped, what was read is still transformed and loaded, no cursor moves.
    /// A run that has ended stays as it is.
    async fn fail_run(&self, run: RunId, problem: &str) -> Result<(), StoreError>;

    /// The runs of these ids, in that order.
    async fn runs(&self, ids: &[RunId]) -> Result<Vec<Run>, StoreError>;

    /// What was left out of these runs, and what went wrong in them for good.
    async fn findings(&self, ids: &[RunId]) -> Result<(Vec<Skipped>, Vec<String>), StoreError>;
}
