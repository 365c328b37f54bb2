//! Pages, cursors and validators.

use runnel_model::{Queue, RawId, RunId};
use runnel_store::{NewRecord, NewRun, PageCommit, RunOptions, StoreError, Task, TaskKind};
use serde_json::json;

use super::world::{World, new_run, options, page, record, request, transforms};

fn full() -> NewRun {
    NewRun {
        options: RunOptions {
            full: true,
            ..options()
        },
        ..new_run("prs")
    }
}

fn progress(task: &Task, partition: &str, cursor: &str) -> PageCommit {
    PageCommit {
        progress: Some(cursor.to_owned()),
        ..page(task, partition)
    }
}

fn validated(task: &Task, partition: &str, etag: &str) -> PageCommit {
    let validator = Some((format!("/{partition}"), etag.to_owned()));
    PageCommit {
        validator,
        ..progress(task, partition, r#"{"at":1}"#)
    }
}

/// The cursor that a run of now would go on from.
async fn cursor(world: &World, partition: &str) -> Option<String> {
    let run = world.create(new_run("prs")).await;
    world.store.cursor(run, partition).await.unwrap()
}

/// The ETags that a run's requests go with.
async fn etags(world: &World, run: NewRun, partitions: &[&str]) -> Vec<Option<String>> {
    let (run, fetches) = world.fetches(run, partitions).await;
    let mut etags = Vec::new();
    for task in &fetches {
        let TaskKind::Fetch(id) = task.kind else {
            panic!("{}", task.kind)
        };
        etags.push(world.store.requests(&[id]).await.unwrap().remove(0).etag);
    }
    world.store.cancel(&[run]).await.unwrap();
    etags
}

pub(crate) async fn a_planned_request_comes_back_as_it_was_written(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    let TaskKind::Fetch(id) = fetches[0].kind else {
        panic!("{}", fetches[0].kind)
    };
    let row = world.store.requests(&[id]).await.unwrap().remove(0);
    assert_eq!(
        (row.id, row.request, row.etag, row.cursor),
        (id, request("a"), None, None)
    );
}

pub(crate) async fn a_page_commits_its_records_requests_and_tasks_together(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    let records = vec![record("1", r#"{"n":1}"#), record("2", r#"{"n":2}"#)];
    let read = PageCommit {
        records,
        requests: vec![request("b")],
        ..page(&fetches[0], "a")
    };
    assert_eq!(world.store.commit_pages(vec![read]).await.unwrap(), 0);
    let TaskKind::Transform(raw) = world.claim_one(&transforms()).await.kind else {
        panic!()
    };
    let payloads: Vec<_> = world
        .store
        .raw_records(&raw)
        .await
        .unwrap()
        .into_iter()
        .map(|raw| raw.payload)
        .collect();
    assert_eq!(payloads, [r#"{"n":1}"#, r#"{"n":2}"#]);
    assert!(matches!(
        world.claim_one(&Queue::Extract).await.kind,
        TaskKind::Fetch(_)
    ));
    assert_eq!(world.number("SELECT COUNT(*) FROM requests").await, 1);
    assert_eq!(world.run(run).await.counters.extracted, 2);
}

pub(crate) async fn a_page_of_a_stale_lease_leaves_nothing_behind(world: World) {
    let run = world.start(new_run("prs")).await;
    let plan = world.claim_one(&Queue::Extract).await;
    world.plan(plan.claim, run, &["a"]).await.unwrap();
    let (old, new) = world.overtaken(&Queue::Extract).await;
    let stale = PageCommit {
        records: vec![record("1", "{}")],
        requests: vec![request("b")],
        ..validated(&old, "a", "e")
    };
    assert_eq!(world.store.commit_pages(vec![stale]).await.unwrap(), 1);
    for table in ["raw_data", "records", "run_partitions", "run_validators"] {
        assert_eq!(
            world.number(&format!("SELECT COUNT(*) FROM {table}")).await,
            0,
            "{table}"
        );
    }
    assert_eq!(
        world
            .store
            .commit_pages(vec![page(&new, "a")])
            .await
            .unwrap(),
        0
    );
    assert_eq!(world.claim(&Queue::Extract).await, []);
    assert_eq!(cursor(&world, "a").await, None);
}

pub(crate) async fn a_lost_page_does_not_hold_back_the_others(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    world
        .store
        .commit_pages(vec![page(&fetches[0], "a")])
        .await
        .unwrap();
    let pages = ["a", "b"]
        .iter()
        .zip(&fetches)
        .map(|(partition, task)| PageCommit {
            records: vec![record(partition, "{}")],
            ..page(task, partition)
        });
    assert_eq!(world.store.commit_pages(pages.collect()).await.unwrap(), 1);
    assert_eq!(
        world.rows("SELECT external_id FROM raw_data").await,
        [serde_json::json!(["b"])]
    );
}

pub(crate) async fn the_request_that_brought_new_records_is_kept(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    let of = |i: usize, partition: &str, records: Vec<NewRecord>| PageCommit {
        records,
        ..page(&fetches[i], partition)
    };
    let pages = vec![
        of(0, "a", vec![record("1", "{}"), record("2", "{}")]),
        of(1, "b", vec![record("3", "{}")]),
    ];
    assert_eq!(world.store.commit_pages(pages).await.unwrap(), 0);
    let again = [record("1", "{}")].to_vec();
    world.read(new_run("prs"), "a", again).await;
    let rows = format!(
        "SELECT r.external_id, q.method, q.url FROM raw_requests q JOIN raw_data r ON r.id = q.raw_data_id
         WHERE q.run_id = {run} ORDER BY q.raw_data_id"
    );
    let expected = [json!(["1", "GET", "/a"]), json!(["3", "GET", "/b"])];
    assert_eq!(world.rows(&rows).await, expected);
    let all = world.number("SELECT COUNT(*) FROM raw_requests").await;
    assert_eq!(
        all, 2,
        "what was read again and is the same has no request of its own"
    );
}

pub(crate) async fn a_page_committed_twice_counts_once(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    let read = PageCommit {
        records: vec![record("1", "{}")],
        ..page(&fetches[0], "a")
    };
    assert_eq!(
        world.store.commit_pages(vec![read.clone()]).await.unwrap(),
        0
    );
    assert_eq!(world.store.commit_pages(vec![read]).await.unwrap(), 1);
    assert_eq!(world.run(run).await.counters.extracted, 1);
    assert_eq!(world.run(run).await.counters.open_tasks, 2);
}

async fn raw_of_transforms(world: &World) -> Vec<RawId> {
    let mut raw = Vec::new();
    for task in world.claim(&transforms()).await {
        let TaskKind::Transform(ids) = task.kind else {
            panic!("{}", task.kind)
        };
        raw.extend(ids);
    }
    raw
}

pub(crate) async fn the_same_content_is_stored_once(world: World) {
    for _ in 0..2 {
        world.read(full(), "a", vec![record("1", "{}")]).await;
    }
    world
        .read(full(), "a", vec![record("1", "{}"), record("1", "{}")])
        .await;
    assert_eq!(world.number("SELECT COUNT(*) FROM raw_data").await, 1);
    let raw = raw_of_transforms(&world).await;
    assert!(raw.iter().all(|id| *id == raw[0]), "{raw:?}");
}

pub(crate) async fn changed_content_becomes_a_newer_raw_record(world: World) {
    for payload in ["[1]", "[2]", "[1]"] {
        world
            .read(new_run("prs"), "a", vec![record("1", payload)])
            .await;
    }
    let raw = raw_of_transforms(&world).await;
    assert!(
        raw.is_sorted() && raw[0] < raw[1] && raw[1] < raw[2],
        "{raw:?}"
    );
    assert_eq!(world.number("SELECT COUNT(*) FROM records").await, 1);
}

pub(crate) async fn the_same_external_id_of_another_stream_is_another_record(world: World) {
    for stream in ["prs", "commits"] {
        world
            .read(new_run(stream), "a", vec![record("1", "{}")])
            .await;
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM raw_data").await, 2);
}

pub(crate) async fn many_records_are_shared_out_among_transform_tasks(world: World) {
    let records = (0..1201)
        .map(|i| record(&i.to_string(), &format!("[{i}]")))
        .collect();
    world.read(new_run("prs"), "a", records).await;
    let tasks = world.claim(&transforms()).await;
    assert!(tasks.len() > 1);
    let ids = tasks.into_iter().flat_map(|task| match task.kind {
        TaskKind::Transform(ids) => ids,
        other => panic!("{other}"),
    });
    assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), 1201);
}

pub(crate) async fn a_cursor_moves_only_once_the_run_has_read_everything(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    world
        .store
        .commit_pages(vec![progress(&fetches[0], "a", r#"{"at":1}"#)])
        .await
        .unwrap();
    assert_eq!(cursor(&world, "a").await, None);
    let last = PageCommit {
        records: vec![record("1", "{}")],
        ..page(&fetches[1], "b")
    };
    world.store.commit_pages(vec![last]).await.unwrap();
    // What was read may still be waiting to be mapped.
    assert_eq!(cursor(&world, "a").await.as_deref(), Some(r#"{"at":1}"#));
    assert_eq!(cursor(&world, "b").await, None);
}

pub(crate) async fn progress_is_merged_key_by_key(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a", "a"]).await;
    let pages = vec![
        progress(&fetches[0], "a", r#"{"at":1,"by":"x"}"#),
        progress(&fetches[1], "a", r#"{"at":2,"of":3}"#),
    ];
    world.store.commit_pages(pages).await.unwrap();
    let cursor: serde_json::Value =
        serde_json::from_str(&cursor(&world, "a").await.unwrap()).unwrap();
    assert_eq!(cursor, serde_json::json!({"at": 2, "by": "x", "of": 3}));
}

pub(crate) async fn a_failed_partition_keeps_its_cursor_and_the_others_move(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    let pages = vec![
        validated(&fetches[0], "a", "a1"),
        validated(&fetches[1], "b", "b1"),
    ];
    world.store.commit_pages(pages).await.unwrap();
    let (_, fetches) = world.fetches(new_run("prs"), &["a", "a", "b"]).await;
    let pages = vec![
        progress(&fetches[0], "a", r#"{"at":2}"#),
        progress(&fetches[2], "b", r#"{"at":2}"#),
    ];
    world.store.commit_pages(pages).await.unwrap();
    world
        .store
        .bury(fetches[1].claim, "500, again and again")
        .await
        .unwrap();
    assert_eq!(cursor(&world, "a").await.as_deref(), Some(r#"{"at":1}"#));
    assert_eq!(cursor(&world, "b").await.as_deref(), Some(r#"{"at":2}"#));
}

pub(crate) async fn a_partition_that_was_left_out_keeps_its_cursor(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    let skipped = Some(("a".to_owned(), "it is empty".to_owned()));
    let page = PageCommit {
        skipped,
        ..progress(&fetches[0], "a", r#"{"at":1}"#)
    };
    world.store.commit_pages(vec![page]).await.unwrap();
    assert_eq!(cursor(&world, "a").await, None);
}

pub(crate) async fn a_request_shows_the_cursor_of_its_partition(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    world
        .store
        .commit_pages(vec![progress(&fetches[0], "a", r#"{"at":1}"#)])
        .await
        .unwrap();
    let (_, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    let TaskKind::Fetch(id) = fetches[0].kind else {
        panic!()
    };
    let row = world.store.requests(&[id]).await.unwrap().remove(0);
    assert_eq!(row.cursor.as_deref(), Some(r#"{"at":1}"#));
}

pub(crate) async fn a_validator_serves_the_next_run_once_everything_was_read(world: World) {
    let (run, fetches) = world.fetches(new_run("prs"), &["a", "b"]).await;
    world
        .store
        .commit_pages(vec![validated(&fetches[0], "a", "e1")])
        .await
        .unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM validators").await, 0);
    world
        .store
        .commit_pages(vec![page(&fetches[1], "b")])
        .await
        .unwrap();
    assert_eq!(
        etags(&world, new_run("prs"), &["a", "b"]).await,
        [Some("e1".to_owned()), None]
    );
    assert_eq!(
        world
            .rows(&format!(
                "SELECT etag FROM run_validators WHERE run_id = {run}"
            ))
            .await
            .len(),
        0
    );
}

pub(crate) async fn a_validator_of_a_failed_partition_serves_nobody(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a", "a"]).await;
    world
        .store
        .commit_pages(vec![validated(&fetches[0], "a", "e1")])
        .await
        .unwrap();
    world.store.bury(fetches[1].claim, "gone").await.unwrap();
    assert_eq!(etags(&world, new_run("prs"), &["a"]).await, [None]);
}

pub(crate) async fn a_full_run_sees_no_cursor_and_no_validator(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    world
        .store
        .commit_pages(vec![validated(&fetches[0], "a", "e1")])
        .await
        .unwrap();
    let run: RunId = world.create(full()).await;
    assert_eq!(world.store.cursor(run, "a").await.unwrap(), None);
    assert_eq!(etags(&world, full(), &["a"]).await, [None]);
}

pub(crate) async fn a_run_that_goes_back_to_a_time_sees_no_validator(world: World) {
    let (_, fetches) = world.fetches(new_run("prs"), &["a"]).await;
    world
        .store
        .commit_pages(vec![validated(&fetches[0], "a", "e1")])
        .await
        .unwrap();
    let mut back = new_run("prs");
    back.options.since = Some(0);
    assert_eq!(etags(&world, back, &["a"]).await, [None]);
    let again = etags(&world, new_run("prs"), &["a"]).await;
    assert_eq!(again, [Some("e1".to_owned())]);
}

pub(crate) async fn an_extract_task_of_a_stale_lease_plans_nothing(world: World) {
    let run = world.start(new_run("prs")).await;
    let (old, new) = world.overtaken(&Queue::Extract).await;
    let lost = world.plan(old.claim, run, &["a"]).await;
    assert!(matches!(lost, Err(StoreError::LeaseLost)), "{lost:?}");
    assert_eq!(world.number("SELECT COUNT(*) FROM requests").await, 0);
    world.plan(new.claim, run, &["a"]).await.unwrap();
    assert_eq!(world.claim(&Queue::Extract).await.len(), 1);
}
