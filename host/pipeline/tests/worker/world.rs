//! A store with one run, and workers' surroundings.

use std::{sync::Arc, time::Duration};

use runnel_broker::{EmbeddedBroker, LEASE};
use runnel_model::{Name, Queue, RunId};
use runnel_pipeline::{Context, Measured, OnError, Tally};
use runnel_store::{
    DatabaseUrl, Inbox, NewIntegration, NewRequest, NewRun, PlanCommit, RunOptions, RunState,
    Store, WorkerId,
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub(crate) struct World {
    _folder: TempDir,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) run: RunId,
}

/// A run with so many requests to fetch.
pub(crate) async fn world(fetches: usize) -> World {
    let folder = TempDir::new().expect("a folder");
    let url = DatabaseUrl::Sqlite(folder.path().join("runnel.db"));
    let store = runnel_store::open(&url).await.expect("a store");
    let run = start(&*store).await;
    let me = WorkerId("test".to_owned());
    let extract = Inbox::from(Queue::Extract);
    let plan = store.claim(&extract, &me, 1, LEASE).await.expect("a claim")[0].claim;
    let requests = (0..fetches).map(request).collect();
    let plan = PlanCommit {
        claim: plan,
        run,
        requests,
        more_after: None,
    };
    store.commit_plan(plan).await.expect("a plan");
    World {
        _folder: folder,
        store,
        run,
    }
}

async fn start(store: &dyn Store) -> RunId {
    let new = NewIntegration {
        tenant: "acme".to_owned(),
        name: "github".to_owned(),
        source: Name::new("github").expect("a name"),
        base_url: "https://api.github.example".to_owned(),
        scope: vec![],
        settings: serde_json::json!({}),
        ad_hoc: false,
    };
    let integration = store.open_integration(&new).await.expect("an integration");
    let run = NewRun {
        stream: Name::new("prs").expect("a name"),
        depends_on: vec![],
        priority: 0,
        changed_parents_of: None,
        options: RunOptions {
            full: false,
            since: None,
            scope: vec![],
            settings: serde_json::json!({}),
        },
    };
    let run = store
        .create_runs(&integration, &[run])
        .await
        .expect("a run")[0];
    store.begin(run).await.expect("a begin");
    run
}

fn request(i: usize) -> NewRequest {
    NewRequest {
        partition: i.to_string(),
        method: "GET".to_owned(),
        url: format!("/{i}"),
        headers: vec![],
        body: None,
        answer: String::new(),
        conditional: false,
        token: "null".to_owned(),
    }
}

impl World {
    pub(crate) fn context(&self, on_error: OnError, stop_timeout: Duration) -> Context {
        Context {
            store: self.store.clone(),
            broker: Arc::new(EmbeddedBroker::new(self.store.clone(), LEASE)),
            observer: Arc::new(|_| ()),
            worker: WorkerId("worker".to_owned()),
            on_error,
            lease: LEASE,
            stop: CancellationToken::new(),
            stop_timeout,
            tally: Arc::new(Tally::default()),
            measured: Arc::new(Measured::default()),
        }
    }

    pub(crate) async fn open_tasks(&self) -> u64 {
        let runs = self.store.runs(&[self.run]).await.expect("a run");
        runs[0].counters.open_tasks
    }

    pub(crate) async fn until_ended(&self) -> RunState {
        loop {
            let state = self.store.runs(&[self.run]).await.expect("a run")[0].state;
            if state != RunState::Running {
                return state;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// What another worker finds to claim at once.
    pub(crate) async fn claimable(&self) -> usize {
        let other = WorkerId("other".to_owned());
        let extract = Inbox::from(Queue::Extract);
        let mut found = 0;
        loop {
            let tasks = self.store.claim(&extract, &other, 100, LEASE).await;
            match tasks.expect("a claim").len() {
                0 => return found,
                some => found += some,
            }
        }
    }
}
