//! Tells the operator of an outage once when it begins and once when it ends.

use std::time::{Duration, Instant};

use crate::BrokerError;

/// How often it is said again that something is refused: that needs somebody's
/// hand, and the first line may long have scrolled away.
const REMIND: Duration = Duration::from_secs(60);

/// Whether something is out of reach, and what was said of it.
#[derive(Debug)]
pub(crate) struct Outage {
    /// Of what, for the log.
    of: &'static str,
    since: Option<Instant>,
    said: Option<Instant>,
}

impl Outage {
    pub(crate) fn of(of: &'static str) -> Self {
        Self {
            of,
            since: None,
            said: None,
        }
    }

    /// It failed.
    pub(crate) fn goes_on(&mut self, error: &BrokerError) {
        let begins = self.since.is_none();
        self.since.get_or_insert_with(Instant::now);
        let remind = matches!(error, BrokerError::Refused { .. })
            && self.said.is_none_or(|said| said.elapsed() >= REMIND);
        if begins || remind {
            self.said = Some(Instant::now());
            tracing::warn!("{}: {error}", self.of);
        }
    }

    /// It works.
    pub(crate) fn is_over(&mut self) {
        if let Some(since) = self.since.take() {
            self.said = None;
            tracing::info!("{}: back after {} s", self.of, since.elapsed().as_secs());
        }
    }
}
