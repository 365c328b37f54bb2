//! A store with a run that has something to do, for benchmarks of the platform.

use std::{sync::Arc, time::Instant};

use runnel_broker::{Broker, LEASE};
use runnel_model::{Name, Queue, RunId};
use runnel_pipeline::{Context, Handler, Measured, OnError, Tally, work};
use runnel_store::{
    Inbox, NewIntegration, NewRecord, NewRequest, NewRun, PageCommit, PlanCommit, RunOptions,
    RunState, Store, Task, TaskKind, Traffic, WorkerId,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A queue, how many slots it gets, and what handles its tasks.
pub(crate) type Worker = (Queue, u32, fn(Context) -> Arc<dyn Handler>);

/// A store, and a run in it.
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) run: RunId,
}

fn me() -> WorkerId {
    WorkerId("bench".to_owned())
}

pub(crate) fn github() -> Name {
    Name::new("github").expect("a name")
}

impl World {
    /// A run whose plan has led to so many requests, a task each.
    pub(crate) async fn new(url: &str, requests: usize) -> Self {
        let url = url.parse().expect("a database URL");
        let store = runnel_store::open(&url).await.expect("a store");
        let integration = NewIntegration {
            tenant: "acme".to_owned(),
            name: "github".to_owned(),
            source: github(),
            base_url: "https://api.github.example".to_owned(),
            scope: vec![],
            settings: serde_json::json!({}),
            ad_hoc: false,
        };
        let integration = store.open_integration(&integration).await.expect("one");
        let run = NewRun {
            stream: Name::new("github_prs").expect("a name"),
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
        let run = store.create_runs(&integration, &[run]).await.expect("one")[0];
        store.begin(run).await.expect("a begin");
        let world = Self { store, run };
        let plan = world.claim(&Queue::Extract, 1).await;
        let plan = PlanCommit {
            claim: plan[0].claim,
            run,
            requests: (0..requests).map(request).collect(),
            more_after: None,
        };
        world.store.commit_plan(plan).await.expect("a plan");
        world
    }

    /// Claims so many tasks.
    pub(crate) async fn claim(&self, queue: &Queue, tasks: usize) -> Vec<Task> {
        let inbox = Inbox::from(queue.clone());
        let mut claimed = Vec::new();
        while claimed.len() < tasks {
            let some = self.store.claim(&inbox, &me(), 500, LEASE * 60).await;
            claimed.extend(some.expect("a claim"));
        }
        claimed
    }

    /// Answers every request with a page of one record.
    pub(crate) async fn commit_pages(&self, fetches: Vec<Task>) {
        let payloads: Vec<_> = fetches.iter().map(|_| "{}".to_owned()).collect();
        self.commit_pages_of(fetches, &payloads, 1).await;
    }

    /// Answers every request with a page of so many of the records.
    pub(crate) async fn commit_pages_of(&self, fetches: Vec<Task>, records: &[String], of: usize) {
        for (i, (task, payloads)) in fetches.into_iter().zip(records.chunks(of)).enumerate() {
            let TaskKind::Fetch(request) = task.kind else {
                panic!("{} is no fetch", task.kind)
            };
            let page = PageCommit {
                claim: task.claim,
                run: task.run,
                source: github(),
                request,
                partition: i.to_string(),
                records: payloads
                    .iter()
                    .enumerate()
                    .map(|(n, payload)| record(i * of + n, payload))
                    .collect(),
                requests: vec![],
                progress: None,
                validator: None,
                skipped: None,
                census: false,
                traffic: Traffic::default(),
                traceparents: String::new(),
            };
            self.store.commit_pages(vec![page]).await.expect("a commit");
        }
    }

    /// Works the run off, and answers how many seconds that took.
    pub(crate) async fn work(&self, broker: Arc<dyn Broker>, workers: &[Worker]) -> f64 {
        let context = self.context(broker);
        let started = Instant::now();
        let mut working = JoinSet::new();
        for (queue, slots, handler) in workers {
            let (context, handler) = (context.clone(), handler(context.clone()));
            working.spawn(work(context, queue.clone().into(), *slots, handler));
        }
        while self.state().await == RunState::Running {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let took = started.elapsed().as_secs_f64();
        context.stop.cancel();
        for worker in working.join_all().await {
            worker.expect("no error");
        }
        assert_eq!(self.state().await, RunState::Succeeded);
        took
    }

    pub(crate) async fn state(&self) -> RunState {
        self.store.runs(&[self.run]).await.expect("a run")[0].state
    }

    fn context(&self, broker: Arc<dyn Broker>) -> Context {
        Context {
            store: Arc::clone(&self.store),
            broker,
            observer: Arc::new(|_| ()),
            worker: me(),
            on_error: OnError::GoOn,
            lease: LEASE,
            stop: CancellationToken::new(),
            stop_timeout: LEASE,
            tally: Arc::new(Tally::default()),
            measured: Arc::new(Measured::default()),
        }
    }
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

fn record(i: usize, payload: &str) -> NewRecord {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&(i as u64).to_be_bytes());
    NewRecord {
        external_id: i.to_string(),
        context: "{}".to_owned(),
        payload: payload.to_owned(),
        digest,
    }
}
