//! What somebody may see of how everything flows.

use std::collections::BTreeMap;

use runnel_control::AtWork;
use runnel_store::Scope;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Seen, Versions, queues_of, stuck_since};
use crate::{
    instant::{Instant, maybe},
    routes::queues::Queue,
    state::Api,
};

/// How everything flows at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Flow {
    at: Instant,
    sources: Vec<SourceFlow>,
    queues: Vec<QueueFlow>,
    transforms: Vec<TransformFlow>,
    tables: Vec<TableFlow>,
    dead_letters: u64,
    failing_jobs: u64,
    alive: Alive,
}

/// A source's integrations and what they do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct SourceFlow {
    name: String,
    integrations: u64,
    jobs: u64,
    running_runs: u64,
    failing_jobs: u64,
    /// Null: nobody has looked for long enough to know.
    #[schema(required)]
    requests_per_minute: Option<u64>,
    /// The newest of its runs, and the requests that were seen: what has changed is told
    /// before anybody knows how much it is in a minute.
    #[serde(skip)]
    moved: (i64, u64),
}

/// A queue, and whether it moves.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct QueueFlow {
    #[serde(flatten)]
    queue: Queue,
    /// Since when tasks of a tenant are due, or under way, and none of its has ended,
    /// where that is longer than a minute.
    #[schema(required)]
    stuck_since: Option<Instant>,
}

/// A transform that does the work.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct TransformFlow {
    entity: String,
    source: String,
    plugin: String,
    version: String,
    /// What is tried beside it.
    #[schema(required)]
    trial: Option<TrialFlow>,
    /// Records that it maps, of whichever version it was. Null: nobody has looked for
    /// long enough to know.
    #[schema(required)]
    records_per_minute: Option<u64>,
    dead_letters: u64,
}

impl TransformFlow {
    /// The transform without what changes by itself.
    fn still(&self) -> Self {
        Self {
            records_per_minute: None,
            ..self.clone()
        }
    }
}

/// A trial that goes on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct TrialFlow {
    kind: String,
    version: String,
    #[schema(required)]
    percent: Option<u8>,
}

/// A table, and how fast it fills: the rows of its transform count for the first of
/// its tables.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct TableFlow {
    name: String,
    source: String,
    /// Null: of another table than the first nobody knows, and of the first nobody has
    /// looked for long enough.
    #[schema(required)]
    rows_per_minute: Option<u64>,
    /// The rows that were seen.
    #[serde(skip)]
    rows: u64,
}

/// How many processes are there, as far as they have reported of late.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Alive {
    /// Those whose scheduler looks at the jobs.
    schedulers: u64,
    /// Those whose relay looks for tasks; null: there is no broker to be told.
    #[schema(required)]
    relays: Option<u64>,
    workers: u64,
}

/// The lists that follow from how everything flows.
const LISTS: [&str; 6] = [
    "jobs",
    "runs",
    "queues",
    "plugins",
    "tables",
    "dead_letters",
];

impl Flow {
    /// Whether it is another picture than before: that time goes by is none.
    pub(crate) fn is_new(&self, before: Option<&Self>) -> bool {
        let still = |flow: &Self| {
            let mut still = flow.clone();
            still.at = self.at.clone();
            for queue in &mut still.queues {
                queue.queue = queue.queue.still();
            }
            still
        };
        before.is_none_or(|before| still(before) != still(self))
    }

    /// What is different from before: the words of the lists to be asked for again.
    pub(crate) fn changed(&self, before: Option<&Self>) -> Vec<&'static str> {
        let Some(before) = before else {
            return LISTS.to_vec();
        };
        let mut changed = Vec::new();
        if self.sources != before.sources || self.failing_jobs != before.failing_jobs {
            changed.extend(["jobs", "runs"]);
        }
        let queues = |flow: &Self| -> Vec<_> {
            let still = |queue: &QueueFlow| queue.queue.still();
            flow.queues.iter().map(still).collect()
        };
        if queues(self) != queues(before) || self.alive != before.alive {
            changed.push("queues");
        }
        let transforms = |flow: &Self| -> Vec<_> {
            let still = flow.transforms.iter().map(TransformFlow::still);
            still.collect()
        };
        if transforms(self) != transforms(before) {
            changed.push("plugins");
        }
        if self.tables != before.tables {
            changed.push("tables");
        }
        if self.dead_letters != before.dead_letters {
            changed.push("dead_letters");
        }
        changed
    }
}

impl Seen {
    /// What a scope's tenants have of it.
    pub(crate) fn of(&self, api: &Api, scope: &Scope) -> Flow {
        let sources = self.sources_of(scope);
        let at_work = api.host.admin.at_work(None);
        let own = self.letters.iter().filter(|share| scope.has(share.tenant));
        Flow {
            at: self.at.into(),
            queues: self.queues_of(scope),
            transforms: self.transforms_of(scope, &at_work),
            tables: self.tables_of(scope, &at_work),
            dead_letters: own.map(|share| share.letters).sum(),
            failing_jobs: sources.iter().map(|source| source.failing_jobs).sum(),
            sources,
            alive: Alive {
                schedulers: self.alive.schedulers,
                relays: api.host.relayed.then_some(self.alive.relays),
                workers: self.alive.workers,
            },
        }
    }

    /// What a scope's tenants have of the lists that changed.
    pub(crate) fn versions_of(&self, scope: &Scope) -> Versions {
        self.versions.of(scope)
    }

