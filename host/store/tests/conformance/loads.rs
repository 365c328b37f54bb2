//! Loads: what is written, what is left alone, what is counted.

use runnel_model::{ColumnType, Lease, Queue, RawId, RunId, Value};
use runnel_store::{DescriptorId, Loaded, RunState, StoreError, Task, TaskKind, TransformCommit};
use serde_json::json;

use super::{
    tables::{column, delete, descriptor, pr, prs, required, table, upsert},
    world::{World, batch, digest, load_of, loads, name, new_run, record, transformed, transforms},
};

const TITLES: &str = "SELECT number, title, raw_data_id FROM prs ORDER BY number";

fn loaded(loaded: u64, unchanged: u64) -> Loaded {
    Loaded { loaded, unchanged }
}

pub(crate) async fn rows_carry_their_tenant_integration_and_lineage(world: World) {
    let by = world.prepare(&prs()).await;
    world.load(by, vec![pr(7, 1, "a", Some(1))]).await;
    let rows = world
        .rows("SELECT tenant_id, integration_id, raw_data_id, transform_digest FROM prs")
        .await;
    assert_eq!(
        rows,
        [json!([
            world.integration.tenant,
            world.integration.id,
            7,
            digest(1)
        ])]
    );
}

pub(crate) async fn loading_the_same_twice_changes_nothing(world: World) {
    let by = world.prepare(&prs()).await;
    let changes: Vec<_> = (1..=100).map(|n| pr(n, n, "a", Some(1))).collect();
    assert_eq!(world.load(by, changes.clone()).await, loaded(100, 0));
    let before = world.rows("SELECT * FROM prs ORDER BY id").await;
    assert_eq!(world.load(by, changes).await, loaded(0, 100));
    assert_eq!(world.rows("SELECT * FROM prs ORDER BY id").await, before);
}

pub(crate) async fn a_batch_of_any_size_is_loaded_whole(world: World) {
    let by = world.prepare(&prs()).await;
    assert_eq!(
        world
            .load(by, (0..1237).map(|n| pr(n, n, "a", None)).collect())
            .await,
        loaded(1237, 0)
    );
    assert_eq!(world.number("SELECT COUNT(*) FROM prs").await, 1237);
}

pub(crate) async fn an_older_version_never_overwrites_a_newer_one(world: World) {
    let by = world.prepare(&prs()).await;
    world.load(by, vec![pr(1, 1, "new", Some(2_000_000))]).await;
    // A later raw record of an older version: the service answered from a replica.
    assert_eq!(
        world.load(by, vec![pr(2, 1, "old", Some(1_000_000))]).await,
        loaded(0, 1)
    );
    assert_eq!(
        world.load(by, vec![pr(3, 1, "none", None)]).await,
        loaded(0, 1)
    );
    assert_eq!(world.rows(TITLES).await, [json!([1, "new", 1])]);
}

pub(crate) async fn a_fraction_of_a_second_makes_a_version_newer(world: World) {
    let by = world.prepare(&prs()).await;
    for (raw, version) in [
        (5, 12_000_000),
        (4, 12_500_000),
        (3, 12_500_001),
        (2, 13_000_000),
    ] {
        assert_eq!(
            world.load(by, vec![pr(raw, 1, "a", Some(version))]).await,
            loaded(1, 0),
            "{version}"
        );
    }
    for (raw, version) in [(6, 12_999_999), (7, 12_000_000), (8, -1)] {
        assert_eq!(
            world.load(by, vec![pr(raw, 1, "a", Some(version))]).await,
            loaded(0, 1),
            "{version}"
        );
    }
}

pub(crate) async fn of_equal_versions_the_newer_raw_record_wins(world: World) {
    let by = world.prepare(&prs()).await;
    for (raw, title, written) in [(2, "b", 1), (1, "a", 0), (3, "c", 1), (3, "replayed", 1)] {
        assert_eq!(
            world.load(by, vec![pr(raw, 1, title, Some(1))]).await,
            loaded(written, 1 - written),
            "{title}"
        );
    }
    assert_eq!(world.rows(TITLES).await, [json!([1, "replayed", 3])]);
}

