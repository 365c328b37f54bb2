//! Streams that are read for the records of another.

use std::time::Duration;

use runnel_model::{Queue, RunId};
use runnel_store::{NewRun, PlanCommit, RunOptions, RunState, Task};

use super::world::{World, name, new_run, options, page, record, request};

/// A run of a stream that reads only what changed of `repositories`.
fn commits() -> NewRun {
    NewRun {
        changed_parents_of: Some(name("repositories")),
        ..new_run("commits")
    }
}

async fn repositories(world: &World, records: &[(&str, &str)]) {
    let records = records
        .iter()
        .map(|(id, payload)| record(id, payload))
        .collect();
    world.read(new_run("repositories"), "", records).await;
}

async fn parents(world: &World, run: RunId, limit: u32) -> Vec<String> {
    let parents = world
        .store
        .parents(run, &name("repositories"), limit)
        .await
        .unwrap();
    parents
        .into_iter()
        .map(|parent| parent.external_id)
        .collect()
}

/// Plans a run to its end, with a request for each parent; answers them.
async fn plan_all(world: &World, run: RunId) -> Vec<String> {
    let mut all = Vec::new();
    let plan = world.claim_one(&Queue::Extract).await;
    let parents = parents(world, run, 100).await;
    let requests = parents.iter().map(|parent| request(parent)).collect();
    let commit = PlanCommit {
        claim: plan.claim,
        run,
        requests,
        more_after: None,
    };
    world.store.commit_plan(commit).await.unwrap();
    all.extend(parents);
    all
}

async fn read_all(world: &World) -> Vec<Task> {
    let fetches = world.claim(&Queue::Extract).await;
    let pages = fetches.iter().map(|task| page(task, "any")).collect();
    world.store.commit_pages(pages).await.unwrap();
    fetches
}

pub(crate) async fn parents_come_in_bounded_batches_in_the_order_of_their_raw_records(
    world: World,
) {
    repositories(&world, &[("c", "1"), ("a", "2"), ("b", "3")]).await;
    let run = world.start(new_run("commits")).await;
    let mut seen = Vec::new();
    loop {
        let plan = world.claim_one(&Queue::Extract).await;
        let batch = world
            .store
            .parents(run, &name("repositories"), 2)
            .await
            .unwrap();
        seen.push(
            batch
                .iter()
                .map(|parent| parent.external_id.clone())
                .collect::<Vec<_>>(),
        );
        let more_after = (batch.len() == 2).then(|| batch[1].raw);
        world
            .store
            .commit_plan(PlanCommit {
                claim: plan.claim,
                run,
                requests: vec![],
                more_after,
            })
            .await
            .unwrap();
        if more_after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [vec!["c", "a"], vec!["b"]]);
    assert_eq!(world.run(run).await.state, RunState::Succeeded);
}

pub(crate) async fn a_parent_comes_with_its_newest_payload_and_the_cursor_of_its_partition(
    world: World,
) {
    repositories(&world, &[("a", "1")]).await;
    let (_, fetches) = world.fetches(new_run("commits"), &["a"]).await;
    let progress = Some(r#"{"at":1}"#.to_owned());
    world
        .store
        .commit_pages(vec![runnel_store::PageCommit {
            progress,
            ..page(&fetches[0], "a")
        }])
        .await
        .unwrap();
    repositories(&world, &[("a", "2")]).await;
    let run = world.start(new_run("commits")).await;
    let parents = world
        .store
        .parents(run, &name("repositories"), 9)
        .await
        .unwrap();
    assert_eq!(parents.len(), 1);
    assert_eq!(
        (parents[0].payload.as_str(), parents[0].cursor.as_deref()),
        ("2", Some(r#"{"at":1}"#))
    );
}

pub(crate) async fn only_parents_that_changed_since_the_last_run_are_planned_for(world: World) {
    repositories(&world, &[("a", "1"), ("b", "1")]).await;
    let run = world.start(commits()).await;
    assert_eq!(plan_all(&world, run).await, ["a", "b"]);
    read_all(&world).await;
    let run = world.start(commits()).await;
    assert_eq!(plan_all(&world, run).await, Vec::<String>::new());
    repositories(&world, &[("a", "1"), ("b", "2"), ("c", "1")]).await;
    let run = world.start(commits()).await;
    assert_eq!(plan_all(&world, run).await, ["b", "c"]);
}

pub(crate) async fn the_watermark_moves_only_when_the_run_succeeded(world: World) {
    repositories(&world, &[("a", "1"), ("b", "1")]).await;
    let run = world.start(commits()).await;
    plan_all(&world, run).await;
    let fetches = world.claim(&Queue::Extract).await;
    world
        .store
        .commit_pages(vec![page(&fetches[0], "a")])
        .await
        .unwrap();
    world.store.bury(fetches[1].claim, "gone").await.unwrap();
    let run = world.start(commits()).await;
    assert_eq!(parents(&world, run, 9).await, ["a", "b"]);
}

pub(crate) async fn a_cancelled_run_leaves_the_watermark(world: World) {
    repositories(&world, &[("a", "1")]).await;
    let run = world.start(commits()).await;
    plan_all(&world, run).await;
    world.store.cancel(&[run]).await.unwrap();
    let run = world.start(commits()).await;
    assert_eq!(parents(&world, run, 9).await, ["a"]);
}

pub(crate) async fn parents_that_arrive_during_a_run_wait_for_the_next(world: World) {
    repositories(&world, &[("a", "1")]).await;
    let run = world.start(commits()).await;
    let plan = world.claim_one(&Queue::Extract).await;
    world
        .store
        .retry(plan.claim, Duration::MAX, "later", false)
        .await
        .unwrap();
    repositories(&world, &[("b", "1")]).await;
    assert_eq!(parents(&world, run, 9).await, ["a"]);
}

pub(crate) async fn a_full_run_is_planned_for_all_parents(world: World) {
    repositories(&world, &[("a", "1")]).await;
    let run = world.start(commits()).await;
    plan_all(&world, run).await;
    read_all(&world).await;
    let full = RunOptions {
        full: true,
        ..options()
    };
    let run = world
        .start(NewRun {
            options: full,
            ..commits()
        })
        .await;
    assert_eq!(parents(&world, run, 9).await, ["a"]);
}
