//! A disk that takes no more.
//!
//! SQLite may have rolled a transaction back by itself when a write was not taken,
//! and sqlx's connection is then of no more use. So the store goes on with a new
//! one; and what fails meanwhile because of the old one says what is the matter,
//! and not something about transactions.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::StoreError;

/// For how long other errors are taken to follow from it.
const ECHO: Duration = Duration::from_secs(5);

/// What the disk refused last.
#[derive(Default)]
pub(super) struct Refused(Mutex<Option<(StoreError, Instant)>>);

impl Refused {
    /// Notes a refusal. Answers whether it is one.
    pub(super) fn note(&self, error: &StoreError) -> bool {
        let refused = matches!(
            error,
            StoreError::Full { .. } | StoreError::Unwritable { .. }
        );
        if refused {
            *self.last() = Some((error.clone(), Instant::now()));
        }
        refused
    }

    /// The refusal that another error follows from, else that error.
    pub(super) fn or(&self, error: StoreError) -> StoreError {
        let follows = matches!(error, StoreError::Database(_));
        match &*self.last() {
            Some((refused, at)) if follows && at.elapsed() < ECHO => refused.clone(),
            _ => error,
        }
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<(StoreError, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
