//! Claims: who gets which task, and when.

use std::time::Duration;

use runnel_model::{Queue, RunId, TaskId};
use runnel_store::{NewRun, Task, WorkerId};

use super::world::{LEASE, World, new_run};

const EXTRACT: Queue = Queue::Extract;
const HOUR: Duration = Duration::from_secs(3600);

fn urgent(priority: i32) -> NewRun {
    NewRun {
        priority,
        ..new_run("prs")
    }
}

fn runs(tasks: &[Task]) -> Vec<RunId> {
    tasks.iter().map(|task| task.run).collect()
}

pub(crate) async fn a_claimed_task_is_not_claimed_twice(world: World) {
    world.start(new_run("prs")).await;
    assert_eq!(world.claim(&EXTRACT).await.len(), 1);
    assert_eq!(world.claim(&EXTRACT).await, []);
}

pub(crate) async fn tasks_of_an_ad_hoc_integration_are_for_its_process_alone(world: World) {
    let shared = world.start(new_run("prs")).await;
    let world = world.ad_hoc().await;
    let private = world.start(new_run("prs")).await;
    let inbox = world.inbox(EXTRACT);
    assert_eq!(
        world.store.next_due(&inbox).await.unwrap(),
        Some(Duration::ZERO)
    );
    let theirs = world.claim(&EXTRACT).await;
    assert_eq!(runs(&theirs), [shared]);
    assert_eq!(runs(&world.claim_from(&inbox).await), [private]);
    assert_eq!(world.store.next_due(&inbox).await.unwrap(), None);
}

pub(crate) async fn a_process_of_one_ad_hoc_integration_gets_no_task_of_another(world: World) {
    let world = world.ad_hoc().await;
    world.start(new_run("prs")).await;
    let mut other = world.inbox(EXTRACT);
    other.only = Some(runnel_model::IntegrationId(world.integration.id.0 + 1));
    assert_eq!(world.store.next_due(&other).await.unwrap(), None);
    assert_eq!(world.claim_from(&other).await, []);
}

pub(crate) async fn the_most_urgent_task_is_claimed_first_then_the_oldest(world: World) {
    let mut started = Vec::new();
    for priority in [1, 5, 5, -3] {
        started.push(world.start(urgent(priority)).await);
    }
    let first = world.claim_some(&EXTRACT, 2).await;
    assert_eq!(runs(&first), [started[1], started[2]]);
    let rest = world.claim(&EXTRACT).await;
    assert_eq!(runs(&rest), [started[0], started[3]]);
}

pub(crate) async fn waiting_makes_a_task_more_urgent(world: World) {
    let old = world.start(urgent(0)).await;
    let late = world.start(urgent(2)).await;
    let first = world.claim_some(&EXTRACT, 1).await;
    assert_eq!(runs(&first), [late], "nothing has aged yet");
    let again = first[0].claim;
    world
        .store
        .retry(again, Duration::ZERO, "", false)
        .await
        .unwrap();
    // The same, had the old one been queued more than two steps of ageing ago.
    let age = runnel_store::AGEING.as_micros() * 2 + 1_000_000;
    let sql = format!("UPDATE tasks SET rank = rank - {age} WHERE run_id = {old} RETURNING id");
    world.rows(&sql).await;
    assert_eq!(runs(&world.claim_some(&EXTRACT, 1).await), [old]);
}

pub(crate) async fn tenants_take_turns_however_many_tasks_one_has(world: World) {
    for _ in 0..50 {
        world.start(urgent(9)).await;
    }
    let mut small = Vec::new();
    let mut world = world;
    for tenant in ["b", "c"] {
        world = world.of_tenant(tenant).await;
        for _ in 0..2 {
            small.push(world.start(new_run("prs")).await);
        }
    }
    // One at a time: every third turn is each tenant's.
    let mut claimed = Vec::new();
    for _ in 0..6 {
        claimed.extend(runs(&world.claim_some(&EXTRACT, 1).await));
    }
    assert!(
        small.iter().all(|run| claimed.contains(run)),
        "{claimed:?} of {small:?}"
    );
}

pub(crate) async fn a_claim_of_many_has_some_of_every_tenant(world: World) {
    for _ in 0..50 {
        world.start(urgent(9)).await;
    }
    let world = world.of_tenant("b").await;
    let theirs = world.start(new_run("prs")).await;
    let claimed = runs(&world.claim_some(&EXTRACT, 10).await);
    assert!(claimed[..2].contains(&theirs), "{claimed:?}");
    assert!(claimed.len() > 1 && claimed.len() <= 10, "{claimed:?}");
}

pub(crate) async fn no_more_than_the_limit_is_claimed(world: World) {
    let mut world = world;
    for tenant in ["a", "b", "c", "d", "e"] {
        world = world.of_tenant(tenant).await;
        world.start(new_run("prs")).await;
    }
    let mut sizes = Vec::new();
    for _ in 0..3 {
        sizes.push(world.claim_some(&EXTRACT, 2).await.len());
    }
    assert_eq!(sizes, [2, 2, 1]);
}

