//! What all connections of a stand-in share, whatever the service.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::faults::{Dealer, Faults};
use crate::log::Log;

/// The state around an API. Each lock is held for one step.
#[derive(Debug)]
pub(crate) struct Frame {
    /// What stands before every path.
    pub(crate) prefix: String,
    /// How long each answer waits.
    pub(crate) latency: Duration,
    dealer: Mutex<Dealer>,
    log: Mutex<Log>,
    under_way: AtomicUsize,
}

impl Frame {
    /// The state at the beginning.
    pub(crate) fn new(prefix: String, latency: Duration, faults: Faults) -> Self {
        Self {
            prefix,
            latency,
            dealer: Mutex::new(Dealer::new(faults)),
            log: Mutex::default(),
            under_way: AtomicUsize::new(0),
        }
    }

    /// The faults.
    pub(crate) fn dealer(&self) -> MutexGuard<'_, Dealer> {
        self.dealer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log.
    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request for as long as it lasts.
    pub(crate) fn begin(&self) -> UnderWay<'_> {
        let others = self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay {
            counter: &self.under_way,
            count: others + 1,
        }
    }
}

/// A request under way; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay<'a> {
    counter: &'a AtomicUsize,
    /// How many there are, this one included.
    pub(crate) count: usize,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.counter.fetch_sub(1, Ordering::Relaxed);
    }
}
