//! Workers over a real store and the embedded broker: what they do about
//! failures, and how they stop.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use runnel_broker::{EmbeddedBroker, LEASE};
use runnel_model::{Name, Queue, TaskId};
use runnel_pipeline::{Context, Handler, Measured, OnError, PipelineError, Tally, work};
use runnel_store::{
    DatabaseUrl, Inbox, NewIntegration, NewRequest, NewRun, PlanCommit, RunOptions, RunState,
    Store, Task, WorkerId,
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

struct World {
    _folder: TempDir,
    store: Arc<dyn Store>,
    run: runnel_model::RunId,
}

/// A run with so many requests to fetch.
async fn world(fetches: usize) -> World {
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

async fn start(store: &dyn Store) -> runnel_model::RunId {
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
    fn context(&self, on_error: OnError, stop_timeout: Duration) -> Context {
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

    async fn open_tasks(&self) -> u64 {
        let runs = self.store.runs(&[self.run]).await.expect("a run");
        runs[0].counters.open_tasks
    }

    async fn until_ended(&self) -> RunState {
        loop {
            let state = self.store.runs(&[self.run]).await.expect("a run")[0].state;
            if state != RunState::Running {
                return state;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// What another worker finds to claim at once.
    async fn claimable(&self) -> usize {
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

/// Finishes a task, after a while; the first few fail.
struct Slow {
    store: Arc<dyn Store>,
    takes: Duration,
    fail_first: u32,
    begun: AtomicU32,
}

#[async_trait]
impl Handler for Slow {
    async fn handle(&self, tasks: &[Task]) -> Result<(), PipelineError> {
        let nth = self.begun.fetch_add(1, Ordering::SeqCst);
        if nth < self.fail_first {
            return Err(PipelineError::Again("no luck".to_owned()));
        }
        tokio::time::sleep(self.takes).await;
        let claims: Vec<_> = tasks.iter().map(|task| task.claim).collect();
        Ok(self.store.finish(&claims).await?)
    }
}

/// Handles many at once, unless this one is among them: it always fails.
struct Together {
    store: Arc<dyn Store>,
    poison: TaskId,
    sizes: Mutex<Vec<usize>>,
}

#[async_trait]
impl Handler for Together {
    fn together(&self) -> usize {
        5
    }

    async fn handle(&self, tasks: &[Task]) -> Result<(), PipelineError> {
        self.sizes.lock().expect("no panic").push(tasks.len());
        if tasks.iter().any(|task| task.claim.task == self.poison) {
            return Err(PipelineError::Again("poison".to_owned()));
        }
        let claims: Vec<_> = tasks.iter().map(|task| task.claim).collect();
        Ok(self.store.finish(&claims).await?)
    }
}

/// Finds every integration unusable.
struct Unusable;

#[async_trait]
impl Handler for Unusable {
    async fn handle(&self, _: &[Task]) -> Result<(), PipelineError> {
        Err(PipelineError::Unusable {
            integration: 1,
            reason: "no key".to_owned(),
        })
    }
}

fn slow(world: &World, takes: Duration, fail_first: u32) -> Arc<Slow> {
    Arc::new(Slow {
        store: world.store.clone(),
        takes,
        fail_first,
        begun: AtomicU32::new(0),
    })
}

fn run(
    context: &Context,
    handler: &Arc<Slow>,
) -> tokio::task::JoinHandle<Result<(), PipelineError>> {
    let handler: Arc<dyn Handler> = handler.clone();
    tokio::spawn(work(context.clone(), Queue::Extract.into(), 2, handler))
}

#[tokio::test]
async fn a_worker_works_off_its_queue_and_counts_it() {
    let world = world(50).await;
    let context = world.context(OnError::GoOn, Duration::ZERO);
    let worker = run(&context, &slow(&world, Duration::ZERO, 0));
    assert_eq!(world.until_ended().await, RunState::Succeeded);
    context.stop.cancel();
    worker.await.expect("an end").expect("no error");
    assert_eq!(context.tally.counts(), [(Queue::Extract, 50)]);
}

#[tokio::test]
async fn tasks_are_handled_together_and_one_that_fails_stops_none_of_the_others() {
    let world = world(20).await;
    let context = world.context(OnError::GoOn, Duration::ZERO);
    let extract = Inbox::from(Queue::Extract);
    let other = WorkerId("other".to_owned());
    let first = world.store.claim(&extract, &other, 1, LEASE).await;
    let first = first.expect("a claim")[0].claim;
    let given_back = world.store.retry(first, Duration::ZERO, "", false).await;
    given_back.expect("it is given back");
    let handler = Arc::new(Together {
        store: world.store.clone(),
        poison: first.task,
        sizes: Mutex::default(),
    });
    let worker = work(context.clone(), Queue::Extract.into(), 2, handler.clone());
    let worker = tokio::spawn(worker);
    while world.open_tasks().await > 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    context.stop.cancel();
    worker.await.expect("an end").expect("no error");
    let sizes = handler.sizes.lock().expect("no panic").clone();
    assert_eq!(sizes.iter().max(), Some(&5), "{sizes:?}");
    assert!(sizes.contains(&1), "each alone where one failed: {sizes:?}");
    assert_eq!(context.tally.counts(), [(Queue::Extract, 19)]);
}

#[tokio::test]
async fn a_command_stops_at_the_first_error() {
    let world = world(5).await;
    let context = world.context(OnError::Stop, Duration::ZERO);
    let stopped = run(&context, &slow(&world, Duration::ZERO, 1)).await;
    let error = stopped.expect("an end").expect_err("an error");
    assert_eq!(error.to_string(), "no luck");
}

#[tokio::test]
async fn a_service_tries_a_task_again_and_goes_on_with_the_others() {
    let world = world(5).await;
    let context = world.context(OnError::GoOn, Duration::ZERO);
    let handler = slow(&world, Duration::ZERO, 2);
    let worker = run(&context, &handler);
    assert_eq!(world.until_ended().await, RunState::Succeeded);
    assert_eq!(handler.begun.load(Ordering::SeqCst), 7);
    context.stop.cancel();
    worker.await.expect("an end").expect("no error");
}

#[tokio::test]
async fn what_runs_when_a_worker_stops_may_end_and_the_rest_is_given_back_at_once() {
    let world = world(20).await;
    let context = world.context(OnError::GoOn, Duration::from_secs(30));
    let handler = slow(&world, Duration::from_millis(300), 0);
    let worker = run(&context, &handler);
    while handler.begun.load(Ordering::SeqCst) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    context.stop.cancel();
    worker.await.expect("an end").expect("no error");
    let begun = handler.begun.load(Ordering::SeqCst);
    let rest = 20 - u64::from(begun);
    assert_eq!(world.open_tasks().await, rest, "what ran has ended");
    assert_eq!(world.claimable().await as u64, rest);
}

#[tokio::test]
async fn what_does_not_end_within_the_limit_is_given_back_too() {
    let world = world(3).await;
    let context = world.context(OnError::GoOn, Duration::from_millis(50));
    let handler = slow(&world, Duration::from_secs(3600), 0);
    let worker = run(&context, &handler);
    while handler.begun.load(Ordering::SeqCst) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    context.stop.cancel();
    worker.await.expect("an end").expect("no error");
    assert_eq!(world.claimable().await, 3);
}

#[tokio::test]
async fn an_integration_that_cannot_be_used_fails_its_run_and_not_each_request() {
    let world = world(500).await;
    let context = world.context(OnError::GoOn, Duration::ZERO);
    let worker = work(
        context.clone(),
        Queue::Extract.into(),
        2,
        Arc::new(Unusable),
    );
    let worker = tokio::spawn(worker);
    assert_eq!(world.until_ended().await, RunState::Failed);
    context.stop.cancel();
    worker.await.expect("an end").expect("no error");
    let (_, problems) = world.store.findings(&[world.run]).await.expect("findings");
    assert_eq!(problems, ["integration 1 cannot be read as it is: no key"]);
    assert_eq!(world.open_tasks().await, 0);
}
