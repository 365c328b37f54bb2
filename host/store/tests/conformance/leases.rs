//! Leases: what becomes of a claim, and of the task whose worker is gone.

use std::time::Duration;

use runnel_model::{Lease, Queue};
use runnel_store::{Claim, MAX_CRASHES, Rescue, RunState, StoreError};
use serde_json::json;

use super::{
    versions::ann,
    world::{LEASE, World, new_run, record, transforms},
};

const EXTRACT: Queue = Queue::Extract;
/// Longer than the tick of any store's clock.
const TICK: Duration = Duration::from_millis(2);

async fn rescue(world: &World, whose: Rescue) -> u64 {
    world.store.rescue(whose).await.unwrap()
}

pub(crate) async fn a_finished_task_is_gone(world: World) {
    world.start(new_run("prs")).await;
    let task = world.claim_one(&EXTRACT).await;
    world.store.finish(&[task.claim]).await.unwrap();
    assert_eq!(rescue(&world, Rescue::All).await, 0);
    assert_eq!(world.store.next_due(&EXTRACT.into()).await.unwrap(), None);
    assert!(matches!(
        world.store.finish(&[task.claim]).await,
        Err(StoreError::LeaseLost)
    ));
}

pub(crate) async fn a_stale_lease_ends_nothing(world: World) {
    world.start(new_run("prs")).await;
    let (old, new) = world.overtaken(&EXTRACT).await;
    assert_eq!(old.claim.task, new.claim.task);
    let lost = [
        world.store.finish(&[old.claim]).await,
        world.store.retry(old.claim, Duration::ZERO, "", true).await,
        world.store.bury(old.claim, "").await,
    ];
    assert!(
        lost.iter()
            .all(|answer| matches!(answer, Err(StoreError::LeaseLost))),
        "{lost:?}"
    );
    world.store.finish(&[new.claim]).await.unwrap();
}

pub(crate) async fn tasks_that_are_finished_together_are_so_all_or_none(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a", "b", "c"]).await;
    let mut claims: Vec<Claim> = fetches.iter().map(|task| task.claim).collect();
    claims[1].lease = Lease(claims[1].lease.0 - 1);
    let lost = world.store.finish(&claims).await;
    assert!(matches!(lost, Err(StoreError::LeaseLost)), "{lost:?}");
    assert_eq!(world.run(run).await.counters.open_tasks, 3);
    claims[1] = fetches[1].claim;
    world.store.finish(&claims).await.unwrap();
    assert_eq!(world.run(run).await.state, RunState::Succeeded);
}

pub(crate) async fn a_task_that_outlived_its_lease_has_an_attempt_held_against_it(world: World) {
    world.start(new_run("prs")).await;
    let (old, new) = world.overtaken(&EXTRACT).await;
    assert_eq!((old.attempts, new.attempts), (0, 1));
}

pub(crate) async fn a_heartbeat_keeps_a_claim(world: World) {
    world.start(new_run("prs")).await;
    let task = world.claim_for(&EXTRACT, Duration::ZERO).await.remove(0);
    world.store.heartbeat(&[task.claim], LEASE).await.unwrap();
    tokio::time::sleep(TICK).await;
    assert_eq!(rescue(&world, Rescue::Expired).await, 0);
}

pub(crate) async fn a_heartbeat_of_a_stale_lease_prolongs_nothing(world: World) {
    world.start(new_run("prs")).await;
    let (old, new) = world.overtaken(&EXTRACT).await;
    world
        .store
        .heartbeat(&[new.claim], Duration::ZERO)
        .await
        .unwrap();
    world.store.heartbeat(&[old.claim], LEASE).await.unwrap();
    tokio::time::sleep(TICK).await;
    assert_eq!(rescue(&world, Rescue::Expired).await, 1);
}

pub(crate) async fn a_process_that_is_alone_rescues_claims_that_still_hold(world: World) {
    world.start(new_run("prs")).await;
    let old = world.claim_one(&EXTRACT).await;
    assert_eq!(rescue(&world, Rescue::All).await, 1);
    let new = world.claim_one(&EXTRACT).await;
    assert_eq!(new.attempts, 0);
    assert!(matches!(
        world.store.finish(&[old.claim]).await,
        Err(StoreError::LeaseLost)
    ));
}

pub(crate) async fn a_buried_task_fails_its_run_with_the_problem(world: World) {
    let run = world.start(new_run("prs")).await;
    let task = world.claim_one(&EXTRACT).await;
    world
        .store
        .bury(task.claim, "403: the token may not read acme")
        .await
        .unwrap();
    assert_eq!(world.run(run).await.state, RunState::Failed);
    let (_, problems) = world.store.findings(&[run]).await.unwrap();
    assert_eq!(problems, ["403: the token may not read acme"]);
    assert_eq!(world.claim(&EXTRACT).await, []);
}

pub(crate) async fn a_task_that_keeps_costing_its_worker_the_lease_is_buried(world: World) {
    let run = world.start(new_run("prs")).await;
    for crash in 1..=MAX_CRASHES {
        assert_eq!(world.run(run).await.state, RunState::Running, "{crash}");
        let task = world.claim_for(&EXTRACT, Duration::ZERO).await.remove(0);
        assert_eq!(task.attempts, crash - 1);
        tokio::time::sleep(TICK).await;
        assert_eq!(rescue(&world, Rescue::Expired).await, 1, "{crash}");
    }
    assert_eq!(world.claim(&EXTRACT).await, []);
    assert_eq!(world.run(run).await.state, RunState::Failed);
    let (_, problems) = world.store.findings(&[run]).await.unwrap();
    assert!(
        problems[0].contains("plan") && problems[0].contains(&format!("{MAX_CRASHES} times")),
        "{problems:?}"
    );
}

