//! How long to wait before a request is sent again, and when to stop.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
/// How long a service may be out of reach before work stops: shorter where it
/// was never reached, since then a name or a port is likely to be wrong.
const PATIENCE_AT_START: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(180);

/// Whether the service can be reached.
#[derive(Default)]
pub(super) struct Reach(Mutex<Reached>);

#[derive(Default)]
struct Reached {
    ever: bool,
    /// Since when nothing has answered.
    silent_since: Option<Instant>,
}

impl Reach {
    /// Something has answered.
    pub(super) fn reached(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Reached {
            ever: true,
            silent_since: None,
        };
    }

    /// Whether to go on after a failure: always, unless no connection could be
    /// made for too long.
    pub(super) fn patient(&self, connect: bool) -> bool {
        let mut reached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = if reached.ever {
            PATIENCE
        } else {
            PATIENCE_AT_START
        };
        let silent_since = *reached.silent_since.get_or_insert_with(Instant::now);
        !connect || silent_since.elapsed() < patience
    }
}

/// Doubles, up to a bound, with a jitter of a quarter.
pub(crate) fn backoff(failures: u32) -> Duration {
    let full = LONGEST_BACKOFF
        .min(FIRST_BACKOFF * 2u32.saturating_pow(failures.saturating_sub(1).min(10)));
    full.mul_f64(1.0 - fastrand::f64() / 4.0)
}
