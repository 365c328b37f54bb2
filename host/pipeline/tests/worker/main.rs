//! Workers over a real store and the embedded broker: what they do about
//! failures, and how they stop.

mod world;

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
use runnel_pipeline::{Context, Handler, OnError, PipelineError, work};
use runnel_store::{Inbox, PageCommit, RunState, Store, Task, TaskKind, Traffic, WorkerId};

use world::{World, world};

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

/// Fails with this, whatever it is to do.
struct Fails(fn() -> PipelineError);

#[async_trait]
impl Handler for Fails {
    async fn handle(&self, _: &[Task]) -> Result<(), PipelineError> {
        Err(self.0())
    }
}

fn unusable() -> PipelineError {
    PipelineError::Unusable {
        integration: 1,
        reason: "no key".to_owned(),
    }
}

fn unreachable() -> PipelineError {
    PipelineError::Unreachable {
        host: "api.github.example".to_owned(),
        reason: "no route".to_owned(),
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
async fn what_may_still_end_when_a_worker_stops_is_not_taken_for_a_dead_ones() {
    let (world, lease) = (world(2).await, Duration::from_secs(3));
    let context = Context {
        broker: Arc::new(EmbeddedBroker::new(world.store.clone(), lease)),
        lease,
        ..world.context(OnError::GoOn, Duration::from_secs(60))
    };
    let handler = slow(&world, lease * 2, 0);
    let worker = run(&context, &handler);
    while handler.begun.load(Ordering::SeqCst) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    context.stop.cancel();
    while !worker.is_finished() {
        let taken = world.store.rescue(runnel_store::Rescue::Expired).await;
        assert_eq!(taken.expect("an answer"), 0);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    worker.await.expect("an end").expect("no error");
    assert_eq!(world.open_tasks().await, 0);
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
        Arc::new(Fails(unusable)),
    );
    let worker = tokio::spawn(worker);
    assert_eq!(world.until_ended().await, RunState::Failed);
    context.stop.cancel();
    worker.await.expect("an end").expect("no error");
    let (_, problems) = world.store.findings(&[world.run]).await.expect("findings");
    assert_eq!(problems, ["integration 1 cannot be read as it is: no key"]);
    assert_eq!(world.open_tasks().await, 0);
}

/// A page of the run was read.
async fn answered(world: &World) {
    let me = WorkerId("other".to_owned());
    let extract = Inbox::from(Queue::Extract);
    let task = world.store.claim(&extract, &me, 1, LEASE).await;
    let task = task.expect("a claim").remove(0);
    let TaskKind::Fetch(request) = task.kind else {
        panic!("{} is no fetch", task.kind)
    };
    let page = PageCommit {
        claim: task.claim,
        run: task.run,
        source: Name::new("github").expect("a name"),
        request,
        partition: "0".to_owned(),
        records: vec![],
        requests: vec![],
        progress: None,
        validator: None,
        skipped: None,
        census: false,
        traffic: Traffic {
            requests: 1,
            ..Traffic::default()
        },
        traceparents: String::new(),
    };
    world.store.commit_pages(vec![page]).await.expect("a page");
}

#[tokio::test]
async fn a_process_that_cannot_reach_a_service_gives_up_no_run_that_it_has_answered() {
    for (answers, state) in [(false, RunState::Failed), (true, RunState::Running)] {
        let world = world(2).await;
        if answers {
            answered(&world).await;
        }
        let context = world.context(OnError::GoOn, Duration::ZERO);
        let handler = Arc::new(Fails(unreachable));
        let worker = work(context.clone(), Queue::Extract.into(), 1, handler);
        let worker = tokio::spawn(worker);
        let told = async || {
            let (_, problems) = world.store.findings(&[world.run]).await.expect("findings");
            let notes = world.store.notes(world.run).await.expect("notes");
            problems.len() + notes.len()
        };
        while told().await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        context.stop.cancel();
        worker.await.expect("an end").expect("no error");
        let runs = world.store.runs(&[world.run]).await.expect("a run");
        assert_eq!(runs[0].state, state, "it has answered: {answers}");
    }
}
