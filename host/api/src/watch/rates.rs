//! How much runs do in a minute, from what they had done each time one looked.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use runnel_model::{RunId, TenantId};
use runnel_store::RunTraffic;

/// What counts as now.
const WINDOW: Duration = Duration::from_secs(60);
/// What was done since a look that is older may have been done at any time.
const PAUSE: Duration = Duration::from_secs(20);

/// What runs did in the last minute.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rates {
    last: HashMap<RunId, Done>,
    steps: VecDeque<Step>,
    looked: Option<Instant>,
}

/// What a run did between two looks.
#[derive(Debug, Clone)]
struct Step {
    at: Instant,
    tenant: TenantId,
    source: String,
    stream: String,
    done: Done,
}

/// How much of what.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Done {
    requests: u64,
    transformed: u64,
    loaded: u64,
}

impl Done {
    fn of(run: &RunTraffic) -> Self {
        Self {
            requests: run.requests,
            transformed: run.transformed,
            loaded: run.loaded,
        }
    }

    fn since(self, before: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(before.requests),
            transformed: self.transformed.saturating_sub(before.transformed),
            loaded: self.loaded.saturating_sub(before.loaded),
        }
    }
}

impl Rates {
    /// Notes what runs have done so far. One that is seen for the first time has
    /// begun since, unless it is the first look, or the first after a pause: nobody
    /// looks while nobody watches.
    pub(super) fn note(&mut self, traffic: &[RunTraffic], now: Instant) {
        let looked = self.looked.replace(now);
        let is_first = looked.is_none_or(|looked| now.duration_since(looked) > PAUSE);
        if is_first {
            self.last.clear();
        }
        for run in traffic {
            let now_done = Done::of(run);
            let before = match self.last.insert(run.run, now_done) {
                Some(before) => before,
                None if is_first => now_done,
                None => Done::default(),
            };
            let done = now_done.since(before);
            if done != Done::default() {
                self.steps.push_back(Step {
                    at: now,
                    tenant: run.tenant,
                    source: run.source.clone(),
                    stream: run.stream.clone(),
                    done,
                });
            }
        }
        let there: HashSet<RunId> = traffic.iter().map(|run| run.run).collect();
        self.last.retain(|run, _| there.contains(run));
        self.steps
            .retain(|step| now.duration_since(step.at) < WINDOW);
    }

    /// Requests a minute of a source.
    pub(super) fn requests(&self, source: &str, has: impl Fn(TenantId) -> bool) -> u64 {
        let own = self.steps.iter();
        let own = own.filter(|step| step.source == source && has(step.tenant));
        own.map(|step| step.done.requests).sum()
    }

    /// Records of an entity type that are mapped in a minute.
    pub(super) fn records(&self, of: (&str, &str), has: impl Fn(TenantId) -> bool) -> u64 {
        self.of(of, has).map(|done| done.transformed).sum()
    }

    /// Rows a minute of an entity type.
    pub(super) fn rows(&self, of: (&str, &str), has: impl Fn(TenantId) -> bool) -> u64 {
        self.of(of, has).map(|done| done.loaded).sum()
    }

    fn of(
        &self,
        (source, stream): (&str, &str),
        has: impl Fn(TenantId) -> bool,
    ) -> impl Iterator<Item = Done> {
        let own = self
            .steps
            .iter()
            .filter(move |step| step.source == source && step.stream == stream && has(step.tenant));
        own.map(|step| step.done)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Rates, RunId, RunTraffic, TenantId};

    fn run(id: i64, tenant: i64, requests: u64) -> RunTraffic {
        RunTraffic {
            run: RunId(id),
            tenant: TenantId(tenant),
            source: "github".to_owned(),
            stream: "github_prs".to_owned(),
            active: true,
            requests,
            transformed: 3 * requests,
            loaded: 2 * requests,
        }
    }

    #[test]
    fn what_was_done_before_the_first_look_is_no_rate() {
        let mut rates = Rates::default();
        let begun = Instant::now();
        rates.note(&[run(1, 1, 100)], begun);
        assert_eq!(rates.requests("github", |_| true), 0);
        let soon = begun + Duration::from_secs(2);
        rates.note(&[run(1, 1, 107), run(2, 2, 3)], soon);
        assert_eq!(rates.requests("github", |_| true), 10);
        assert_eq!(rates.requests("github", |tenant| tenant == TenantId(2)), 3);
        assert_eq!(rates.rows(("github", "github_prs"), |_| true), 20);
        let two = |tenant| tenant == TenantId(2);
        assert_eq!(rates.records(("github", "github_prs"), |_| true), 30);
        assert_eq!(rates.records(("github", "github_prs"), two), 9);
        assert_eq!(rates.records(("github", "github_commits"), |_| true), 0);
        assert_eq!(rates.requests("jira", |_| true), 0);
    }

    #[test]
    fn what_was_done_while_nobody_looked_is_no_rate() {
        let mut rates = Rates::default();
        let begun = Instant::now();
        let mut look = |seconds, traffic: &[RunTraffic]| {
            rates.note(traffic, begun + Duration::from_secs(seconds));
            rates.requests("github", |_| true)
        };
        look(0, &[run(1, 1, 100)]);
        assert_eq!(look(2, &[run(1, 1, 107)]), 7);
        assert_eq!(look(40, &[run(1, 1, 5_000), run(2, 2, 800)]), 7);
        assert_eq!(look(42, &[run(1, 1, 5_003), run(2, 2, 801)]), 11);
        let hour = 3_600;
        assert_eq!(look(hour, &[run(1, 1, 90_000), run(3, 1, 700)]), 0);
        assert_eq!(look(hour + 2, &[run(1, 1, 90_001), run(3, 1, 700)]), 1);
    }
}
