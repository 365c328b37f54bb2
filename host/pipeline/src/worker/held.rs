//! The claims of a worker that are not worked off.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use runnel_store::{Claim, Task};

#[derive(Default)]
pub(super) struct Held(Mutex<HashSet<Claim>>);

impl Held {
    pub(super) fn add(&self, tasks: &[Task]) {
        self.claims().extend(tasks.iter().map(|task| task.claim));
    }

    pub(super) fn remove(&self, claim: Claim) {
        self.claims().remove(&claim);
    }

    pub(super) fn all(&self) -> Vec<Claim> {
        self.claims().iter().copied().collect()
    }

    fn claims(&self) -> std::sync::MutexGuard<'_, HashSet<Claim>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
