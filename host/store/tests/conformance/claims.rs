//! Claims and leases.

use std::time::Duration;

use runnel_model::Queue;
use runnel_store::{Inbox, NewRun, RunState, StoreError, WorkerId, now};

use super::world::{World, new_run};

const HOUR: i64 = 3_600_000_000;

pub(crate) async fn a_claimed_task_is_not_claimed_twice(world: World) {
    world.start(new_run("prs")).await;
    assert_eq!(world.claim(&Queue::Extract).await.len(), 1);
    assert_eq!(world.claim(&Queue::Extract).await, []);
}

pub(crate) async fn a_worker_of_one_integration_gets_no_task_of_another(world: World) {
    world.start(new_run("prs")).await;
    let only = Inbox {
        queue: Queue::Extract,
        only: Some(world.integration.id),
    };
    let world = world.of_tenant("other").await;
    let others = Inbox {
        only: Some(world.integration.id),
        ..only.clone()
    };
    let worker = WorkerId("worker".to_owned());
    let lease = Duration::from_secs(60);
    assert_eq!(world.store.next_due(&others).await.unwrap(), None);
    assert_eq!(
        world.store.claim(&others, &worker, 9, lease).await.unwrap(),
        []
    );
    assert!(world.store.next_due(&only).await.unwrap().is_some());
    assert_eq!(
        world
            .store
            .claim(&only, &worker, 9, lease)
            .await
            .unwrap()
            .len(),
        1
    );
}

pub(crate) async fn a_finished_task_is_gone(world: World) {
    world.start(new_run("prs")).await;
    let task = world.claim_one(&Queue::Extract).await;
    world.store.finish(task.claim).await.unwrap();
    assert_eq!(world.store.rescue(true).await.unwrap(), 0);
    assert_eq!(
        world.store.next_due(&Queue::Extract.into()).await.unwrap(),
        None
    );
    assert!(matches!(
        world.store.finish(task.claim).await,
        Err(StoreError::LeaseLost)
    ));
}

pub(crate) async fn the_most_urgent_task_is_claimed_first_then_the_oldest(world: World) {
    let mut runs = Vec::new();
    for priority in [1, 5, 5, -3] {
        runs.push(
            world
                .start(NewRun {
                    priority,
                    ..new_run("prs")
                })
                .await,
        );
    }
    let worker = WorkerId("worker".to_owned());
    let lease = Duration::from_secs(60);
    let first = world
        .store
        .claim(&Queue::Extract.into(), &worker, 2, lease)
        .await
        .unwrap();
    assert_eq!(
        first.iter().map(|task| task.run).collect::<Vec<_>>(),
        [runs[1], runs[2]]
    );
    let rest = world.claim(&Queue::Extract).await;
    assert_eq!(
        rest.iter().map(|task| task.run).collect::<Vec<_>>(),
        [runs[0], runs[3]]
    );
}

pub(crate) async fn a_task_given_back_is_due_at_its_time(world: World) {
    world.start(new_run("prs")).await;
    let task = world.claim_one(&Queue::Extract).await;
    let later = now() + HOUR;
    world
        .store
        .retry(task.claim, later, "rate limit", true)
        .await
        .unwrap();
    assert_eq!(world.claim(&Queue::Extract).await, []);
    assert_eq!(
        world.store.next_due(&Queue::Extract.into()).await.unwrap(),
        Some(later)
    );
}

pub(crate) async fn only_an_attempt_that_counts_is_held_against_a_task(world: World) {
    world.start(new_run("prs")).await;
    let mut attempts = Vec::new();
    for counts in [false, true, true] {
        let task = world.claim_one(&Queue::Extract).await;
        attempts.push(task.attempts);
        world
            .store
            .retry(task.claim, now(), "broken", counts)
            .await
            .unwrap();
    }
    attempts.push(world.claim_one(&Queue::Extract).await.attempts);
    assert_eq!(attempts, [0, 0, 1, 2]);
}

pub(crate) async fn a_stale_lease_ends_nothing(world: World) {
    world.start(new_run("prs")).await;
    let (old, new) = world.overtaken(&Queue::Extract).await;
    assert_eq!(old.claim.task, new.claim.task);
    let lost = [
        world.store.finish(old.claim).await,
        world.store.retry(old.claim, now(), "", true).await,
        world.store.bury(old.claim, "").await,
    ];
    assert!(
        lost.iter()
            .all(|answer| matches!(answer, Err(StoreError::LeaseLost))),
        "{lost:?}"
    );
    world.store.finish(new.claim).await.unwrap();
}

pub(crate) async fn a_task_that_outlived_its_lease_has_an_attempt_held_against_it(world: World) {
    world.start(new_run("prs")).await;
    let (old, new) = world.overtaken(&Queue::Extract).await;
    assert_eq!((old.attempts, new.attempts), (0, 1));
}

pub(crate) async fn a_heartbeat_keeps_a_claim(world: World) {
    world.start(new_run("prs")).await;
    let task = world
        .claim_for(&Queue::Extract, Duration::ZERO)
        .await
        .remove(0);
    world
        .store
        .heartbeat(&[task.claim], Duration::from_secs(60))
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(world.store.rescue(false).await.unwrap(), 0);
}

pub(crate) async fn a_heartbeat_of_a_stale_lease_prolongs_nothing(world: World) {
    world.start(new_run("prs")).await;
    let (old, new) = world.overtaken(&Queue::Extract).await;
    world
        .store
        .heartbeat(&[new.claim], Duration::ZERO)
        .await
        .unwrap();
    world
        .store
        .heartbeat(&[old.claim], Duration::from_secs(60))
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(world.store.rescue(false).await.unwrap(), 1);
}

pub(crate) async fn a_process_that_is_alone_rescues_claims_that_still_hold(world: World) {
    world.start(new_run("prs")).await;
    let old = world.claim_one(&Queue::Extract).await;
    assert_eq!(world.store.rescue(true).await.unwrap(), 1);
    let new = world.claim_one(&Queue::Extract).await;
    assert_eq!(new.attempts, 0);
    assert!(matches!(
        world.store.finish(old.claim).await,
        Err(StoreError::LeaseLost)
    ));
}

pub(crate) async fn a_buried_task_fails_its_run_with_the_problem(world: World) {
    let run = world.start(new_run("prs")).await;
    let task = world.claim_one(&Queue::Extract).await;
    world
        .store
        .bury(task.claim, "403: the token may not read acme")
        .await
        .unwrap();
    assert_eq!(world.run(run).await.state, RunState::Failed);
    let (_, problems) = world.store.findings(&[run]).await.unwrap();
    assert_eq!(problems, ["403: the token may not read acme"]);
    assert_eq!(world.claim(&Queue::Extract).await, []);
}
