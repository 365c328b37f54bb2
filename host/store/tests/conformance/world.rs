//! A fresh store with an integration, and the steps of a run in short.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use runnel_model::{Change, Digest, Name, Queue, RawId, RunId, TransformDescriptor};
use runnel_store::{
    ChangesId, Claim, DatabaseUrl, DescriptorId, Inbox, Integration, Loaded, NewIntegration,
    NewRecord, NewRequest, NewRun, PageCommit, PlanCommit, Rescue, Run, RunFilter, RunOptions,
    RunRow, Store, StoreError, Task, TaskKind, Traffic, TransformCommit, Transformed, WorkerId,
};
use serde_json::{Value as Json, json};

/// What no trait of the store shows: the rows of its tables.
#[async_trait]
pub(crate) trait Probe: Send + Sync {
    /// Each row of the answer as a JSON array.
    async fn rows(&self, sql: &str) -> Vec<Json>;

    /// Why the database refuses a statement.
    async fn refused(&self, sql: &str) -> String;
}

/// A fresh store, and one integration in it.
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) integration: Integration,
    pub(crate) url: DatabaseUrl,
    probe: Box<dyn Probe>,
}

/// Longer than any test.
pub(crate) const LEASE: Duration = Duration::from_secs(60);

pub(crate) fn worker() -> WorkerId {
    WorkerId("worker".to_owned())
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn digest(of: u8) -> Digest {
    Digest([of; 32])
}

pub(crate) fn transforms() -> Queue {
    Queue::Transform(name("github"))
}

pub(crate) fn loads() -> Queue {
    Queue::Load(name("github"))
}

pub(crate) fn options() -> RunOptions {
    RunOptions {
        full: false,
        since: None,
        scope: vec!["acme".to_owned()],
        settings: json!({}),
    }
}

pub(crate) fn new_run(stream: &str) -> NewRun {
    NewRun {
        stream: name(stream),
        depends_on: vec![],
        priority: 0,
        changed_parents_of: None,
        options: options(),
    }
}

pub(crate) fn request(partition: &str) -> NewRequest {
    NewRequest {
        partition: partition.to_owned(),
        method: "GET".to_owned(),
        url: format!("/{partition}"),
        headers: vec![("accept".to_owned(), "application/json".to_owned())],
        body: None,
        answer: String::new(),
        conditional: true,
        token: "null".to_owned(),
    }
}

pub(crate) fn record(external_id: &str, payload: &str) -> NewRecord {
    let mut digest = [0; 32];
    for (at, byte) in digest.iter_mut().zip(payload.bytes()) {
        *at = byte;
    }
    NewRecord {
        external_id: external_id.to_owned(),
        context: "{}".to_owned(),
        payload: payload.to_owned(),
        digest,
    }
}

/// A page that says nothing yet, of a claimed fetch.
pub(crate) fn page(task: &Task, partition: &str) -> PageCommit {
    let TaskKind::Fetch(request) = task.kind else {
        panic!("{} is no fetch", task.kind)
    };
    PageCommit {
        claim: task.claim,
        run: task.run,
        source: name("github"),
        request,
        partition: partition.to_owned(),
        records: vec![],
        requests: vec![],
        progress: None,
        validator: None,
        skipped: None,
        census: false,
        traffic: Traffic::default(),
        traceparents: String::new(),
    }
}

pub(crate) fn load_of(task: &Task) -> (Claim, ChangesId) {
    let TaskKind::Load(changes) = task.kind else {
        panic!("{} is no load", task.kind)
    };
    (task.claim, changes)
}

impl World {
    /// Opens the database.
    pub(crate) async fn new(url: DatabaseUrl, probe: Box<dyn Probe>) -> Self {
        let store = runnel_store::open(&url).await.unwrap();
        let integration = open_integration(&*store, "acme").await;
        Self {
            url,
            store,
            integration,
            probe,
        }
    }

    /// The same store for another tenant.
    pub(crate) async fn of_tenant(self, tenant: &str) -> Self {
        let integration = open_integration(&*self.store, tenant).await;
        Self {
            integration,
            ..self
        }
    }

    /// The same store for an ad hoc integration of the same tenant.
    pub(crate) async fn ad_hoc(self) -> Self {
        let new = NewIntegration {
            name: "ad hoc".to_owned(),
            ad_hoc: true,
            ..new_integration("acme")
        };
        let integration = self.store.open_integration(&new).await.unwrap();
        Self {
            integration,
            ..self
        }
    }

    /// Claims whatever is due of an ad hoc integration.
    pub(crate) async fn claim_private(&self, queue: Queue) -> Vec<Task> {
        self.claim_from(&self.inbox(queue)).await
    }

    pub(crate) async fn claim_from(&self, inbox: &Inbox) -> Vec<Task> {
        let claimed = self.store.claim(inbox, &worker(), 100, LEASE).await;
        claimed.unwrap()
    }

    /// The same database, opened as another process would.
    pub(crate) async fn reopen(&self) -> Arc<dyn Store> {
        runnel_store::open(&self.url).await.unwrap()
    }

    /// The tasks of an ad hoc integration.
    pub(crate) fn inbox(&self, queue: Queue) -> Inbox {
        Inbox {
            queue,
            only: Some(self.integration.id),
        }
    }

    pub(crate) async fn rows(&self, sql: &str) -> Vec<Json> {
        self.probe.rows(sql).await
    }

    /// Why the database refuses a statement.
    pub(crate) async fn refused(&self, sql: &str) -> String {
        self.probe.refused(sql).await
    }

    /// The one number that the query answers with.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.rows(sql).await[0][0].as_i64().unwrap()
    }

    pub(crate) async fn create(&self, run: NewRun) -> RunId {
        self.store
            .create_runs(&self.integration, &[run])
            .await
            .unwrap()[0]
    }

    pub(crate) async fn start(&self, run: NewRun) -> RunId {
        let run = self.create(run).await;
        self.store.begin(run).await.unwrap();
        run
    }

    /// A run as an operator sees it.
    pub(crate) async fn how_far(&self, run: RunId) -> RunRow {
        let filter = RunFilter {
            run: Some(run),
            ..RunFilter::default()
        };
        self.store.history(&filter, 1).await.unwrap().remove(0)
    }

    pub(crate) async fn run(&self, run: RunId) -> Run {
        self.store.runs(&[run]).await.unwrap().remove(0)
    }

    /// Claims whatever is due in the queue.
    pub(crate) async fn claim(&self, queue: &Queue) -> Vec<Task> {
        self.claim_for(queue, LEASE).await
    }

    pub(crate) async fn claim_one(&self, queue: &Queue) -> Task {
        let mut tasks = self.claim(queue).await;
        assert_eq!(tasks.len(), 1, "{queue}: {tasks:?}");
        tasks.remove(0)
    }

    pub(crate) async fn claim_for(&self, queue: &Queue, lease: Duration) -> Vec<Task> {
        self.store
            .claim(&queue.clone().into(), &worker(), 100, lease)
            .await
            .unwrap()
    }

    /// Claims at most so many shared tasks that are due.
    pub(crate) async fn claim_some(&self, queue: &Queue, limit: u32) -> Vec<Task> {
        let inbox = queue.clone().into();
        self.store
            .claim(&inbox, &worker(), limit, LEASE)
            .await
            .unwrap()
    }

    /// Brings what waits for a moment as much nearer to it. A test that slept
    /// instead would have to hurry before it: how fast a machine is is not known.
    pub(crate) async fn let_pass(&self, time: Duration) {
        let micros = time.as_micros();
        let sql = format!("UPDATE tasks SET run_at = run_at - {micros} WHERE state = 'delayed'");
        self.rows(&sql).await;
    }

    /// The old claim and the newer one of a task whose worker was taken for dead.
    pub(crate) async fn overtaken(&self, queue: &Queue) -> (Task, Task) {
        let old = self.claim_for(queue, Duration::ZERO).await.remove(0);
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert_eq!(self.store.rescue(Rescue::Expired).await.unwrap(), 1);
        (old, self.claim_one(queue).await)
    }

    /// Begins a run whose plan asks for these partitions, a request each, and
    /// claims the fetches.
    pub(crate) async fn fetches(&self, run: NewRun, partitions: &[&str]) -> (RunId, Vec<Task>) {
        let run = self.start(run).await;
        let plan = self.claim_one(&Queue::Extract).await;
        self.plan(plan.claim, run, partitions).await.unwrap();
        (run, self.claim(&Queue::Extract).await)
    }

    pub(crate) async fn plan(
        &self,
        claim: Claim,
        run: RunId,
        partitions: &[&str],
    ) -> Result<(), StoreError> {
        let requests = partitions
            .iter()
            .map(|partition| request(partition))
            .collect();
        self.store
            .commit_plan(PlanCommit {
                claim,
                run,
                requests,
                more_after: None,
            })
            .await
    }

    /// A whole run of one page of these records.
    pub(crate) async fn read(
        &self,
        run: NewRun,
        partition: &str,
        records: Vec<NewRecord>,
    ) -> RunId {
        let (run, fetches) = self.fetches(run, &[partition]).await;
        let page = PageCommit {
            records,
            ..page(&fetches[0], partition)
        };
        assert_eq!(self.store.commit_pages(vec![page]).await.unwrap(), 0);
        run
    }

    pub(crate) async fn prepare(&self, descriptor: &TransformDescriptor) -> DescriptorId {
        self.store.prepare(descriptor, &digest(1)).await.unwrap()
    }

    /// Takes changes through a run of their own up to their load task.
    pub(crate) async fn transformed(
        &self,
        by: DescriptorId,
        changes: Vec<(RawId, Change)>,
    ) -> Task {
        let run = self
            .read(new_run("prs"), "", vec![record("any", "{}")])
            .await;
        let task = self.claim_one(&transforms()).await;
        self.store
            .commit_transformed(batch(&task, run, by, changes))
            .await
            .unwrap();
        self.claim_one(&loads()).await
    }

    pub(crate) async fn load(&self, by: DescriptorId, changes: Vec<(RawId, Change)>) -> Loaded {
        let task = self.transformed(by, changes).await;
        self.store.load(&[load_of(&task)]).await.unwrap()
    }
}