    fn sources_of(&self, scope: &Scope) -> Vec<SourceFlow> {
        let mut sources: BTreeMap<&str, SourceFlow> = BTreeMap::new();
        for share in self.sources.iter().filter(|share| scope.has(share.tenant)) {
            let source = sources
                .entry(&share.source)
                .or_insert_with(|| self.source_of(&share.source, scope));
            source.integrations += share.integrations;
            source.jobs += share.jobs;
            source.failing_jobs += share.failing;
        }
        sources.into_values().collect()
    }

    /// A source as its runs are, without its integrations.
    fn source_of(&self, source: &str, scope: &Scope) -> SourceFlow {
        let own = self.traffic.iter();
        let own = own.filter(|run| run.source == source && scope.has(run.tenant));
        let newest = own.clone().map(|run| run.run.0).max().unwrap_or_default();
        let requests = self.rates.requests(source, |tenant| scope.has(tenant));
        SourceFlow {
            name: source.to_owned(),
            integrations: 0,
            jobs: 0,
            running_runs: own.filter(|run| run.active).count() as u64,
            failing_jobs: 0,
            requests_per_minute: self.rates.in_a_minute(requests),
            moved: (newest, requests),
        }
    }

    fn queues_of(&self, scope: &Scope) -> Vec<QueueFlow> {
        let rows = queues_of(&self.queues, scope).into_iter();
        let flow = |row: runnel_store::QueueRow| QueueFlow {
            stuck_since: maybe(stuck_since(&self.queues, scope, &row.queue)),
            queue: row.into(),
        };
        rows.map(flow).collect()
    }

    fn transforms_of(&self, scope: &Scope, at_work: &[AtWork]) -> Vec<TransformFlow> {
        let transform = |own: &AtWork| {
            let letters = self
                .letters
                .iter()
                .filter(|share| share.plugin == *own.name && scope.has(share.tenant));
            let entity = own.entity.as_ref()?;
            let of: (&str, &str) = (&own.source, entity);
            let records = self.rates.records(of, |tenant| scope.has(tenant));
            Some(TransformFlow {
                entity: entity.to_string(),
                source: own.source.to_string(),
                plugin: own.name.to_string(),
                version: own.version.clone(),
                trial: self.trial_of(own, scope),
                records_per_minute: self.rates.in_a_minute(records),
                dead_letters: letters.map(|share| share.letters).sum(),
            })
        };
        at_work.iter().filter_map(transform).collect()
    }

    fn trial_of(&self, own: &AtWork, scope: &Scope) -> Option<TrialFlow> {
        let trial = self.trials.iter().find(|trial| {
            let of = &trial.of;
            of.purpose.entity == own.entity
                && of.purpose.source == own.source
                && of.tenant.is_none_or(|tenant| scope.has(tenant))
        })?;
        let (_, percent) = crate::routes::trials::kind(trial.kind);
        Some(TrialFlow {
            kind: trial.kind.word().to_owned(),
            version: trial.of.version.version.clone(),
            percent,
        })
    }

    fn tables_of(&self, scope: &Scope, at_work: &[AtWork]) -> Vec<TableFlow> {
        let mut tables = Vec::new();
        for own in at_work {
            let Some(entity) = &own.entity else { continue };
            let of: (&str, &str) = (&own.source, entity);
            let rows = self.rates.rows(of, |tenant| scope.has(tenant));
            for (i, table) in own.tables.iter().enumerate() {
                let of_first = self.rates.in_a_minute(rows);
                tables.push(TableFlow {
                    name: table.to_string(),
                    source: own.source.to_string(),
                    rows_per_minute: of_first.filter(|_| i == 0),
                    rows,
                });
            }
        }
        tables
    }
}

#[cfg(test)]
mod tests {
    use runnel_model::Queue as Named;
    use runnel_store::QueueRow;

    use super::{Alive, Flow, QueueFlow, SourceFlow};

    fn flow(at: i64, oldest: u64, stuck_since: Option<i64>) -> Flow {
        let row = QueueRow {
            queue: Named::Extract,
            waiting: 1,
            running: 0,
            later: 0,
            dead: 0,
            oldest: Some(std::time::Duration::from_secs(oldest)),
            per_minute: 0,
        };
        Flow {
            at: at.into(),
            sources: vec![],
            queues: vec![QueueFlow {
                queue: row.into(),
                stuck_since: stuck_since.map(Into::into),
            }],
            transforms: vec![],
            tables: vec![],
            dead_letters: 0,
            failing_jobs: 0,
            alive: Alive {
                schedulers: 1,
                relays: None,
                workers: 0,
            },
        }
    }

    #[test]
    fn that_a_queue_is_stuck_is_news_and_that_time_goes_by_is_none() {
        let before = flow(0, 58, None);
        assert!(before.is_new(None));
        assert!(!flow(2, 60, None).is_new(Some(&before)));
        let stuck = flow(4, 62, Some(1));
        assert!(stuck.is_new(Some(&before)));
        assert_eq!(stuck.changed(Some(&before)), [] as [&str; 0]);
    }
    /// The rates are unknown at first.
    #[test]
    fn a_run_that_began_and_ended_between_two_looks_is_told_of_at_once() {
        let of = |moved| Flow {
            sources: vec![SourceFlow {
                name: "github".to_owned(),
                integrations: 1,
                jobs: 5,
                running_runs: 0,
                failing_jobs: 0,
                requests_per_minute: None,
                moved,
            }],
            ..flow(0, 0, None)
        };
        let before = of((5, 0));
        assert_eq!(before.changed(Some(&before)), [] as [&str; 0]);
        for after in [of((6, 0)), of((5, 1))] {
            assert_eq!(after.changed(Some(&before)), ["jobs", "runs"]);
        }
    }
}
