//! A guest, and a store on SQLite with a tenant whose rows nobody may touch.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use runnel_model::{Change, Digest, Name, Queue, TransformDescriptor, Value};
use runnel_sandbox::{BoundTransform, Limits, Plugin, Sandbox};
use runnel_store::{
    DatabaseUrl, DescriptorId, NewIntegration, NewRecord, NewRequest, NewRun, PageCommit,
    PlanCommit, RunOptions, Store, Task, TaskKind, Traffic, TransformCommit, Transformed, WorkerId,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, SqlitePool, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::expected::{Rows, Shown};

type Failed = Box<dyn Error>;

const LEASE: Duration = Duration::from_secs(60);
const WITNESS: &str = "witness";
/// Everything that a statement of somebody else's could have changed.
const SURROUNDINGS: &str = "SELECT json_array(
    (SELECT json_group_array(sql) FROM (SELECT sql FROM sqlite_schema ORDER BY name)),
    (SELECT json_group_array(json_array(f.k, f.t)) FROM fuzzed f JOIN tenants t ON t.id = f.tenant_id WHERE t.name = 'witness'))";
const ROWS: [&str; 2] = [
    "SELECT json_array(0, json_array(r.k)), json_array(r.k, r.b, r.i, r.t, r.ts, r.d, r.j), r.f
     FROM fuzzed r JOIN tenants t ON t.id = r.tenant_id WHERE t.name = $1",
    "SELECT json_array(1, json_array(r.t, r.d)), json_array(r.t, r.d), r.f
     FROM keyed r JOIN tenants t ON t.id = r.tenant_id WHERE t.name = $1",
];

/// The transform that answers what it is told to.
pub(super) fn puppet(descriptor: &str) -> Result<BoundTransform, Failed> {
    let sandbox = Sandbox::new(Limits::default(), None)?;
    match sandbox.load(&test_guests::puppet(descriptor))? {
        Plugin::Transform(transform) => Ok(transform.bind("{}")?),
        Plugin::Source(_) => Err("a transform is expected".into()),
    }
}

pub(super) struct World {
    runtime: Runtime,
    store: Arc<dyn Store>,
    by: DescriptorId,
    reads: SqlitePool,
    surroundings: String,
    tenants: AtomicU32,
    _folder: TempDir,
}

impl World {
    pub(super) fn new(descriptor: &TransformDescriptor) -> Result<Self, Failed> {
        let runtime = Runtime::new()?;
        let folder = TempDir::new()?;
        let file = folder.path().join("fuzzed.db");
        let url: DatabaseUrl = format!("sqlite:{}", file.display()).parse()?;
        let (store, by, reads) = runtime.block_on(async {
            let store = runnel_store::open(&url).await?;
            let by = store.prepare(descriptor, &Digest([1; 32])).await?;
            let options = SqliteConnectOptions::new().filename(&file);
            let reads = SqlitePool::connect_with(options).await?;
            Ok::<_, Failed>((store, by, reads))
        })?;
        let mut world = Self {
            runtime,
            store,
            by,
            reads,
            surroundings: String::new(),
            tenants: AtomicU32::new(0),
            _folder: folder,
        };
        let row = vec![Value::Integer(1), Value::Null, Value::Null, Value::Null];
        let rest = [
            Value::Text("untouched".to_owned()),
            Value::Null,
            Value::Null,
            Value::Null,
        ];
        let row = runnel_model::Row {
            table: 0,
            values: row.into_iter().chain(rest).collect(),
        };
        let witness = world.write(WITNESS, vec![Change::Upsert(row)]);
        world.runtime.block_on(witness)?;
        world.surroundings = world.around()?;
        Ok(world)
    }

    /// Loads the changes for a tenant of their own, and reads its rows.
    pub(super) fn load(&self, changes: Vec<Change>) -> Rows {
        let said = format!("{changes:?}");
        let tenant = format!("t{}", self.tenants.fetch_add(1, Ordering::Relaxed));
        let written = self.runtime.block_on(self.write(&tenant, changes));
        written.unwrap_or_else(|error| panic!("{error}: {said}"));
        let around = self
            .around()
            .unwrap_or_else(|error| panic!("{error}: {said}"));
        assert_eq!(around, self.surroundings, "{said}");
        let rows = self.runtime.block_on(self.read(&tenant));
        rows.unwrap_or_else(|error| panic!("{error}: {said}"))
    }

    fn around(&self) -> Result<String, Failed> {
        let around = sqlx::query_scalar(SURROUNDINGS).fetch_one(&self.reads);
        Ok(self.runtime.block_on(around)?)
    }