pub(crate) async fn an_attempt_that_fails_is_no_crash(world: World) {
    world.start(new_run("prs")).await;
    for _ in 0..=MAX_CRASHES {
        let task = world.claim_one(&EXTRACT).await;
        world
            .store
            .retry(task.claim, Duration::ZERO, "500", true)
            .await
            .unwrap();
    }
    world.overtaken(&EXTRACT).await;
}

pub(crate) async fn a_rescue_of_one_integration_leaves_the_others_alone(world: World) {
    let of = |world: &World| Rescue::Of(world.integration.id);
    world.start(new_run("prs")).await;
    world.claim_one(&EXTRACT).await;
    let world = world.ad_hoc().await;
    world.start(new_run("prs")).await;
    assert_eq!(world.claim_private(EXTRACT).await.len(), 1);
    assert_eq!(rescue(&world, of(&world)).await, 1);
    let again = world.claim_private(EXTRACT).await;
    assert_eq!((again.len(), again[0].attempts), (1, 0));
}

pub(crate) async fn a_rescue_of_one_integration_queues_what_is_buried_again(world: World) {
    let world = world.ad_hoc().await;
    let run = world.start(new_run("prs")).await;
    let plan = world.claim_private(EXTRACT).await.remove(0);
    world.plan(plan.claim, run, &["a"]).await.unwrap();
    let fetch = world.claim_private(EXTRACT).await.remove(0);
    let page = runnel_store::PageCommit {
        records: vec![record("1", "{}")],
        ..super::world::page(&fetch, "a")
    };
    world.store.commit_pages(vec![page]).await.unwrap();
    let task = world.claim_private(transforms()).await.remove(0);
    world
        .store
        .bury(task.claim, "the disk is full")
        .await
        .unwrap();
    assert_eq!(world.run(run).await.state, RunState::Failed);
    let other = runnel_model::IntegrationId(world.integration.id.0 + 1);
    assert_eq!(rescue(&world, Rescue::Of(other)).await, 0);
    assert_eq!(rescue(&world, Rescue::Of(world.integration.id)).await, 1);
    assert_eq!(world.run(run).await.state, RunState::Running);
    let task = world.claim_private(transforms()).await.remove(0);
    world.store.finish(&[task.claim]).await.unwrap();
    assert_eq!(world.run(run).await.state, RunState::Succeeded);
}

pub(crate) async fn what_a_run_gave_up_is_queued_again_for_whoever_retries_it(world: World) {
    let run = world
        .read(new_run("prs"), "a", vec![record("1", "{}")])
        .await;
    let other = world
        .read(new_run("commits"), "a", vec![record("2", "{}")])
        .await;
    let failed = "the disk is full";
    for task in world.claim(&transforms()).await {
        world.store.bury(task.claim, failed).await.unwrap();
    }
    let states = async || [world.run(run).await.state, world.run(other).await.state];
    assert_eq!(states().await, [RunState::Failed; 2]);
    assert_eq!(world.store.given_up(run).await.unwrap(), 1);
    let retry = async || world.store.retry_run(run, &ann()).await.unwrap();
    assert_eq!(retry().await, 1);
    assert_eq!(retry().await, 0, "it is queued already");
    assert_eq!(world.store.given_up(run).await.unwrap(), 0);
    assert_eq!(states().await, [RunState::Running, RunState::Failed]);
    let (_, problems) = world.store.findings(&[run]).await.unwrap();
    assert_eq!(problems, [""; 0]);
    let task = world.claim_one(&transforms()).await;
    assert_eq!((task.run, task.attempts), (run, 0));
    world.store.finish(&[task.claim]).await.unwrap();
    assert_eq!(states().await, [RunState::Succeeded, RunState::Failed]);
    let said = "SELECT actor, subject FROM audit_log WHERE action = 'run.retry'";
    assert_eq!(world.rows(said).await, [json!(["ann", run.to_string()])]);
}

pub(crate) async fn an_integration_is_adopted_by_one_process_at_a_time(world: World) {
    let world = world.ad_hoc().await;
    let id = world.integration.id;
    let other = world.reopen().await;
    let adopted = world.store.adopt(id).await.unwrap();
    assert!(matches!(
        other.adopt(id).await,
        Err(StoreError::InUse { .. })
    ));
    let another = runnel_model::IntegrationId(id.0 + 1);
    let _second = other.adopt(another).await.unwrap();
    drop(adopted);
    // A server notices a little later that its client is gone.
    let freed = async {
        while let Err(error) = other.adopt(id).await {
            assert!(matches!(error, StoreError::InUse { .. }), "{error}");
            tokio::time::sleep(TICK).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), freed)
        .await
        .unwrap();
}

pub(crate) async fn whoever_adopts_gets_the_claims_of_the_one_before(world: World) {
    let world = world.ad_hoc().await;
    world.start(new_run("prs")).await;
    let old = world.claim_private(EXTRACT).await.remove(0);
    let _adopted = world.store.adopt(world.integration.id).await.unwrap();
    let new = world.claim_private(EXTRACT).await.remove(0);
    assert_eq!((old.claim.task, new.attempts), (new.claim.task, 0));
}
