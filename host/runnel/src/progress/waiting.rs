//! "Waiting until ...": said once, however many workers wait.

use std::time::{Duration, SystemTime};

use crate::{output::one_line, words};

/// Waits that end this close to each other are one.
const SAME: Duration = Duration::from_secs(2);

/// What was said last.
#[derive(Default)]
pub(super) struct Waiting {
    until: Option<SystemTime>,
    reason: String,
}

impl Waiting {
    /// The line to show, unless it is shown already.
    pub(super) fn line(&mut self, reason: &str, wait: Duration) -> Option<String> {
        let until = SystemTime::now() + wait;
        let known = self.reason == reason && self.until.is_some_and(|known| until <= known + SAME);
        if known {
            return None;
        }
        self.until = Some(until);
        reason.clone_into(&mut self.reason);
        Some(format!(
            "waiting until {} (in {}): {}",
            words::clock(until),
            words::duration(wait),
            one_line(reason)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::Waiting;
    use std::time::Duration;

    const TEN_MINUTES: Duration = Duration::from_secs(600);

    #[test]
    fn a_wait_says_until_when_and_why() {
        let line = Waiting::default()
            .line("the limit is used up", TEN_MINUTES)
            .unwrap();
        assert!(
            line.starts_with("waiting until ")
                && line.ends_with(" UTC (in 10 min): the limit is used up"),
            "{line}"
        );
    }

    #[test]
    fn the_same_wait_is_said_once() {
        let mut waiting = Waiting::default();
        let said = [1, 2].map(|_| waiting.line("the limit", TEN_MINUTES).is_some());
        assert_eq!(said, [true, false]);
        assert!(
            waiting.line("the limit", 2 * TEN_MINUTES).is_some(),
            "a longer one is another"
        );
        assert!(
            waiting.line("something else", TEN_MINUTES).is_some(),
            "so is one for another reason"
        );
    }
}
