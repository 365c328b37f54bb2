//! How long to wait before the next attempt.

use std::time::Duration;

/// The first wait.
const LEAST: Duration = Duration::from_millis(100);
/// The longest: what an operator waits for at most once a broker is back.
const MOST: Duration = Duration::from_secs(10);

/// Waits that double from failure to failure, each with a random half, so that
/// processes that lost a broker together do not come back together.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure.
    pub(crate) fn next(&mut self) -> Duration {
        let longest = LEAST.saturating_mul(1 << self.failures.min(10)).min(MOST);
        self.failures = self.failures.saturating_add(1);
        longest.mul_f64(0.5 + fastrand::f64() / 2.0)
    }

    /// The wait after something broke that had worked for this long. What worked
    /// for longer than the longest wait starts from the first again.
    pub(crate) fn after(&mut self, worked: Duration) -> Duration {
        if worked > MOST {
            self.reset();
        }
        self.next()
    }

    /// It works: the next failure is the first.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Backoff, LEAST, MOST};

    #[test]
    fn waits_grow_up_to_the_longest_and_are_never_nothing() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..100).map(|_| backoff.next()).collect();
        assert!(waits[0] >= LEAST / 2 && waits[0] <= LEAST, "{:?}", waits[0]);
        assert!(
            waits[99] >= MOST / 2 && waits[99] <= MOST,
            "{:?}",
            waits[99]
        );
    }

    #[test]
    fn what_breaks_at_once_is_waited_for_longer_and_longer() {
        let mut backoff = Backoff::default();
        for _ in 0..20 {
            backoff.after(Duration::ZERO);
        }
        assert!(backoff.after(Duration::from_secs(1)) >= MOST / 2);
        assert!(backoff.after(MOST * 2) <= LEAST);
    }
}
