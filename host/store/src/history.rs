//! Runs as an operator sees them.

use std::time::Duration;

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
    /// Of a run of a replay: the records that it is about.
    pub records: Option<u64>,
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
    /// How long ago that was, by the clock that says when it began: the database's.
    pub age: Option<Duration>,
    /// When it ended.
    pub finished_at: Option<Micros>,
}

impl RunRow {
    /// How much of it is done, from 0 to 1: of its requests, or of a replay's records,
    /// and of the tasks that come of them. It is known once all requests are planned,
    /// and then a guess: pages lead to further requests, and a task may be of one
    /// record or of hundreds.
    pub fn done(&self) -> Option<f64> {
        let counters = &self.counters;
        let (done, left) = match self.records {
            Some(records) => {
                let mapped = (counters.transformed + counters.dead).min(records);
                (mapped, records - mapped)
            }
            None => (counters.requests.saturating_sub(counters.retries), 0),
        };
        let all = done + left + counters.open_tasks;
        let is_known = self.state == RunState::Running
            && !self.planning
            && (done > 0 || (self.records.is_some() && all > 0));
        #[expect(clippy::cast_precision_loss, reason = "a fraction is shown in percent")]
        is_known.then(|| done as f64 / all as f64)
    }

    /// In how long it is done, at the pace that it had so far.
    pub fn left(&self) -> Option<Duration> {
        let (done, age) = (self.done().filter(|done| *done > 0.0)?, self.age?);
        Some(age.mul_f64((1.0 - done) / done))
    }
}

/// What whoever looks at runs needs.
#[async_trait]
pub trait History: Send + Sync {
    /// The newest `limit` of them.
    async fn history(&self, filter: &RunFilter, limit: u32) -> Result<Vec<RunRow>, StoreError>;
}
