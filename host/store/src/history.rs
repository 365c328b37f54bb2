//! Runs as an operator sees them.

use async_trait::async_trait;
use runnel_model::{IntegrationId, RunId, TenantId};

use crate::{Counters, Micros, ReplayId, RunState, StoreError};

/// Which runs. Every condition that is there has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// This one.
    pub run: Option<RunId>,
    /// A tenant's.
    pub tenant: Option<TenantId>,
    /// A job's, by name.
    pub job: Option<String>,
    /// Only those that have not ended.
    pub active: bool,
}

/// A run, with what it did and what it still has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The integration.
    pub integration: IntegrationId,
    /// Its job; none for a run of `runnel sync` and for one of a replay.
    pub job: Option<String>,
    /// The replay that it is a part of.
    pub replay: Option<ReplayId>,
    /// The stream.
    pub stream: String,
    /// Where it is.
    pub state: RunState,
    /// What it did.
    pub counters: Counters,
    /// Requests that wait or are being sent.
    pub open_requests: u64,
    /// Whether further requests are still being planned, so that nobody knows how
    /// many there will be.
    pub planning: bool,
    /// When it was made.
    pub created_at: Micros,
    /// When it began.
    pub started_at: Option<Micros>,
    /// When it ended.
    pub finished_at: Option<Micros>,
}

impl RunRow {
    /// How much of its requests is done, from 0 to 1: known once all of them are
    /// planned, and then a lower bound for what pages lead to.
    pub fn done(&self) -> Option<f64> {
        let counters = &self.counters;
        let sent = counters.requests.saturating_sub(counters.retries);
        let known = self.state == RunState::Running && !self.planning && sent > 0;
        #[expect(clippy::cast_precision_loss, reason = "a fraction is shown in percent")]
        known.then(|| sent as f64 / (sent + self.open_requests) as f64)
    }
}

/// What whoever looks at runs needs.
#[async_trait]
pub trait History: Send + Sync {
    /// The newest `limit` of them.
    async fn history(&self, filter: &RunFilter, limit: u32) -> Result<Vec<RunRow>, StoreError>;
}
