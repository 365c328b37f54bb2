//! What the transform stage reads and writes.

use std::fmt;

use async_trait::async_trait;
use runnel_model::{Change, Differences, RawId, RunId};
use serde::{Deserialize, Serialize};

use crate::{Claim, DescriptorId, Exceeded, Step, StoreError, TrialId};

/// A row of `changes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChangesId(pub i64);

impl fmt::Display for ChangesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A stored raw record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Its id.
    pub id: RawId,
    /// What the source calls the thing that it is a version of.
    pub external_id: String,
    /// What the source added: JSON text.
    pub context: String,
    /// The payload: JSON text.
    pub payload: String,
    /// Whether it says that the thing is no longer there: then its payload is null,
    /// and no transform is to map it.
    pub gone: bool,
}

/// A record that could not be mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The record.
    pub raw: RawId,
    /// What is wrong.
    pub error: String,
    /// Where in the payload, if that is known.
    pub path: Option<String>,
}

/// What came of transform tasks that were mapped together.
#[derive(Debug, Clone)]
pub struct TransformCommit {
    /// The tasks.
    pub claims: Vec<Claim>,
    /// Their run.
    pub run: RunId,
    /// What came of their records: a batch for each load.
    pub batches: Vec<Transformed>,
    /// What a trial made of the same records.
    pub trial: Option<(TrialId, Differences)>,
    /// The records of a replay, whose earlier dead letters are settled by this. Those
    /// of a run that has just read them have none.
    pub settled: Vec<RawId>,
}

/// Records that one component mapped, and that are loaded together.
#[derive(Debug, Clone)]
pub struct Transformed {
    /// What the transform said of itself.
    pub descriptor: DescriptorId,
    /// How many records were mapped (skipped ones among them).
    pub transformed: u64,
    /// What is to be loaded, each change with the record it came from.
    pub changes: Vec<(RawId, Change)>,
    /// The records that were mapped, or are gone: of tables whose rows each come of one
    /// record, older rows of theirs are removed.
    pub records: Vec<RawId>,
    /// What could not be mapped.
    pub dead: Vec<DeadLetter>,
    /// How many U+0000 became U+FFFD.
    pub replaced_nuls: u64,
    /// The traces of the requests that its records came by, as those of a
    /// [`Task`](crate::Task).
    pub traceparents: String,
}

/// What the transform stage needs.
#[async_trait]
pub trait Transform: Send + Sync {
    /// The raw records of these ids, in the order of the ids.
    async fn raw_records(&self, ids: &[RawId]) -> Result<Vec<RawRecord>, StoreError>;

    /// Commits what came of tasks: the changes of each batch with a load task, the
    /// dead letters, what a trial found, and the end of the tasks; nothing where a lease
    /// is lost. Says so if the trial is to be broken off now.
    async fn commit_transformed(
        &self,
        commit: TransformCommit,
    ) -> Result<Option<Exceeded>, StoreError>;

    /// Breaks off a trial, in the name of the host: whether it still went on.
    async fn break_off(&self, trial: &Exceeded) -> Result<bool, StoreError>;

    /// Queues the next few batches of a replay, its next step behind them, and ends
    /// this one; or begins the replay's next part, where this one is queued whole.
    /// Where it is too early for either, nothing is written and the claim holds.
    async fn step_replay(&self, claim: Claim, run: RunId) -> Result<Step, StoreError>;
}
