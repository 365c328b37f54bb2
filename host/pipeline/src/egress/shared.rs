//! An account's budget as all processes share it, through the store.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use runnel_store::{Account, BudgetSeen, Quotas, Seat, Share, StoreError, WorkerId};
use tokio::time::Instant;

use super::Budget;

/// How often the store is looked at, at most: others' refusals are learnt of
/// within this time.
const LOOK: Duration = Duration::from_secs(1);
/// For how long a process counts as a user of an account after its last look.
const SEAT: Duration = Duration::from_secs(15);

/// This process's seat at an account.
pub struct SharedQuota {
    store: Arc<dyn Quotas>,
    account: Account,
    worker: WorkerId,
    host: String,
    looked: Pace,
    noted: Pace,
}

/// For whom an account is used, and by which process.
pub struct Occupant {
    /// The account.
    pub account: Account,
    /// The process.
    pub worker: WorkerId,
    /// The service's host, to be shown.
    pub host: String,
}

impl SharedQuota {
    /// A seat that is taken with the first request.
    pub fn new(store: Arc<dyn Quotas>, occupant: Occupant) -> Self {
        Self {
            store,
            account: occupant.account,
            worker: occupant.worker,
            host: occupant.host,
            looked: Pace::default(),
            noted: Pace::default(),
        }
    }

    /// What the store says of the account, where it is time for a look.
    pub(super) async fn look(&self) -> Option<Share> {
        if !self.looked.due() {
            return None;
        }
        let seat = Seat {
            worker: &self.worker,
            host: &self.host,
        };
        told(self.store.join(&self.account, &seat, SEAT).await)
    }

    pub(super) async fn close(&self, wait: Duration, reason: &str) {
        told(self.store.close(&self.account, wait, reason).await);
    }

    pub(super) async fn note(&self, budget: Budget) {
        if budget.limit.is_none() || !self.noted.due() {
            return;
        }
        let seen = BudgetSeen {
            limit: budget.limit,
            remaining: budget.remaining,
            reset_in: budget.reset_in,
        };
        told(self.store.note(&self.account, seen).await);
    }
}

/// A store that is away is no reason to stop: what this process knows by itself
/// still holds.
fn told<T>(result: Result<T, StoreError>) -> Option<T> {
    result
        .inspect_err(|error| tracing::debug!(%error, "the account's budget is not shared just now"))
        .ok()
}

/// Lets one through every [`LOOK`].
#[derive(Default)]
struct Pace(Mutex<Option<Instant>>);

impl Pace {
    fn due(&self) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < LOOK) {
            return false;
        }
        *last = Some(Instant::now());
        true
    }
}