pub(crate) async fn a_task_given_back_is_due_at_its_time(world: World) {
    world.start(new_run("prs")).await;
    let task = world.claim_one(&EXTRACT).await;
    world
        .store
        .retry(task.claim, HOUR, "rate limit", true)
        .await
        .unwrap();
    assert_eq!(world.claim(&EXTRACT).await, []);
    let due = world
        .store
        .next_due(&EXTRACT.into())
        .await
        .unwrap()
        .unwrap();
    assert!(due <= HOUR && due > HOUR - LEASE, "{due:?}");
}

pub(crate) async fn a_delayed_task_is_claimed_once_it_is_due(world: World) {
    world.start(new_run("prs")).await;
    let task = world.claim_one(&EXTRACT).await;
    let soon = Duration::from_millis(50);
    let started = std::time::Instant::now();
    world.store.retry(task.claim, soon, "", true).await.unwrap();
    let again = loop {
        match world.claim(&EXTRACT).await.pop() {
            Some(task) => break task,
            None => {
                let due = world.store.next_due(&EXTRACT.into()).await.unwrap();
                tokio::time::sleep(due.unwrap()).await;
            }
        }
    };
    assert_eq!(again.claim.task, task.claim.task);
    assert!(started.elapsed() + Duration::from_millis(2) >= soon);
}

pub(crate) async fn the_next_task_is_due_now_where_any_is(world: World) {
    assert_eq!(world.store.next_due(&EXTRACT.into()).await.unwrap(), None);
    world.start(new_run("prs")).await;
    let later = world.claim_one(&EXTRACT).await;
    world
        .store
        .retry(later.claim, HOUR, "", true)
        .await
        .unwrap();
    world.start(new_run("prs")).await;
    assert_eq!(
        world.store.next_due(&EXTRACT.into()).await.unwrap(),
        Some(Duration::ZERO)
    );
    assert_eq!(
        world
            .store
            .next_due(&Queue::Vectorize.into())
            .await
            .unwrap(),
        None
    );
}

pub(crate) async fn why_a_task_was_given_back_is_noted_once_with_its_run(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    let store = &world.store;
    for (fetch, why) in fetches.iter().zip(["used up", ""]) {
        store
            .retry(fetch.claim, Duration::ZERO, why, false)
            .await
            .unwrap();
    }
    let again = &world.claim(&Queue::Extract).await[0];
    store
        .retry(again.claim, Duration::ZERO, "used up", false)
        .await
        .unwrap();
    let notes = store.notes(run).await.unwrap();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!((notes[0].message.as_str(), notes[0].times), ("used up", 2));
    assert!(notes[0].first_at < notes[0].last_at);
}

pub(crate) async fn a_run_that_is_in_trouble_for_long_has_a_hundred_notes(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    let mut task = fetches[0].clone();
    for i in (0..=105).chain([0]) {
        let why = format!("trouble {i}");
        let given = world.store.retry(task.claim, Duration::ZERO, &why, false);
        given.await.unwrap();
        task = world.claim_one(&Queue::Extract).await;
    }
    let notes = world.store.notes(run).await.unwrap();
    assert_eq!(notes.len(), 100);
    assert_eq!(
        (notes[0].message.as_str(), notes[0].times),
        ("trouble 0", 2)
    );
}

pub(crate) async fn only_an_attempt_that_counts_is_held_against_a_task(world: World) {
    world.start(new_run("prs")).await;
    let mut attempts = Vec::new();
    for counts in [false, true, true] {
        let task = world.claim_one(&EXTRACT).await;
        attempts.push(task.attempts);
        world
            .store
            .retry(task.claim, Duration::ZERO, "broken", counts)
            .await
            .unwrap();
    }
    attempts.push(world.claim_one(&EXTRACT).await.attempts);
    assert_eq!(attempts, [0, 0, 1, 2]);
}

/// Claims single tasks, as a broker's message has it done.
async fn claim_these(world: &World, tasks: &[TaskId]) -> Vec<TaskId> {
    let second = WorkerId("second".to_owned());
    let claimed = world.store.claim_these(tasks, &second, LEASE).await;
    let claimed = claimed.unwrap();
    claimed.iter().map(|task| task.claim.task).collect()
}

pub(crate) async fn of_single_tasks_those_that_are_there_are_claimed(world: World) {
    for _ in 0..4 {
        world.start(new_run("prs")).await;
    }
    let tasks = world.claim(&EXTRACT).await;
    let ids: Vec<TaskId> = tasks.iter().map(|task| task.claim.task).collect();
    let [done, later, running, queued] = &tasks[..] else {
        panic!("{tasks:?}")
    };
    world.store.finish(&[done.claim]).await.unwrap();
    world
        .store
        .retry(later.claim, HOUR, "", true)
        .await
        .unwrap();
    world
        .store
        .retry(queued.claim, Duration::ZERO, "", true)
        .await
        .unwrap();
    assert_eq!(claim_these(&world, &ids).await, [queued.claim.task]);
    assert_eq!(claim_these(&world, &ids).await, []);
    world.store.finish(&[running.claim]).await.unwrap();
}

pub(crate) async fn a_single_task_is_claimed_as_soon_as_it_is_due(world: World) {
    world.start(new_run("prs")).await;
    let task = world.claim_one(&EXTRACT).await;
    world.store.retry(task.claim, HOUR, "", true).await.unwrap();
    let ids = [task.claim.task];
    assert_eq!(claim_these(&world, &ids).await, []);
    world.let_pass(HOUR).await;
    assert_eq!(claim_these(&world, &ids).await, ids);
}
