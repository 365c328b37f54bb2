//! Transformed batches and dead letters.

use runnel_model::{Lease, RawId, RunId};
use runnel_store::{
    DeadLetter, PageCommit, RunState, StoreError, Task, TaskKind, TransformCommit, Transformed,
};
use serde_json::json;

use super::{
    tables::{pr, prs},
    world::{World, batch, commit, load_of, loads, new_run, page, record, transformed, transforms},
};

fn letter(raw: RawId, error: &str) -> DeadLetter {
    DeadLetter {
        raw,
        error: error.to_owned(),
        path: Some("user.login".to_owned()),
    }
}

pub(crate) async fn raw_records_come_in_the_order_of_the_ids(world: World) {
    world
        .read(
            new_run("prs"),
            "",
            vec![record("1", "[1]"), record("2", "[2]")],
        )
        .await;
    let TaskKind::Transform(mut ids) = world.claim_one(&transforms()).await.kind else {
        panic!()
    };
    ids.reverse();
    let records = world.store.raw_records(&ids).await.unwrap();
    assert_eq!(records.iter().map(|raw| raw.id).collect::<Vec<_>>(), ids);
    assert_eq!(records[0].payload, "[2]");
}

pub(crate) async fn a_transformed_batch_queues_its_load(world: World) {
    let by = world.prepare(&prs()).await;
    let run = world
        .read(new_run("prs"), "", vec![record("1", "[1]")])
        .await;
    let task = world.claim_one(&transforms()).await;
    let mapped = Transformed {
        replaced_nuls: 3,
        ..transformed(by, vec![pr(1, 1, "a", Some(1))])
    };
    let mapped = commit(&task, run, mapped);
    world.store.commit_transformed(mapped).await.unwrap();
    let counters = world.run(run).await.counters;
    assert_eq!(
        (
            counters.transformed,
            counters.replaced_nuls,
            counters.open_tasks
        ),
        (1, 3, 1)
    );
    let load = world.claim_one(&loads()).await;
    world.store.load(&[load_of(&load)]).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM changes").await, 0);
    assert_eq!(world.run(run).await.counters.loaded, 1);
}

/// Two transform tasks of one run, claimed.
async fn two_tasks(world: &World) -> (RunId, [Task; 2]) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    for (fetch, id) in fetches.iter().zip(["1", "2"]) {
        let read = PageCommit {
            records: vec![record(id, "{}")],
            ..page(fetch, id)
        };
        world.store.commit_pages(vec![read]).await.unwrap();
    }
    let tasks = world.claim(&transforms()).await;
    (run, tasks.try_into().unwrap())
}

pub(crate) async fn tasks_that_are_mapped_together_are_committed_all_or_none(world: World) {
    let by = world.prepare(&prs()).await;
    let (run, tasks) = two_tasks(&world).await;
    let together = |claims| TransformCommit {
        claims,
        run,
        trial: None,
        settled: vec![],
        batches: vec![
            transformed(by, vec![pr(1, 1, "a", Some(1))]),
            transformed(by, vec![pr(1, 2, "b", Some(1))]),
        ],
    };
    let claims = tasks.each_ref().map(|task| task.claim);
    let mut stale = claims;
    stale[1].lease = Lease(stale[1].lease.0 - 1);
    let lost = together(stale.to_vec());
    let lost = world.store.commit_transformed(lost).await;
    assert!(matches!(lost, Err(StoreError::LeaseLost)), "{lost:?}");
    assert_eq!(world.number("SELECT COUNT(*) FROM changes").await, 0);
    let commit = together(claims.to_vec());
    world.store.commit_transformed(commit).await.unwrap();
    let counters = world.run(run).await.counters;
    assert_eq!((counters.transformed, counters.open_tasks), (2, 2));
    assert_eq!(
        world.claim(&loads()).await.len(),
        2,
        "a load for each batch"
    );
}

pub(crate) async fn a_batch_without_changes_ends_there(world: World) {
    let by = world.prepare(&prs()).await;
    let run = world
        .read(new_run("prs"), "", vec![record("1", "[1]")])
        .await;
    let task = world.claim_one(&transforms()).await;
    world
        .store
        .commit_transformed(batch(&task, run, by, vec![]))
        .await
        .unwrap();
    assert_eq!(world.claim(&loads()).await, []);
    assert_eq!(world.run(run).await.state, RunState::Succeeded);
}

pub(crate) async fn a_transformed_batch_of_a_stale_lease_leaves_nothing_behind(world: World) {
    let by = world.prepare(&prs()).await;
    let run = world
        .read(new_run("prs"), "", vec![record("1", "[1]")])
        .await;
    let (old, new) = world.overtaken(&transforms()).await;
    let TaskKind::Transform(raw) = &old.kind else {
        panic!()
    };
    let dead = vec![letter(raw[0], "no user")];
    let stale = Transformed {
        dead,
        ..transformed(by, vec![pr(1, 1, "a", Some(1))])
    };
    let lost = world
        .store
        .commit_transformed(commit(&old, run, stale))
        .await;
    assert!(matches!(lost, Err(StoreError::LeaseLost)), "{lost:?}");
    assert_eq!(world.number("SELECT COUNT(*) FROM changes").await, 0);
    assert_eq!(world.number("SELECT COUNT(*) FROM dead_letters").await, 0);
    assert_eq!(world.run(run).await.counters.transformed, 0);
    world
        .store
        .commit_transformed(batch(&new, run, by, vec![]))
        .await
        .unwrap();
}

pub(crate) async fn a_dead_letter_is_kept_once_a_record_and_digest(world: World) {
    let by = world.prepare(&prs()).await;
    for error in ["no user", "still no user"] {
        let run = world
            .read(new_run("prs"), "", vec![record("1", "[1]")])
            .await;
        let task = world.claim_one(&transforms()).await;
        let TaskKind::Transform(raw) = &task.kind else {
            panic!()
        };
        let dead = vec![letter(raw[0], error)];
        let mapped = Transformed {
            dead,
            transformed: 0,
            ..transformed(by, vec![])
        };
        let mapped = commit(&task, run, mapped);
        world.store.commit_transformed(mapped).await.unwrap();
        assert_eq!(world.run(run).await.counters.dead, 1);
    }
    let letters = world
        .rows("SELECT plugin, version, stream, error, path FROM dead_letters")
        .await;
    assert_eq!(
        letters,
        [json!([
            "github_prs",
            "1.0.0",
            "prs",
            "still no user",
            "user.login"
        ])]
    );
}