pub(crate) async fn of_a_table_without_version_the_newest_raw_record_wins(world: World) {
    let columns = vec![
        required("number", ColumnType::Integer),
        column("title", ColumnType::Text),
    ];
    let by = world
        .prepare(&descriptor(
            "prs",
            "1.0.0",
            vec![table("prs", columns, "number")],
        ))
        .await;
    let row =
        |raw, title: &str| upsert(raw, vec![Value::Integer(1), Value::Text(title.to_owned())]);
    for raw in [2, 1, 3] {
        world.load(by, vec![row(raw, &raw.to_string())]).await;
    }
    assert_eq!(world.rows(TITLES).await, [json!([1, "3", 3])]);
}

pub(crate) async fn an_equal_row_is_not_rewritten_and_still_counts_as_newest(world: World) {
    let by = world.prepare(&prs()).await;
    world.load(by, vec![pr(1, 1, "a", Some(1))]).await;
    let before = world
        .rows("SELECT last_updated_at, transform_digest FROM prs")
        .await;
    let other = world.store.prepare(&prs(), &digest(2)).await.unwrap();
    assert_eq!(
        world.load(other, vec![pr(3, 1, "a", Some(1))]).await,
        loaded(0, 1)
    );
    assert_eq!(
        world
            .rows("SELECT last_updated_at, transform_digest FROM prs")
            .await,
        before
    );
    // It went a, b, a, and the b comes late.
    assert_eq!(
        world.load(by, vec![pr(2, 1, "b", Some(1))]).await,
        loaded(0, 1)
    );
    assert_eq!(world.rows(TITLES).await, [json!([1, "a", 3])]);
}

pub(crate) async fn an_outdated_row_does_not_lend_its_raw_record_to_a_newer_one(world: World) {
    let by = world.prepare(&prs()).await;
    world.load(by, vec![pr(1, 1, "new", Some(2))]).await;
    world.load(by, vec![pr(9, 1, "old", Some(1))]).await;
    assert_eq!(
        world.load(by, vec![pr(2, 1, "newer", Some(2))]).await,
        loaded(1, 0)
    );
}

pub(crate) async fn of_several_changes_of_a_row_in_a_batch_the_newest_counts(world: World) {
    let by = world.prepare(&prs()).await;
    let changes = vec![
        pr(3, 1, "newest raw", Some(1)),
        pr(1, 1, "newest version", Some(2)),
        pr(2, 1, "no version", None),
        pr(1, 2, "first", Some(1)),
        pr(1, 2, "last of a record", Some(1)),
    ];
    assert_eq!(world.load(by, changes).await, loaded(2, 3));
    assert_eq!(
        world.rows(TITLES).await,
        [
            json!([1, "newest version", 1]),
            json!([2, "last of a record", 1])
        ]
    );
}

pub(crate) async fn a_row_is_deleted_by_its_key(world: World) {
    let by = world.prepare(&prs()).await;
    world
        .load(by, vec![pr(1, 1, "a", Some(1)), pr(1, 2, "b", Some(1))])
        .await;
    assert_eq!(
        world.load(by, vec![delete(2, 1), delete(2, 3)]).await,
        loaded(1, 1)
    );
    assert_eq!(world.rows(TITLES).await, [json!([2, "b", 1])]);
}

pub(crate) async fn a_delete_leaves_a_row_of_a_newer_raw_record(world: World) {
    let by = world.prepare(&prs()).await;
    world.load(by, vec![pr(2, 1, "a", Some(1))]).await;
    assert_eq!(world.load(by, vec![delete(1, 1)]).await, loaded(0, 1));
    assert_eq!(world.rows(TITLES).await.len(), 1);
}

