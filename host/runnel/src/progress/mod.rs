//! Progress, on standard error: bars on a terminal, plain lines elsewhere.

mod bars;
mod lines;
#[cfg(test)]
mod test_runs;
mod waiting;

use std::{
    io::{self, IsTerminal, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use indicatif::MultiProgress;
use runnel_control::{Event, Observe};
use runnel_store::Run;

use bars::Bars;
use lines::Lines;
use waiting::Waiting;

/// What a person sees while a sync runs, and where its runs were seen last.
pub(crate) struct Progress {
    terminal: MultiProgress,
    state: Mutex<State>,
}

struct State {
    view: View,
    waiting: Waiting,
    runs: Vec<Run>,
}

enum View {
    Bars(Bars),
    Lines(Lines),
}

impl Progress {
    /// Begins to show progress, and says what is waited for until there is some.
    pub(crate) fn start(first: &'static str) -> Self {
        let terminal = MultiProgress::new();
        let view = if io::stderr().is_terminal() {
            View::Bars(Bars::new(terminal.clone(), first))
        } else {
            View::Lines(Lines::default())
        };
        let state = State {
            view,
            waiting: Waiting::default(),
            runs: Vec::new(),
        };
        Self {
            terminal,
            state: Mutex::new(state),
        }
    }

    /// What the sync tells its events to.
    pub(crate) fn observer(self: &Arc<Self>) -> Observe {
        let progress = Arc::clone(self);
        Arc::new(move |event| progress.see(event))
    }

    /// What the log writes to, without tearing the bars apart.
    pub(crate) fn writer(&self) -> impl Fn() -> Between + Send + Sync + 'static {
        let terminal = self.terminal.clone();
        move || Between(terminal.clone())
    }

    /// Takes the bars away: the summary says all of it.
    pub(crate) fn finish(&self) {
        if let View::Bars(bars) = &self.state().view {
            bars.clear();
        }
    }

    /// Where the runs were seen last.
    pub(crate) fn runs(&self) -> Vec<Run> {
        self.state().runs.clone()
    }

    fn see(&self, event: Event) {
        let state = &mut *self.state();
        match event {
            Event::Resuming => state.view.say("going on with the sync that was cut short"),
            Event::Progress(runs) => {
                state.view.show(&runs);
                state.runs = runs;
            }
            Event::Waiting { reason, wait } => {
                if let Some(line) = state.waiting.line(&reason, wait) {
                    state.view.wait(line, wait);
                }
            }
        }
    }

    /// A panic elsewhere while something was shown takes nothing from what there
    /// is to show.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl View {
    fn say(&self, line: &str) {
        match self {
            Self::Bars(bars) => bars.say(line),
            Self::Lines(_) => lines::say(line),
        }
    }

    fn show(&mut self, runs: &[Run]) {
        match self {
            Self::Bars(bars) => bars.show(runs),
            Self::Lines(lines) => lines.show(runs),
        }
    }

    fn wait(&mut self, line: String, wait: std::time::Duration) {
        match self {
            Self::Bars(bars) => bars.wait(line, wait),
            Self::Lines(_) => lines::say(&line),
        }
    }
}

/// Standard error between two paintings of the bars.
pub(crate) struct Between(MultiProgress);

impl Write for Between {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
