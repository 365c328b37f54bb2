//! Many processes at once.

use std::{collections::HashSet, sync::Arc, time::Duration};

use runnel_model::{ColumnType, Queue, RunId, TransformDescriptor, Value};
use runnel_store::{NewRun, PageCommit, Task, WorkerId};
use serde_json::json;
use sqlx::AssertSqlSafe;
use tokio::{
    sync::Barrier,
    task::{JoinHandle, JoinSet},
};

use crate::conformance::{
    schedules::job,
    tables::{column, descriptor, looked_up, pr, prs, required, table, upsert},
    world::{LEASE, World, load_of, name, new_run, page, record},
};

/// Queues so many plans of each of these tenants.
async fn plans(world: World, tenants: &[&str], each: usize) -> World {
    let mut world = world;
    for tenant in tenants {
        world = world.of_tenant(tenant).await;
        for _ in 0..each {
            world.start(new_run("prs")).await;
        }
    }
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_claiming_at_once_get_each_task_once() {
    let (world, _kept) = super::fresh().await;
    let world = plans(world, &["a", "b", "c"], 40).await;
    let mut workers = JoinSet::new();
    for i in 0..8 {
        let store = world.reopen().await;
        workers.spawn(async move {
            let worker = WorkerId(i.to_string());
            let mut claimed = Vec::new();
            loop {
                let inbox = Queue::Extract.into();
                let tasks = store.claim(&inbox, &worker, 5, LEASE).await.unwrap();
                if tasks.is_empty() && store.next_due(&inbox).await.unwrap().is_none() {
                    return claimed;
                }
                claimed.extend(tasks.into_iter().map(|task| task.claim.task));
            }
        });
    }
    let claimed = workers.join_all().await.concat();
    assert_eq!(claimed.len(), 120);
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), 120);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn relays_at_once_tell_of_each_task_once_and_keep_to_the_window() {
    let (world, _kept) = super::fresh().await;
    let world = plans(world, &["a", "b"], 50).await;
    let mut relays = JoinSet::new();
    let together = Arc::new(Barrier::new(4));
    for _ in 0..4 {
        let (store, together) = (world.reopen().await, Arc::clone(&together));
        relays.spawn(async move {
            // It has a connection by then.
            store.clock().await.unwrap();
            together.wait().await;
            store.take_unrung(100, 60).await.unwrap()
        });
    }
    let told = relays.join_all().await.concat();
    assert_eq!(told.len(), 60);
    let tasks: HashSet<_> = told.into_iter().map(|bell| bell.task).collect();
    assert_eq!(tasks.len(), 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_that_claim_the_same_task_gets_it() {
    let (world, _kept) = super::fresh().await;
    let world = plans(world, &["a"], 20).await;
    let bells = world.store.take_unrung(20, 20).await.unwrap();
    let tasks: Vec<_> = bells.iter().map(|bell| bell.task).collect();
    let mut workers = JoinSet::new();
    for i in 0..4 {
        let (store, mut tasks) = (world.reopen().await, tasks.clone());
        tasks.rotate_left(i * 5);
        workers.spawn(async move {
            let worker = WorkerId(i.to_string());
            let mut claimed = Vec::new();
            for task in tasks.chunks(2) {
                claimed.extend(store.claim_these(task, &worker, LEASE).await.unwrap());
            }
            claimed
        });
    }
    let claimed = workers.join_all().await.concat();
    let once: HashSet<_> = claimed.iter().map(|task| task.claim.task).collect();
    assert_eq!((claimed.len(), once.len()), (20, 20));
}

/// Loads that are ready to be done, shared out among four workers.
async fn load_all(world: &World, loads: Vec<Task>) {
    let mut workers = JoinSet::new();
    for part in loads.chunks(loads.len().div_ceil(4)) {
        let (store, part) = (world.reopen().await, part.to_vec());
        workers.spawn(async move {
            for task in part {
                store.load(&[load_of(&task)]).await.unwrap();
            }
        });
    }
    workers.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_older_row_never_overwrites_a_newer_one_under_four_workers() {
    let (world, _kept) = super::fresh().await;
    let by = world.prepare(&prs()).await;
    let (rows, versions) = (40, 24);
    let mut loads = Vec::new();
    for i in 0..versions {
        // Neighbours in time are different workers'.
        let version = (i % 4) * (versions / 4) + i / 4;
        let version = (version * 7) % versions;
        let change = |n| pr(version + 1, n, &version.to_string(), Some(1 + version));
        loads.push(world.transformed(by, (0..rows).map(change).collect()).await);
    }
    load_all(&world, loads).await;
    let newest = versions - 1;
    let wrong =
        format!("SELECT COUNT(*) FROM prs WHERE title <> '{newest}' OR raw_data_id <> {versions}");
    assert_eq!(world.number(&wrong).await, 0);
    assert_eq!(world.number("SELECT COUNT(*) FROM prs").await, rows);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn large_loads_of_the_same_rows_end_as_small_ones_do() {
    let (world, _kept) = super::fresh().await;
    let by = world.prepare(&prs()).await;
    let change = |raw, n| pr(raw, n, &raw.to_string(), Some(raw));
    let mut loads = Vec::new();
    for raw in 1..=3 {
        let large = (0..2_400).map(|n| change(raw, n)).collect();
        loads.push(world.transformed(by, large).await);
    }
    let small = (1_000..1_100).map(|n| change(4, n)).collect();
    loads.push(world.transformed(by, small).await);
    load_all(&world, loads).await;
    let raws = world
        .rows("SELECT title, raw_data_id, COUNT(*) FROM prs GROUP BY 1, 2 ORDER BY 2")
        .await;
    assert_eq!(raws, [json!(["3", 3, 2_300]), json!(["4", 4, 100])]);
    // Loaded once more, large and small, nothing is written.
    for n in [2_400, 100] {
        let again = world.load(by, (0..n).map(|n| change(3, n)).collect()).await;
        assert_eq!((again.loaded, again.unchanged), (0, n.unsigned_abs()));
    }
}

fn comments() -> TransformDescriptor {
    let columns = vec![
        required("number", ColumnType::Integer),
        column("pr", ColumnType::Integer),
        looked_up("pr_id", "prs", ("pr", "number"), "id"),
    ];
    let table = table("comments", columns, "number");
    descriptor("github_comments", "1.0.0", vec![table])
}

/// Comments, or the pull requests of these numbers that they look up.
async fn side(world: &World, pull_requests: bool, numbers: std::ops::Range<i64>) -> Task {
    let (prs, comments) = (
        world.prepare(&prs()).await,
        world.prepare(&comments()).await,
    );
    if pull_requests {
        let rows = numbers.map(|n| pr(1, n, "a", Some(1)));
        return world.transformed(prs, rows.collect()).await;
    }
    let row = |n| vec![Value::Integer(n), Value::Integer(n), Value::Null];
    let rows = numbers.map(|n| upsert(1, row(n)));
    world.transformed(comments, rows.collect()).await
}

async fn no_lookup_is_missed(world: &World, comments: i64) {
    assert_eq!(
        world.number("SELECT COUNT(*) FROM comments").await,
        comments
    );
    let missed = "SELECT COUNT(*) FROM comments c JOIN prs p ON p.number = c.pr
                  WHERE c.pr_id IS DISTINCT FROM p.id";
    assert_eq!(world.number(missed).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_loads_of_both_sides_of_a_lookup_do_not_miss_each_other() {
    let (world, kept) = super::fresh().await;
    let load = |task: Task| {
        let store = world.store.clone();
        tokio::spawn(async move { store.load(&[load_of(&task)]).await.unwrap() })
    };
    for (i, slow) in [true, false].into_iter().enumerate() {
        let first = i64::try_from(i).unwrap();
        let (slow, fast) = (
            side(&world, slow, first..first + 1).await,
            side(&world, !slow, first..first + 1).await,
        );
        // The slow one has written its rows, and waits for the row of its run.
        let mut blocker = kept.connect().await;
        let hold = format!(
            "BEGIN; SELECT 1 FROM job_runs WHERE id = {} FOR UPDATE",
            slow.run
        );
        sqlx::raw_sql(AssertSqlSafe(hold))
            .execute(&mut blocker)
            .await
            .unwrap();
        let slow = load(slow);
        settled(&world, &slow, 1).await;
        let fast = load(fast);
        settled(&world, &fast, 2).await;
        sqlx::raw_sql("ROLLBACK")
            .execute(&mut blocker)
            .await
            .unwrap();
        slow.await.unwrap();
        fast.await.unwrap();
        no_lookup_is_missed(&world, first + 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_loads_of_both_sides_of_a_lookup_fill_all_of_it() {
    let (world, _kept) = super::fresh().await;
    let mut loads = Vec::new();
    for part in 0..12 {
        let numbers = part * 10..part * 10 + 10;
        for pull_requests in [true, false] {
            loads.push(side(&world, pull_requests, numbers.clone()).await);
        }
    }
    load_all(&world, loads).await;
    no_lookup_is_missed(&world, 120).await;
}

/// A run of repositories with one page, ready to be committed.
async fn repositories(world: &World, partition: &str, id: &str) -> PageCommit {
    let (_, fetches) = world.fetches(new_run("repositories"), &[partition]).await;
    PageCommit {
        records: vec![record(id, "{}")],
        progress: Some(r#"{"at":1}"#.to_owned()),
        ..page(&fetches[0], partition)
    }
}

/// Plans a run that reads what changed of the repositories: their ids.
async fn plan(world: &World, run: RunId) -> Vec<String> {
    let task = world.claim_one(&Queue::Extract).await;
    let parents = world.store.parents(run, &name("repositories"), 9).await;
    world.plan(task.claim, run, &[]).await.unwrap();
    let parents = parents.unwrap();
    parents
        .into_iter()
        .map(|parent| parent.external_id)
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_that_commits_late_is_not_missed_by_the_watermark() {
    let (world, kept) = super::fresh().await;
    let (slow, fast) = (
        repositories(&world, "slow", "a").await,
        repositories(&world, "fast", "b").await,
    );
    let commits = || NewRun {
        changed_parents_of: Some(name("repositories")),
        ..new_run("commits")
    };
    // The slow page has its numbers, and waits for a row that is not let go of.
    let mut blocker = kept.connect().await;
    let hold = format!(
        "BEGIN; INSERT INTO run_partitions (run_id, partition) VALUES ({}, 'slow')",
        slow.run
    );
    sqlx::raw_sql(AssertSqlSafe(hold))
        .execute(&mut blocker)
        .await
        .unwrap();
    let commit = |page| {
        let store = world.store.clone();
        tokio::spawn(async move { store.commit_pages(vec![page]).await.unwrap() })
    };
    let slow = commit(slow);
    settled(&world, &slow, 1).await;
    let fast = commit(fast);
    settled(&world, &fast, 2).await;
    let first = world.create(commits()).await;
    let store = world.store.clone();
    let begun = tokio::spawn(async move { store.begin(first).await.unwrap() });
    settled(&world, &begun, 3).await;
    let mut planned = Vec::new();
    let early = begun.is_finished();
    if early {
        planned.extend(plan(&world, first).await);
    }
    sqlx::raw_sql("ROLLBACK")
        .execute(&mut blocker)
        .await
        .unwrap();
    assert_eq!((slow.await.unwrap(), fast.await.unwrap()), (0, 0));
    begun.await.unwrap();
    if !early {
        planned.extend(plan(&world, first).await);
    }
    let second = world.start(commits()).await;
    planned.extend(plan(&world, second).await);
    assert_eq!(planned, ["a", "b"]);
}

/// Waits until the task is done, or so many transactions wait for locks.
pub(super) async fn settled<T>(world: &World, task: &JoinHandle<T>, waiting: i64) {
    while !task.is_finished() && count_waiting(world).await < waiting {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn count_waiting(world: &World) -> i64 {
    world
        .number(
            "SELECT COUNT(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_that_is_asked_for_while_a_tick_decides_that_the_job_waits_is_not_forgotten() {
    let (world, database) = super::fresh().await;
    world.put(&[job("a", &[])]).await;
    assert_eq!(world.started().await, ["a"]);
    world.end_runs().await;
    let mut asking = database.connect().await;
    let ask = "UPDATE etl_jobs SET requested_at = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
               look_at = 0";
    for statement in ["BEGIN", ask] {
        sqlx::raw_sql(statement).execute(&mut asking).await.unwrap();
    }
    let world = Arc::new(world);
    let ticking = Arc::clone(&world);
    let tick = tokio::spawn(async move { ticking.started().await });
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while world.number(waiting).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sqlx::raw_sql("COMMIT").execute(&mut asking).await.unwrap();
    assert!(tick.await.unwrap().is_empty());
    assert_eq!(world.started().await, ["a"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_integration_that_somebody_has_holds_up_its_own_jobs_alone() {
    let (world, kept) = super::fresh().await;
    world.put(&[job("a", &[])]).await;
    let held = world.integration.id;
    let world = world.of_tenant("other").await;
    world.put(&[job("b", &[])]).await;
    let mut blocker = kept.connect().await;
    let hold = format!("BEGIN; SELECT 1 FROM integrations WHERE id = {held} FOR UPDATE");
    let hold = sqlx::raw_sql(AssertSqlSafe(hold));
    hold.execute(&mut blocker).await.unwrap();
    assert_eq!(world.started().await, ["b"]);
    let free = sqlx::raw_sql("ROLLBACK");
    free.execute(&mut blocker).await.unwrap();
    world
        .rows("UPDATE etl_jobs SET look_at = 0 RETURNING id")
        .await;
    assert_eq!(world.started().await, ["a"]);
}