pub(crate) async fn a_delete_and_an_upsert_in_one_batch_go_by_their_raw_records(world: World) {
    let by = world.prepare(&prs()).await;
    world
        .load(by, vec![pr(1, 1, "a", Some(1)), pr(1, 2, "b", Some(1))])
        .await;
    let changes = vec![
        delete(3, 1),
        pr(2, 1, "aa", Some(2)),
        pr(3, 2, "bb", Some(2)),
        delete(2, 2),
    ];
    assert_eq!(world.load(by, changes).await, loaded(2, 2));
    assert_eq!(world.rows(TITLES).await, [json!([2, "bb", 3])]);
}

pub(crate) async fn a_load_of_a_stale_lease_leaves_nothing_behind(world: World) {
    let by = world.prepare(&prs()).await;
    let run = world
        .read(new_run("prs"), "", vec![record("1", "{}")])
        .await;
    let task = world.claim_one(&transforms()).await;
    world
        .store
        .commit_transformed(batch(&task, run, by, vec![pr(1, 1, "a", Some(1))]))
        .await
        .unwrap();
    let (old, new) = world.overtaken(&loads()).await;
    let lost = world.store.load(&[load_of(&old)]).await;
    assert!(matches!(lost, Err(StoreError::LeaseLost)), "{lost:?}");
    assert_eq!(world.rows(TITLES).await.len(), 0);
    assert_eq!(world.run(run).await.counters.loaded, 0);
    assert_eq!(
        world.store.load(&[load_of(&new)]).await.unwrap(),
        loaded(1, 0)
    );
    let again = world.store.load(&[load_of(&new)]).await;
    assert!(matches!(again, Err(StoreError::LeaseLost)), "{again:?}");
    assert_eq!(world.run(run).await.counters.loaded, 1);
}

/// Two load tasks of one run, claimed: an older version of a row and a newer one.
async fn two_versions(world: &World, by: [DescriptorId; 2]) -> (RunId, Vec<Task>) {
    let run = world
        .read(new_run("prs"), "", vec![record("1", "{}")])
        .await;
    let task = world.claim_one(&transforms()).await;
    let mapped = TransformCommit {
        claims: vec![task.claim],
        run,
        trial: None,
        settled: vec![],
        batches: vec![
            transformed(
                by[0],
                vec![pr(1, 1, "new", Some(2)), pr(1, 2, "b", Some(1))],
            ),
            transformed(by[1], vec![pr(1, 1, "old", Some(1))]),
        ],
    };
    world.store.commit_transformed(mapped).await.unwrap();
    (run, world.claim(&loads()).await)
}

pub(crate) async fn batches_that_are_loaded_together_leave_the_newest_of_each_row(world: World) {
    let by = world.prepare(&prs()).await;
    let other = world.store.prepare(&prs(), &digest(2)).await.unwrap();
    for by in [[by, by], [by, other]] {
        let (run, tasks) = two_versions(&world, by).await;
        let all: Vec<_> = tasks.iter().map(load_of).collect();
        world.store.load(&all).await.unwrap();
        let titles = world.rows(TITLES).await;
        assert_eq!(titles, [json!([1, "new", 1]), json!([2, "b", 1])]);
        assert_eq!(world.run(run).await.state, RunState::Succeeded);
        assert_eq!(world.number("SELECT COUNT(*) FROM changes").await, 0);
    }
}

pub(crate) async fn of_batches_that_are_loaded_together_none_is_where_a_lease_is_lost(
    world: World,
) {
    let by = world.prepare(&prs()).await;
    let (run, tasks) = two_versions(&world, [by, by]).await;
    let mut all: Vec<_> = tasks.iter().map(load_of).collect();
    all[0].0.lease = Lease(all[0].0.lease.0 - 1);
    let lost = world.store.load(&all).await;
    assert!(matches!(lost, Err(StoreError::LeaseLost)), "{lost:?}");
    assert_eq!(world.rows(TITLES).await.len(), 0);
    assert_eq!(world.run(run).await.counters.open_tasks, 2);
}

