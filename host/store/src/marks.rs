//! What changes, in short: whoever shows something is told to ask for it again.

use async_trait::async_trait;
use runnel_model::TenantId;

use crate::StoreError;

/// What is watched for progress that nobody writes down in the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Watched {
    /// Replays that go on.
    Replays,
    /// Trials that go on.
    Trials,
    /// Accounts' budgets.
    Quotas,
}

/// How something is now: another number means that it is another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// What.
    pub of: Watched,
    /// Whose it is; none: nobody's alone.
    pub tenant: Option<TenantId>,
    /// How it is.
    pub now: u64,
}

/// A row of the audit log, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeedSeen {
    /// Its id.
    pub id: i64,
    /// Whom it concerns alone.
    pub tenant: Option<TenantId>,
    /// What was done, such as `plugin.activate`.
    pub action: String,
}

/// What whoever watches for changes needs.
#[async_trait]
pub trait Marks: Send + Sync {
    /// How what goes on is now.
    async fn marks(&self) -> Result<Vec<Mark>, StoreError>;

    /// The rows of the audit log behind this one, the newest thousand of them. A row may
    /// come into view after one with a greater id: its transaction was longer.
    async fn deeds_behind(&self, id: i64) -> Result<Vec<DeedSeen>, StoreError>;
}
