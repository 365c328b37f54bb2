//! Bars, for people: a line a stream, and one for what is waited for.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use runnel_model::RunId;
use runnel_store::{Run, RunState};

use crate::words::{count, counted};

/// How often the spinners turn.
const TURN: Duration = Duration::from_millis(120);

/// The lines on the terminal.
pub(super) struct Bars {
    terminal: MultiProgress,
    streams: HashMap<RunId, Stream>,
    status: ProgressBar,
    /// When what the status line says is over.
    until: Option<Instant>,
}

struct Stream {
    bar: ProgressBar,
    /// When it was first seen running, and with how many records.
    began: Option<(Instant, u64)>,
}

impl Bars {
    /// Begins with a line that says what is waited for at first.
    pub(super) fn new(terminal: MultiProgress, first: &'static str) -> Self {
        let status = terminal.add(ProgressBar::no_length());
        status.set_style(style("{spinner} {msg}"));
        status.set_message(first);
        status.enable_steady_tick(TURN);
        Self {
            terminal,
            streams: HashMap::new(),
            status,
            until: Some(Instant::now()),
        }
    }

    /// Says something that stays above the bars.
    pub(super) fn say(&self, line: &str) {
        // A terminal that is gone shows nothing.
        let _gone = self.terminal.println(line);
    }

    /// Says what is waited for, in a line that goes when the wait is over.
    pub(super) fn wait(&mut self, line: String, wait: Duration) {
        self.status.set_style(style("{spinner} {msg:.yellow}"));
        self.status.set_message(line);
        self.until = Some(Instant::now() + wait);
    }

    /// Moves the bars.
    pub(super) fn show(&mut self, runs: &[Run]) {
        if self.until.is_some_and(|until| until <= Instant::now()) {
            self.status.set_style(style("{msg}"));
            self.status.set_message("");
            self.until = None;
        }
        for run in runs {
            let stream = self.streams.entry(run.id).or_insert_with(|| {
                let bar = self
                    .terminal
                    .insert_before(&self.status, ProgressBar::no_length());
                bar.set_style(style("{spinner:.green} {prefix:<20} {msg}"));
                bar.set_prefix(run.stream.to_string());
                Stream { bar, began: None }
            });
            stream.show(run);
        }
    }

    /// Takes all lines away.
    pub(super) fn clear(&self) {
        for stream in self.streams.values() {
            stream.bar.finish_and_clear();
        }
        self.status.finish_and_clear();
    }
}

impl Stream {
    fn show(&mut self, run: &Run) {
        let records = run.counters.extracted;
        let rate = || {
            let (at, from) = self.began?;
            rate(records.saturating_sub(from), at.elapsed())
        };
        let message = message(run, rate());
        if run.state == RunState::Running && self.began.is_none() {
            self.began = Some((Instant::now(), records));
            self.bar.enable_steady_tick(TURN);
        }
        if matches!(run.state, RunState::Running | RunState::Waiting) {
            self.bar.set_message(message);
        } else if !self.bar.is_finished() {
            self.bar.set_style(style("{prefix:<22} {msg}"));
            self.bar
                .set_prefix(format!("{} {}", mark(run.state), run.stream));
            self.bar.finish_with_message(message);
        }
    }
}

fn message(run: &Run, rate: Option<u64>) -> String {
    let counters = &run.counters;
    if run.state == RunState::Waiting {
        let names: Vec<&str> = run.depends_on.iter().map(|name| &**name).collect();
        return if names.is_empty() {
            String::new()
        } else {
            format!("after {}", names.join(", "))
        };
    }
    let mut message = format!(
        "{}, {} loaded",
        counted(counters.extracted, "record"),
        count(counters.loaded)
    );
    if counters.unchanged > 0 {
        message.push_str(&format!(", {} unchanged", count(counters.unchanged)));
    }
    if counters.dead > 0 {
        message.push_str(&format!(", {} dead-lettered", count(counters.dead)));
    }
    if let Some(rate) = rate.filter(|_| run.state == RunState::Running) {
        message.push_str(&format!(", {}/s", count(rate)));
    }
    message
}

fn mark(state: RunState) -> char {
    match state {
        RunState::Succeeded => '✓',
        RunState::Waiting | RunState::Running => ' ',
        RunState::Failed | RunState::Cancelled => '✗',
    }
}

/// Records a second; none while it would only be noise.
fn rate(records: u64, time: Duration) -> Option<u64> {
    let milliseconds = u64::try_from(time.as_millis())
        .ok()
        .filter(|&time| time >= 500)?;
    Some(records.saturating_mul(1_000) / milliseconds)
}

#[expect(
    clippy::expect_used,
    reason = "the templates are constants, and each is shown by every test of a bar"
)]
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a template")
}

#[cfg(test)]
mod tests {
    use super::{Bars, message, rate};
    use crate::progress::test_runs::run;
    use indicatif::{InMemoryTerm, MultiProgress, ProgressDrawTarget};
    use runnel_store::RunState;
    use std::time::Duration;

    #[test]
    fn each_stream_has_a_line_and_a_wait_stands_below_them() {
        let screen = InMemoryTerm::new(10, 100);
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let mut bars = Bars::new(
            MultiProgress::with_draw_target(target),
            "loading the plugins",
        );
        bars.show(&[run(RunState::Succeeded, 1_234)]);
        bars.wait(
            "waiting until 10:42:07 UTC".to_owned(),
            Duration::from_secs(60),
        );
        bars.show(&[run(RunState::Succeeded, 1_234)]);
        let lines = screen.contents();
        let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
        assert!(
            lines[0].contains("✓ github_prs") && lines[0].contains("1,234 records"),
            "{lines:?}"
        );
        assert!(lines[1].contains("waiting until 10:42:07 UTC"), "{lines:?}");
    }

    #[test]
    fn a_rate_is_shown_while_a_stream_runs() {
        assert!(message(&run(RunState::Running, 10), Some(5)).ends_with("5/s"));
        assert!(!message(&run(RunState::Succeeded, 10), Some(5)).ends_with("5/s"));
    }

    #[test]
    fn a_rate_of_the_first_moments_is_noise() {
        assert_eq!(rate(50, Duration::from_millis(100)), None);
        assert_eq!(rate(50, Duration::from_secs(2)), Some(25));
    }
}