pub(crate) fn batch(
    task: &Task,
    run: RunId,
    descriptor: DescriptorId,
    changes: Vec<(RawId, Change)>,
) -> TransformCommit {
    commit(task, run, transformed(descriptor, changes))
}

/// What came of a task's records.
pub(crate) fn commit(task: &Task, run: RunId, batch: Transformed) -> TransformCommit {
    TransformCommit {
        claims: vec![task.claim],
        run,
        trial: None,
        batches: vec![batch],
        settled: vec![],
    }
}

/// One record that was mapped to these changes.
pub(crate) fn transformed(descriptor: DescriptorId, changes: Vec<(RawId, Change)>) -> Transformed {
    Transformed {
        descriptor,
        transformed: 1,
        changes,
        records: vec![],
        dead: vec![],
        replaced_nuls: 0,
        traceparents: String::new(),
    }
}

pub(crate) fn new_integration(tenant: &str) -> NewIntegration {
    NewIntegration {
        tenant: tenant.to_owned(),
        name: "github".to_owned(),
        source: name("github"),
        base_url: "https://api.github.example".to_owned(),
        scope: vec!["acme".to_owned()],
        settings: json!({}),
        ad_hoc: false,
    }
}

pub(crate) async fn open_integration(store: &dyn Store, tenant: &str) -> Integration {
    let new = new_integration(tenant);
    store.open_integration(&new).await.unwrap()
}
