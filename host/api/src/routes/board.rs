//! What the database says at one moment, for Prometheus: every process that answers the
//! API shows it in the same way.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use metrics::{Unit, describe_gauge, gauge};
use runnel_store::{
    Alive, LetterShare, Micros, QueueRow, QueueShare, QuotaRow, Scope, SourceShare, StoreError,
};

use crate::{
    state::Api,
    watch::{queues_of, stuck_since},
};

const QUEUE_TASKS: &str = "runnel_queue_tasks";
const QUEUE_OLDEST: &str = "runnel_queue_oldest_seconds";
const QUEUE_STUCK: &str = "runnel_queue_stuck_seconds";
const QUEUE_RATE: &str = "runnel_queue_tasks_per_minute";
const DEAD_LETTERS: &str = "runnel_dead_letters";
const INTEGRATIONS: &str = "runnel_integrations";
const JOBS: &str = "runnel_jobs";
const JOBS_FAILING: &str = "runnel_jobs_failing";
const JOBS_LATE: &str = "runnel_jobs_late";
const WORKERS: &str = "runnel_workers_alive";
const SCHEDULERS: &str = "runnel_schedulers_alive";
const RELAYS: &str = "runnel_relays_alive";
const QUOTA_LIMIT: &str = "runnel_quota_limit_requests";
const QUOTA_LEFT: &str = "runnel_quota_remaining_requests";
const QUOTA_CLOSED: &str = "runnel_quota_closed_seconds";

/// Says what the metrics of the database are.
pub(crate) fn describe() {
    describe_gauge!(
        QUEUE_TASKS,
        "Tasks of a queue, by state: waiting, running, later, dead."
    );
    describe_gauge!(
        QUEUE_OLDEST,
        Unit::Seconds,
        "How long the oldest task that is due has waited."
    );
    describe_gauge!(
        QUEUE_STUCK,
        Unit::Seconds,
        "For how long tasks of a tenant have been due and none has ended. Zero up to a minute."
    );
    describe_gauge!(
        QUEUE_RATE,
        "Tasks of a queue that end in a minute, as the workers that are alive report."
    );
    describe_gauge!(
        DEAD_LETTERS,
        "Records that could not be mapped or loaded, by the plugin that was to do it."
    );
    describe_gauge!(INTEGRATIONS, "Integrations, by source.");
    describe_gauge!(JOBS, "Jobs, by source.");
    describe_gauge!(
        JOBS_FAILING,
        "Jobs whose last run that has ended failed, by source."
    );
    describe_gauge!(
        JOBS_LATE,
        "Jobs that have not succeeded for twice their interval and are not at it, by source."
    );
    describe_gauge!(
        WORKERS,
        "Processes that work, as far as they have reported."
    );
    describe_gauge!(
        SCHEDULERS,
        "Processes whose scheduler looks at the jobs, as far as they have reported."
    );
    describe_gauge!(
        RELAYS,
        "Processes whose relay looks for tasks, as far as they have reported, where there is a broker."
    );
    describe_gauge!(
        QUOTA_LIMIT,
        "The most requests of a window that an account has at a service."
    );
    describe_gauge!(QUOTA_LEFT, "What was left of them when it was last seen.");
    describe_gauge!(
        QUOTA_CLOSED,
        Unit::Seconds,
        "For how long nobody may ask with an account."
    );
}

/// A metric with its labels.
type Key = (&'static str, Vec<(&'static str, String)>);

/// The metrics of the database that were shown before: one of something that is there no
/// longer falls to zero. A process has one, as it has one exporter.
static SHOWN: Mutex<BTreeSet<Key>> = Mutex::new(BTreeSet::new());

/// What is not over yet, or no time at all.
fn seconds(micros: Micros) -> u64 {
    u64::try_from(micros).unwrap_or(0) / 1_000_000
}

/// What the database says at one moment.
#[derive(Default)]
pub(crate) struct Board(BTreeMap<Key, u64>);

