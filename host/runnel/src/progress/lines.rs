//! Plain lines, for logs and CI: a stream is told of when it has moved, and no
//! more often than every two seconds.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use runnel_model::RunId;
use runnel_store::{Run, RunState};

use crate::{output, words::count};

const PAUSE: Duration = Duration::from_secs(2);

/// What was said of each run last, and when.
#[derive(Default)]
pub(super) struct Lines(HashMap<RunId, (Instant, String)>);

impl Lines {
    /// Says what has moved.
    pub(super) fn show(&mut self, runs: &[Run]) {
        for line in self.news(runs, Instant::now()) {
            say(&line);
        }
    }

    fn news(&mut self, runs: &[Run], now: Instant) -> Vec<String> {
        let told = runs.iter().filter_map(|run| {
            let line = line(run)?;
            if let Some((at, last)) = self.0.get(&run.id) {
                let early = run.state == RunState::Running && now.duration_since(*at) < PAUSE;
                if early || *last == line {
                    return None;
                }
            }
            self.0.insert(run.id, (now, line.clone()));
            Some(line)
        });
        told.collect()
    }
}

/// Says a line.
pub(super) fn say(line: &str) {
    output::tell(line);
}

/// A run in a line; none while there is nothing to say.
fn line(run: &Run) -> Option<String> {
    let state = match run.state {
        RunState::Waiting => return None,
        RunState::Running => "",
        RunState::Succeeded => ", done",
        RunState::Failed => ", ended with problems",
        RunState::Cancelled => ", cancelled",
    };
    let counters = &run.counters;
    let dead = if counters.dead > 0 {
        format!(", {} dead-lettered", count(counters.dead))
    } else {
        String::new()
    };
    Some(format!(
        "{}: {} extracted, {} loaded, {} unchanged{dead}{state}",
        run.stream,
        count(counters.extracted),
        count(counters.loaded),
        count(counters.unchanged),
    ))
}

#[cfg(test)]
mod tests {
    use super::{Lines, PAUSE};
    use crate::progress::test_runs::run;
    use runnel_store::RunState;
    use std::time::Instant;

    #[test]
    fn a_stream_that_moves_is_told_of_every_two_seconds() {
        let (mut lines, start) = (Lines::default(), Instant::now());
        assert_eq!(lines.news(&[run(RunState::Running, 1)], start).len(), 1);
        assert!(
            lines
                .news(&[run(RunState::Running, 2)], start + PAUSE / 2)
                .is_empty()
        );
        let later = lines.news(&[run(RunState::Running, 1_234)], start + PAUSE);
        assert_eq!(
            later,
            ["github_prs: 1,234 extracted, 0 loaded, 0 unchanged"]
        );
    }

    #[test]
    fn the_end_of_a_stream_is_told_of_at_once_and_once() {
        let (mut lines, start) = (Lines::default(), Instant::now());
        lines.news(&[run(RunState::Running, 1)], start);
        let end = lines.news(&[run(RunState::Succeeded, 1)], start);
        assert_eq!(
            end,
            ["github_prs: 1 extracted, 0 loaded, 0 unchanged, done"]
        );
        assert!(
            lines
                .news(&[run(RunState::Succeeded, 1)], start + PAUSE)
                .is_empty()
        );
    }

    #[test]
    fn a_stream_that_waits_and_one_that_stands_still_are_not_told_of() {
        let (mut lines, start) = (Lines::default(), Instant::now());
        assert!(lines.news(&[run(RunState::Waiting, 0)], start).is_empty());
        lines.news(&[run(RunState::Running, 1)], start);
        assert!(
            lines
                .news(&[run(RunState::Running, 1)], start + 3 * PAUSE)
                .is_empty()
        );
    }
}