pub(crate) async fn the_run_counts_what_was_loaded_and_what_was_not(world: World) {
    let by = world.prepare(&prs()).await;
    world.load(by, vec![pr(1, 1, "a", Some(1))]).await;
    let task = world
        .transformed(by, vec![pr(1, 1, "a", Some(1)), pr(1, 2, "b", Some(1))])
        .await;
    world.store.load(&[load_of(&task)]).await.unwrap();
    let counters = world.run(task.run).await.counters;
    assert_eq!(
        (counters.loaded, counters.unchanged, counters.open_tasks),
        (1, 1, 0)
    );
}

pub(crate) async fn rows_with_texts_to_embed_queue_a_task_where_any_were_loaded(world: World) {
    let mut embedding = prs();
    embedding.tables[0].embed = vec![name("title")];
    let by = world.prepare(&embedding).await;
    let changes = vec![pr(1, 1, "a", Some(1)), pr(1, 2, "b", Some(1))];
    world.load(by, changes.clone()).await;
    let task = world.claim_one(&Queue::Vectorize).await;
    assert_eq!(
        task.kind,
        TaskKind::Vectorize {
            table: name("prs"),
            rows: 2
        }
    );
    world.load(by, changes).await;
    world.load(by, vec![delete(2, 1)]).await;
    assert_eq!(world.claim(&Queue::Vectorize).await, []);
}

pub(crate) async fn a_change_that_does_not_fit_becomes_a_dead_letter_and_the_rest_is_loaded(
    world: World,
) {
    let by = world.prepare(&prs()).await;
    let run = world
        .read(
            new_run("prs"),
            "",
            (1..=4)
                .map(|n| record(&n.to_string(), &n.to_string()))
                .collect(),
        )
        .await;
    let task = world.claim_one(&transforms()).await;
    let TaskKind::Transform(raw) = task.kind.clone() else {
        panic!()
    };
    let fit = pr(1, 1, "a", Some(1)).1;
    let misfits = [
        upsert(0, vec![Value::Integer(2)]).1,
        upsert(0, vec![Value::Null, Value::Null, Value::Null]).1,
        pr(0, 3, "in the year 10000", Some(253_402_300_800_000_000)).1,
    ];
    let changes: Vec<(RawId, _)> = raw
        .iter()
        .copied()
        .zip(misfits.into_iter().chain([fit]))
        .collect();
    world
        .store
        .commit_transformed(batch(&task, run, by, changes))
        .await
        .unwrap();
    let load = world.claim_one(&loads()).await;
    assert_eq!(
        world.store.load(&[load_of(&load)]).await.unwrap(),
        loaded(1, 0)
    );
    assert_eq!(world.number("SELECT COUNT(*) FROM dead_letters").await, 3);
    assert_eq!(world.run(run).await.counters.dead, 3);
}

pub(crate) async fn what_no_database_can_keep_becomes_a_dead_letter_and_the_rest_is_loaded(
    world: World,
) {
    let columns = vec![
        required("name", ColumnType::Text),
        column("labels", ColumnType::Json),
    ];
    let labels = table("labels", columns, "name");
    let by = world
        .prepare(&descriptor("labels", "1.0.0", vec![labels]))
        .await;
    let row = |raw, name: String, json: &str| {
        upsert(raw, vec![Value::Text(name), Value::Json(json.to_owned())])
    };
    let changes = vec![
        row(1, "half a pair".to_owned(), r#""\ud800""#),
        row(2, "too large".to_owned(), "[1e999999]"),
        row(3, "long".repeat(600), "[]"),
        row(4, "fits".to_owned(), r#""\ud83d\ude00""#),
    ];
    assert_eq!(world.load(by, changes).await, loaded(1, 0));
    let dead = "SELECT raw_data_id, path FROM dead_letters ORDER BY raw_data_id";
    assert_eq!(
        world.rows(dead).await,
        [
            json!([1, "labels"]),
            json!([2, "labels"]),
            json!([3, "name"])
        ]
    );
}