impl Board {
    /// Asks the database.
    pub(super) async fn of(api: &Api) -> Result<Self, StoreError> {
        let store = &api.host.store;
        let mut board = Self::default();
        let now = store.clock().await?;
        board.queues(&store.queue_shares().await?, now);
        board.sources(&store.source_shares().await?);
        board.letters(&store.letter_shares().await?);
        board.alive(store.alive().await?, api.host.relayed);
        // A metric that comes and goes is none that a rule can compare with before.
        for own in api.host.admin.at_work(None) {
            if own.entity.is_some() {
                board.add(DEAD_LETTERS, &[("plugin", own.name.to_string())], 0);
            }
        }
        for quota in store.quotas(None).await? {
            board.quota(&quota, now);
        }
        Ok(board)
    }

    /// Adds to a metric: those of tenants are added up, since a metric has no place
    /// for each of them.
    fn add(&mut self, name: &'static str, labels: &[(&'static str, String)], number: u64) {
        *self.0.entry((name, labels.to_vec())).or_default() += number;
    }

    /// By the database's clock, whose instants they are.
    fn queues(&mut self, shares: &[QueueShare], now: Micros) {
        for row in queues_of(shares, &Scope::All) {
            let since = stuck_since(shares, &Scope::All, &row.queue);
            self.queue(&row, since.map_or(0, |since| now - since));
        }
    }

    fn queue(&mut self, row: &QueueRow, stuck: Micros) {
        let queue = ("queue", row.queue.to_string());
        for (state, tasks) in [
            ("waiting", row.waiting),
            ("running", row.running),
            ("later", row.later),
            ("dead", row.dead),
        ] {
            let state = ("state", state.to_owned());
            self.add(QUEUE_TASKS, &[queue.clone(), state], tasks);
        }
        let oldest = row.oldest.unwrap_or_default().as_secs();
        let queue = [queue];
        self.add(QUEUE_OLDEST, &queue, oldest);
        self.add(QUEUE_STUCK, &queue, seconds(stuck));
        self.add(QUEUE_RATE, &queue, row.per_minute);
    }

    fn sources(&mut self, shares: &[SourceShare]) {
        for share in shares {
            let source = [("source", share.source.clone())];
            self.add(INTEGRATIONS, &source, share.integrations);
            self.add(JOBS, &source, share.jobs);
            self.add(JOBS_FAILING, &source, share.failing);
            self.add(JOBS_LATE, &source, share.late);
        }
    }

    fn letters(&mut self, shares: &[LetterShare]) {
        for share in shares {
            let plugin = ("plugin", share.plugin.clone());
            self.add(DEAD_LETTERS, &[plugin], share.letters);
        }
    }

    fn alive(&mut self, alive: Alive, relayed: bool) {
        self.add(WORKERS, &[], alive.workers);
        self.add(SCHEDULERS, &[], alive.schedulers);
        if relayed {
            self.add(RELAYS, &[], alive.relays);
        }
    }

    /// Of an account that an integration uses. The service's host may have a tenant's name
    /// in it; a digest's beginning tells the accounts of a source apart.
    fn quota(&mut self, quota: &QuotaRow, now: Micros) {
        let Some(source) = quota.source.clone() else {
            return;
        };
        let account: String = quota.account.0.chars().take(8).collect();
        let of = [("source", source), ("account", account)];
        for (name, number) in [(QUOTA_LIMIT, quota.limit), (QUOTA_LEFT, quota.remaining)] {
            if let Some(number) = number {
                self.add(name, &of, number);
            }
        }
        let closed = quota.closed_until.unwrap_or(0) - now;
        self.add(QUOTA_CLOSED, &of, seconds(closed));
    }

    /// Puts it into what is shown.
    pub(super) fn show(&self) {
        let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, labels) in shown.iter().filter(|key| !self.0.contains_key(*key)) {
            gauge!(*name, labels).set(0.0);
        }
        for ((name, labels), number) in &self.0 {
            #[expect(clippy::cast_precision_loss, reason = "metrics are floats")]
            gauge!(*name, labels).set(*number as f64);
        }
        shown.extend(self.0.keys().cloned());
    }
}

/// The text without what the database said before: a number that is no longer so is worse
/// than none.
pub(super) fn without_database(text: &str) -> String {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let names: BTreeSet<&str> = shown.iter().map(|(name, _)| *name).collect();
    let own = text.split_inclusive('\n').filter(|line| {
        let described = ["# HELP ", "# TYPE "];
        let begins = described.iter().find_map(|mark| line.strip_prefix(mark));
        let name = begins.unwrap_or(line).split(['{', ' ']).next();
        !name.is_some_and(|name| names.contains(name))
    });
    own.collect()
}