    async fn read(&self, tenant: &str) -> Result<Rows, Failed> {
        let mut rows = Rows::new();
        for sql in ROWS {
            let found: Vec<(String, String, Option<f64>)> = sqlx::query_as(AssertSqlSafe(sql))
                .bind(tenant)
                .fetch_all(&self.reads)
                .await?;
            for (key, rest, float) in found {
                let as_we_write_it = |text: &str| {
                    serde_json::from_str::<serde_json::Value>(text).map(|json| json.to_string())
                };
                let rest = as_we_write_it(&rest)?;
                rows.insert(as_we_write_it(&key)?, Shown { float, rest });
            }
        }
        Ok(rows)
    }

    /// A run of one record, from its plan to the load of these changes.
    async fn write(&self, tenant: &str, changes: Vec<Change>) -> Result<(), Failed> {
        let store = &self.store;
        let new = integration(tenant)?;
        let integration = store.open_integration(&new).await?;
        let run = store.create_runs(&integration, &[run()?]).await?[0];
        store.begin(run).await?;
        let plan = self.claimed(Queue::Extract).await?;
        store
            .commit_plan(PlanCommit {
                claim: plan.claim,
                run,
                requests: vec![request()],
                more_after: None,
            })
            .await?;
        let fetch = self.claimed(Queue::Extract).await?;
        store.commit_pages(vec![page(&fetch)?]).await?;
        let transform = self.claimed(Queue::Transform(Name::new("test")?)).await?;
        let TaskKind::Transform(raw) = &transform.kind else {
            return Err("a transform is expected".into());
        };
        let mapped = Transformed {
            descriptor: self.by,
            transformed: 1,
            changes: changes.into_iter().map(|change| (raw[0], change)).collect(),
            records: raw.clone(),
            dead: Vec::new(),
            replaced_nuls: 0,
            traceparents: String::new(),
        };
        let mapped = TransformCommit {
            claims: vec![transform.claim],
            run,
            trial: None,
            batches: vec![mapped],
            settled: vec![],
        };
        store.commit_transformed(mapped).await?;
        let load = store
            .claim(&Queue::Load(Name::new("test")?).into(), &worker(), 1, LEASE)
            .await?;
        for task in load {
            if let TaskKind::Load(changes) = task.kind {
                store.load(&[(task.claim, changes)]).await?;
            }
        }
        Ok(())
    }

    async fn claimed(&self, queue: Queue) -> Result<Task, Failed> {
        let mut tasks = self.store.claim(&queue.into(), &worker(), 1, LEASE).await?;
        tasks.pop().ok_or_else(|| "a task is expected".into())
    }
}

fn worker() -> WorkerId {
    WorkerId("fuzzing".to_owned())
}

fn integration(tenant: &str) -> Result<NewIntegration, Failed> {
    Ok(NewIntegration {
        tenant: tenant.to_owned(),
        name: "test".to_owned(),
        source: Name::new("test")?,
        base_url: "https://api.example".to_owned(),
        scope: vec!["acme".to_owned()],
        settings: json!({}),
        ad_hoc: false,
    })
}

fn run() -> Result<NewRun, Failed> {
    Ok(NewRun {
        stream: Name::new("things")?,
        depends_on: Vec::new(),
        priority: 0,
        changed_parents_of: None,
        options: RunOptions {
            full: false,
            since: None,
            scope: vec!["acme".to_owned()],
            settings: json!({}),
        },
    })
}

fn request() -> NewRequest {
    NewRequest {
        partition: String::new(),
        method: "GET".to_owned(),
        url: "/things".to_owned(),
        headers: Vec::new(),
        body: None,
        answer: String::new(),
        conditional: false,
        token: "null".to_owned(),
    }
}

fn page(fetch: &Task) -> Result<PageCommit, Failed> {
    let TaskKind::Fetch(request) = fetch.kind else {
        return Err("a fetch is expected".into());
    };
    Ok(PageCommit {
        claim: fetch.claim,
        run: fetch.run,
        source: Name::new("test")?,
        request,
        partition: String::new(),
        records: vec![NewRecord {
            external_id: "any".to_owned(),
            context: "{}".to_owned(),
            payload: "{}".to_owned(),
            digest: [7; 32],
        }],
        requests: Vec::new(),
        progress: None,
        validator: None,
        skipped: None,
        census: false,
        traffic: Traffic::default(),
        traceparents: String::new(),
    })
}
