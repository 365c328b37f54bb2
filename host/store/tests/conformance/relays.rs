//! Which tasks the broker is told of.

use std::time::Duration;

use runnel_model::{Queue, RunId, TaskId};
use runnel_store::{Bell, NewRun};

use super::world::{World, name, new_run, record, transforms};

const EXTRACT: Queue = Queue::Extract;
const HOUR: Duration = Duration::from_secs(3600);
const TICK: Duration = Duration::from_millis(2);

async fn take(world: &World, limit: u32, window: u32) -> Vec<Bell> {
    world.store.take_unrung(limit, window).await.unwrap()
}

/// The runs that the bells' tasks belong to.
async fn runs(world: &World, bells: &[Bell]) -> Vec<RunId> {
    let mut runs = Vec::new();
    for Bell { task, .. } in bells {
        let sql = format!("SELECT run_id FROM tasks WHERE id = {task}");
        runs.push(RunId(world.number(&sql).await));
    }
    runs
}

fn tasks(bells: &[Bell]) -> Vec<TaskId> {
    bells.iter().map(|bell| bell.task).collect()
}

async fn on_the_way(world: &World) -> Vec<(Queue, u64)> {
    tokio::time::sleep(TICK).await;
    let now = world.store.clock().await.unwrap();
    world.store.on_the_way(now).await.unwrap()
}

pub(crate) async fn a_task_is_told_of_once(world: World) {
    world.start(new_run("prs")).await;
    let bells = take(&world, 9, 9).await;
    assert_eq!((bells.len(), &bells[0].queue), (1, &EXTRACT));
    assert_eq!(take(&world, 9, 9).await, []);
}

pub(crate) async fn a_task_of_which_the_broker_was_told_can_be_claimed(world: World) {
    world.start(new_run("prs")).await;
    let bells = take(&world, 9, 9).await;
    assert_eq!(
        world.store.next_due(&EXTRACT.into()).await.unwrap(),
        Some(Duration::ZERO)
    );
    assert_eq!(world.claim_one(&EXTRACT).await.claim.task, bells[0].task);
    assert_eq!(on_the_way(&world).await, []);
}

pub(crate) async fn private_tasks_are_not_told_of(world: World) {
    let world = world.ad_hoc().await;
    world.start(new_run("prs")).await;
    assert_eq!(take(&world, 9, 9).await, []);
}

pub(crate) async fn a_task_is_told_of_again_when_it_is_given_back_and_due(world: World) {
    world.start(new_run("prs")).await;
    take(&world, 9, 9).await;
    let task = world.claim_one(&EXTRACT).await;
    assert_eq!(take(&world, 9, 9).await, [], "it is running");
    world.store.retry(task.claim, HOUR, "", true).await.unwrap();
    assert_eq!(take(&world, 9, 9).await, [], "it is not due");
    world.let_pass(HOUR).await;
    assert_eq!(tasks(&take(&world, 9, 9).await), [task.claim.task]);
}

pub(crate) async fn a_task_is_told_of_again_when_it_is_rescued(world: World) {
    world.start(new_run("prs")).await;
    take(&world, 9, 9).await;
    let (_, new) = world.overtaken(&EXTRACT).await;
    world.store.rescue(runnel_store::Rescue::All).await.unwrap();
    assert_eq!(tasks(&take(&world, 9, 9).await), [new.claim.task]);
}

pub(crate) async fn what_the_broker_did_not_take_is_told_of_again(world: World) {
    world.start(new_run("prs")).await;
    let bells = take(&world, 9, 9).await;
    world.store.unring(&tasks(&bells)).await.unwrap();
    assert_eq!(take(&world, 9, 9).await, bells);
}

pub(crate) async fn the_most_urgent_are_told_of_first(world: World) {
    let mut started = Vec::new();
    for priority in [1, 5, 3] {
        let run = NewRun {
            priority,
            ..new_run("prs")
        };
        started.push(world.start(run).await);
    }
    let mut told = Vec::new();
    for _ in 0..3 {
        told.extend(runs(&world, &take(&world, 1, 9).await).await);
    }
    assert_eq!(told, [started[1], started[2], started[0]]);
}

pub(crate) async fn tenants_take_turns_in_being_told_of(world: World) {
    for _ in 0..50 {
        world.start(new_run("prs")).await;
    }
    let world = world.of_tenant("b").await;
    let theirs = world.start(new_run("prs")).await;
    let mut told = Vec::new();
    for _ in 0..2 {
        told.extend(runs(&world, &take(&world, 1, 9).await).await);
    }
    assert!(told.contains(&theirs), "{told:?}");
}

pub(crate) async fn no_more_of_a_queue_is_on_the_way_than_the_window(world: World) {
    for _ in 0..5 {
        world.start(new_run("prs")).await;
    }
    assert_eq!(take(&world, 9, 3).await.len(), 3);
    assert_eq!(take(&world, 9, 3).await, []);
    let task = world.claim_some(&EXTRACT, 1).await.remove(0);
    assert_eq!(take(&world, 9, 3).await.len(), 1, "one is claimed");
    world
        .store
        .retry(task.claim, HOUR, "", false)
        .await
        .unwrap();
    assert_eq!(take(&world, 9, 4).await.len(), 1, "the window is larger");
}

pub(crate) async fn one_full_queue_does_not_hold_back_another(world: World) {
    world
        .read(new_run("prs"), "", vec![record("1", "{}")])
        .await;
    for _ in 0..5 {
        world.start(new_run("prs")).await;
    }
    assert_eq!(take(&world, 4, 2).await.len(), 3);
    let told = on_the_way(&world).await;
    assert_eq!(told, [(EXTRACT, 2), (transforms(), 1)]);
}

pub(crate) async fn the_limit_is_shared_out_among_queues(world: World) {
    world
        .read(new_run("prs"), "", vec![record("1", "{}")])
        .await;
    for _ in 0..5 {
        world.start(new_run("prs")).await;
    }
    let bells = take(&world, 2, 9).await;
    let queues: Vec<_> = bells.iter().map(|bell| &bell.queue).collect();
    assert_eq!(queues, [&EXTRACT, &transforms()]);
}

pub(crate) async fn what_was_told_of_long_ago_is_told_of_again(world: World) {
    for _ in 0..3 {
        world.start(new_run("prs")).await;
    }
    let first = take(&world, 2, 9).await;
    tokio::time::sleep(TICK).await;
    let between = world.store.clock().await.unwrap();
    tokio::time::sleep(TICK).await;
    take(&world, 9, 9).await;
    assert_eq!(
        world.store.on_the_way(between).await.unwrap(),
        [(EXTRACT, 2)]
    );
    assert_eq!(on_the_way(&world).await, [(EXTRACT, 3)]);
    let vectorize = Queue::Load(name("github"));
    let again = |queue: Queue| {
        let store = world.store.clone();
        async move { store.ring_again(&queue, between).await.unwrap() }
    };
    assert_eq!(again(vectorize).await, 0);
    assert_eq!(again(EXTRACT).await, 2);
    assert_eq!(tasks(&take(&world, 9, 9).await), tasks(&first));
}

pub(crate) async fn the_stores_clock_goes_forward(world: World) {
    let before = world.store.clock().await.unwrap();
    tokio::time::sleep(TICK).await;
    let after = world.store.clock().await.unwrap();
    assert!(after > before && after - before < 60_000_000);
}
