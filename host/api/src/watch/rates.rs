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
/// Who has looked for less cannot tell how much it is in a minute.
const ENOUGH: Duration = Duration::from_secs(10);

/// What runs did in the last minute.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rates {
    last: HashMap<RunId, Done>,
    steps: VecDeque<Step>,
    /// The first look since the last pause, and the newest one.
    looked: Option<(Instant, Instant)>,
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
    /// Notes what runs have done so far. One that is new and seen for the first time has
    /// begun since, unless it is the first look, or the first after a pause: nobody
    /// looks while nobody watches.
    pub(super) fn note(&mut self, traffic: &[RunTraffic], now: Instant) {
        let going_on = self
            .looked
            .filter(|(_, last)| now.duration_since(*last) <= PAUSE);
        if going_on.is_none() {
            self.last.clear();
            self.steps.clear();
        }
        self.looked = Some((going_on.map_or(now, |(first, _)| first), now));
        for run in traffic {
            let now_done = Done::of(run);
            let before = match self.last.insert(run.run, now_done) {
                Some(before) => before,
                None if run.new && going_on.is_some() => Done::default(),
                None => now_done,
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

    /// Requests of a source within the last minute, as far as it was looked.
    pub(super) fn requests(&self, source: &str, has: impl Fn(TenantId) -> bool) -> u64 {
        let own = self.steps.iter();
        let own = own.filter(|step| step.source == source && has(step.tenant));
        own.map(|step| step.done.requests).sum()
    }

    /// Records of an entity type that were mapped meanwhile.
    pub(super) fn records(&self, of: (&str, &str), has: impl Fn(TenantId) -> bool) -> u64 {
        self.of(of, has).map(|done| done.transformed).sum()
    }

    /// Rows of an entity type that were written meanwhile.
    pub(super) fn rows(&self, of: (&str, &str), has: impl Fn(TenantId) -> bool) -> u64 {
        self.of(of, has).map(|done| done.loaded).sum()
    }

    /// What so many are in a minute; none where it was not looked for long enough.
    pub(super) fn in_a_minute(&self, done: u64) -> Option<u64> {
        let (first, last) = self.looked?;
        let watched = last.duration_since(first).min(WINDOW);
        let seconds = watched.as_secs_f64() / WINDOW.as_secs_f64();
        (watched >= ENOUGH).then(|| (done as f64 / seconds).round() as u64)
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
            new: true,
            requests,
            transformed: 3 * requests,
            loaded: 2 * requests,
        }
    }

    /// Looks at so many seconds, and answers the requests.
    fn looks() -> impl FnMut(&mut Rates, u64, &[RunTraffic]) -> Option<u64> {
        let begun = Instant::now();
        move |rates, seconds, traffic| {
            rates.note(traffic, begun + Duration::from_secs(seconds));
            rates.in_a_minute(rates.requests("github", |_| true))
        }
    }

    #[test]
    fn what_was_done_before_the_first_look_is_no_rate() {
        let mut rates = Rates::default();
        let mut look = looks();
        look(&mut rates, 0, &[run(1, 1, 100)]);
        let last = [run(1, 1, 107), run(2, 2, 3)];
        for seconds in [15, 30, 45, 60] {
            look(&mut rates, seconds, &last);
        }
        let (all, two) = (|_| true, |tenant| tenant == TenantId(2));
        let prs = ("github", "github_prs");
        assert_eq!(rates.in_a_minute(7), Some(7));
        assert_eq!(rates.requests("github", all), 10);
        assert_eq!(rates.requests("github", two), 3);
        assert_eq!(rates.rows(prs, all), 20);
        assert_eq!(rates.records(prs, all), 30);
        assert_eq!(rates.records(prs, two), 9);
        assert_eq!(rates.records(("github", "github_commits"), all), 0);
        assert_eq!(rates.requests("jira", all), 0);
    }

    #[test]
    fn who_has_looked_for_less_than_a_minute_is_told_what_it_would_be_in_one() {
        let mut rates = Rates::default();
        let mut look = looks();
        assert_eq!(look(&mut rates, 0, &[run(1, 1, 100)]), None);
        assert_eq!(
            look(&mut rates, 8, &[run(1, 1, 108)]),
            None,
            "that is too soon"
        );
        assert_eq!(look(&mut rates, 12, &[run(1, 1, 112)]), Some(60));
        assert_eq!(look(&mut rates, 30, &[run(1, 1, 130)]), Some(60));
        assert_eq!(look(&mut rates, 50, &[run(1, 1, 130)]), Some(36));
        assert_eq!(
            look(&mut rates, 70, &[run(1, 1, 130)]),
            Some(22),
            "the last minute's"
        );
    }

    #[test]
    fn what_was_done_while_nobody_looked_is_no_rate() {
        let mut rates = Rates::default();
        let mut look = looks();
        look(&mut rates, 0, &[run(1, 1, 100)]);
        assert_eq!(look(&mut rates, 12, &[run(1, 1, 107)]), Some(35));
        assert_eq!(
            look(&mut rates, 40, &[run(1, 1, 5_000), run(2, 2, 800)]),
            None
        );
        let resumed = look(&mut rates, 52, &[run(1, 1, 5_003), run(2, 2, 801)]);
        assert_eq!(resumed, Some(20));
    }

    #[test]
    fn what_a_run_did_that_goes_on_after_a_long_time_is_no_rate() {
        let mut rates = Rates::default();
        let mut look = looks();
        look(&mut rates, 0, &[]);
        let old = |requests| RunTraffic {
            new: false,
            ..run(1, 1, requests)
        };
        assert_eq!(look(&mut rates, 20, &[old(50_000)]), Some(0));
        assert_eq!(look(&mut rates, 30, &[old(50_001)]), Some(2));
    }
}
