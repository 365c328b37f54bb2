//! A fresh store, and tasks in it.

use std::{
    any::Any,
    sync::{Arc, Mutex},
    time::Duration,
};

use runnel_model::{IntegrationId, Name, Queue, RunId};
use runnel_store::{
    Claim, DatabaseUrl, Inbox, Integration, NewIntegration, NewRecord, NewRequest, NewRun,
    PageCommit, PlanCommit, RunOptions, Store, Task, TaskKind, Traffic, WorkerId,
};
use serde_json::json;
use tempfile::TempDir;
use test_services::Database;

/// How often a test may queue tasks.
const PLANS: usize = 4;

/// A store of its own, dropped with this.
pub(crate) struct World {
    pub(crate) url: DatabaseUrl,
    pub(crate) store: Arc<dyn Store>,
    /// Of runs that have begun, claimed before any relay could tell of them.
    plans: Mutex<Vec<(RunId, Claim)>>,
    _kept: Box<dyn Any + Send>,
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// On SQLite, in a file of its own.
pub(crate) async fn sqlite() -> World {
    let folder = TempDir::new().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("runnel.db"));
    World::new(url, Box::new(folder)).await
}

/// On PostgreSQL, in a database of its own.
pub(crate) async fn postgres() -> World {
    let database = Database::fresh();
    World::new(database.url().parse().unwrap(), Box::new(database)).await
}

pub(crate) fn worker() -> WorkerId {
    WorkerId("worker".to_owned())
}

impl World {
    pub(crate) async fn new(url: DatabaseUrl, kept: Box<dyn Any + Send>) -> Self {
        let store = runnel_store::open(&url).await.unwrap();
        let integration = integration(&*store, "shared", false).await;
        let mut plans = Vec::new();
        for _ in 0..PLANS {
            plans.push(begin(&*store, &integration, None).await);
        }
        Self {
            url,
            store,
            plans: Mutex::new(plans),
            _kept: kept,
        }
    }

    /// Queues tasks in `etl.extract`.
    pub(crate) async fn queue(&self, count: usize) -> RunId {
        let plan = self.plans.lock().unwrap().pop().expect("a plan is left");
        commit(&*self.store, plan, count).await
    }

    /// An integration whose tasks are for one process alone.
    pub(crate) async fn ad_hoc(&self) -> Integration {
        integration(&*self.store, "ad-hoc", true).await
    }

    /// Queues tasks of an integration that is for one process alone.
    pub(crate) async fn queue_for(&self, ad_hoc: &Integration, count: usize) -> RunId {
        let plan = begin(&*self.store, ad_hoc, Some(ad_hoc.id)).await;
        commit(&*self.store, plan, count).await
    }

    /// Queues one task in `etl.transform.github`.
    pub(crate) async fn queue_transform(&self) {
        let run = self.queue(1).await;
        let task = claim_one(&*self.store, &Queue::Extract.into()).await;
        let TaskKind::Fetch(request) = task.kind else {
            panic!("{} is no fetch", task.kind)
        };
        let page = PageCommit {
            claim: task.claim,
            run,
            source: name("github"),
            request,
            partition: String::new(),
            records: vec![NewRecord {
                external_id: "1".to_owned(),
                context: "{}".to_owned(),
                payload: "{}".to_owned(),
                digest: [1; 32],
            }],
            requests: vec![],
            progress: None,
            validator: None,
            skipped: None,
            census: false,
            traffic: Traffic::default(),
            traceparents: String::new(),
        };
        assert_eq!(self.store.commit_pages(vec![page]).await.unwrap(), 0);
    }
}

/// Begins a run and claims its plan.
async fn begin(
    store: &dyn Store,
    integration: &Integration,
    only: Option<IntegrationId>,
) -> (RunId, Claim) {
    let run = NewRun {
        stream: name("prs"),
        depends_on: vec![],
        priority: 0,
        changed_parents_of: None,
        options: options(),
    };
    let run = store.create_runs(integration, &[run]).await.unwrap()[0];
    store.begin(run).await.unwrap();
    let inbox = Inbox {
        queue: Queue::Extract,
        only,
    };
    let task = claim_one(store, &inbox).await;
    assert_eq!(task.run, run, "{task:?}");
    (run, task.claim)
}

/// Ends a plan with as many fetches.
async fn commit(store: &dyn Store, (run, claim): (RunId, Claim), count: usize) -> RunId {
    let plan = PlanCommit {
        claim,
        run,
        requests: (0..count).map(request).collect(),
        more_after: None,
    };
    store.commit_plan(plan).await.unwrap();
    run
}

async fn claim_one(store: &dyn Store, inbox: &Inbox) -> Task {
    let hour = Duration::from_secs(3600);
    let mut claimed = store.claim(inbox, &worker(), 1, hour).await.unwrap();
    claimed.remove(0)
}

async fn integration(store: &dyn Store, name_: &str, ad_hoc: bool) -> Integration {
    let new = NewIntegration {
        tenant: "acme".to_owned(),
        name: name_.to_owned(),
        source: name("github"),
        base_url: "https://api.github.example".to_owned(),
        scope: vec!["acme".to_owned()],
        settings: json!({}),
        ad_hoc,
    };
    store.open_integration(&new).await.unwrap()
}

fn options() -> RunOptions {
    RunOptions {
        full: false,
        since: None,
        scope: vec!["acme".to_owned()],
        settings: json!({}),
    }
}

fn request(of: usize) -> NewRequest {
    NewRequest {
        partition: String::new(),
        method: "GET".to_owned(),
        url: format!("/{of}"),
        headers: vec![],
        body: None,
        answer: String::new(),
        conditional: false,
        token: "null".to_owned(),
    }
}
