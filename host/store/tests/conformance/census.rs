//! Records that are gone, and rows that a record no longer has.

use std::num::NonZeroU32;

use runnel_model::{Change, RawId, Row, RunId, Table, TransformDescriptor, Value};
use runnel_store::{
    DescriptorId, NewJob, NewRun, PageCommit, RunOptions, RunState, TaskKind, TransformCommit,
    Transformed,
};
use serde_json::{Value as Json, json};

use super::{
    schedules::job,
    tables::prs,
    versions::ann,
    world::{
        World, batch, commit, load_of, loads, name, new_run, options, page, record, transformed,
        transforms,
    },
};

/// `prs`, whose rows each come of one record.
fn of_record() -> TransformDescriptor {
    let mut descriptor = prs();
    let tables = descriptor.tables.into_iter();
    descriptor.tables = tables
        .map(|table| Table {
            of_record: true,
            ..table
        })
        .collect();
    descriptor
}

fn full() -> NewRun {
    NewRun {
        options: RunOptions {
            full: true,
            ..options()
        },
        ..new_run("prs")
    }
}

fn pr(raw: RawId, number: i64, at: i64) -> (RawId, Change) {
    let values = vec![
        Value::Integer(number),
        Value::Text(format!("of {at}")),
        Value::Timestamp(at),
    ];
    (raw, Change::Upsert(Row { table: 0, values }))
}

impl World {
    /// A run that meets these records of a partition, and says so if it is a census.
    async fn met(&self, partition: &str, ids: &[&str], census: bool) -> RunId {
        let (run, fetches) = self.fetches(full(), &[partition]).await;
        let read = PageCommit {
            records: ids.iter().map(|id| record(id, id)).collect(),
            census,
            ..page(&fetches[0], partition)
        };
        self.store.commit_pages(vec![read]).await.unwrap();
        run
    }

    /// Maps what waits to a row a record, numbered as its external id, and loads it:
    /// answers the external ids of those that were gone.
    async fn map_and_load(&self, by: DescriptorId) -> Vec<String> {
        let mut gone = Vec::new();
        for task in self.claim(&transforms()).await {
            let TaskKind::Transform(raw) = &task.kind else {
                panic!("{} is no transform", task.kind)
            };
            let mut mapped = transformed(by, vec![]);
            for record in self.store.raw_records(raw).await.unwrap() {
                mapped.records.push(record.id);
                if record.gone {
                    gone.push(record.external_id);
                } else {
                    let number = record.external_id.parse().unwrap();
                    mapped.changes.push(pr(record.id, number, 1));
                }
            }
            self.store
                .commit_transformed(commit(&task, task.run, mapped))
                .await
                .unwrap();
        }
        for task in self.claim(&loads()).await {
            self.store.load(&[load_of(&task)]).await.unwrap();
        }
        gone
    }

    async fn numbers(&self) -> Vec<Json> {
        self.rows("SELECT number FROM prs ORDER BY number").await
    }

    /// A run that read one record anew, and what came of it.
    async fn mapped(&self, by: DescriptorId, payload: &str, rows: &[(i64, i64)]) {
        let run = self.read(new_run("prs"), "a", vec![record("it", payload)]);
        let run = run.await;
        let task = self.claim(&transforms()).await.remove(0);
        let TaskKind::Transform(raw) = &task.kind else {
            panic!("{} is no transform", task.kind)
        };
        let changes = rows.iter().map(|(number, at)| pr(raw[0], *number, *at));
        let mapped = Transformed {
            records: raw.clone(),
            ..transformed(by, changes.collect())
        };
        self.store
            .commit_transformed(commit(&task, run, mapped))
            .await
            .unwrap();
        let task = self.claim_one(&loads()).await;
        self.store.load(&[load_of(&task)]).await.unwrap();
    }
}

pub(crate) async fn what_a_census_does_not_meet_is_gone_and_its_rows_with_it(world: World) {
    let by = world.prepare(&of_record()).await;
    world.met("a", &["1", "2", "3"], true).await;
    assert!(world.map_and_load(by).await.is_empty());
    let run = world.met("a", &["1", "3"], true).await;
    assert_eq!(
        world.run(run).await.state,
        RunState::Running,
        "rows are to go yet"
    );
    assert_eq!(world.map_and_load(by).await, ["2"]);
    assert_eq!(world.numbers().await, [json!([1]), json!([3])]);
    assert_eq!(world.run(run).await.state, RunState::Succeeded);
    // What it was is still known, and nothing is gone twice.
    assert_eq!(world.number("SELECT COUNT(*) FROM raw_data").await, 4);
    world.met("a", &["1", "3"], true).await;
    assert!(world.map_and_load(by).await.is_empty());
}

pub(crate) async fn what_another_run_has_met_or_stored_since_is_not_gone(world: World) {
    let by = world.prepare(&of_record()).await;
    let (_, fetches) = world.fetches(full(), &["a", "b"]).await;
    let read = async |place: usize, partition: &str, id: &str| {
        let read = PageCommit {
            records: vec![record(id, id)],
            census: true,
            ..page(&fetches[place], partition)
        };
        world.store.commit_pages(vec![read]).await.unwrap();
    };
    read(0, "a", "1").await;
    world.met("a", &["1"], true).await;
    world.met("a", &["2"], false).await;
    read(1, "b", "3").await;
    assert!(world.map_and_load(by).await.is_empty());
    assert_eq!(world.numbers().await, [json!([1]), json!([2]), json!([3])]);
}

pub(crate) async fn a_record_that_comes_back_has_its_rows_again(world: World) {
    let by = world.prepare(&of_record()).await;
    for ids in [&["1", "2"][..], &["1"], &["1", "2"]] {
        world.met("a", ids, true).await;
        world.map_and_load(by).await;
    }
    assert_eq!(world.numbers().await, [json!([1]), json!([2])]);
}

pub(crate) async fn a_run_that_is_no_census_removes_nothing(world: World) {
    let by = world.prepare(&of_record()).await;
    world.met("a", &["1", "2"], true).await;
    world.met("a", &["1"], false).await;
    assert!(world.map_and_load(by).await.is_empty());
    assert_eq!(world.numbers().await, [json!([1]), json!([2])]);
}

pub(crate) async fn a_census_of_one_partition_says_nothing_of_another(world: World) {
    let by = world.prepare(&of_record()).await;
    world.met("a", &["1"], true).await;
    world.met("b", &["2"], true).await;
    world.met("a", &[], true).await;
    assert_eq!(world.map_and_load(by).await, ["1"]);
    assert_eq!(world.numbers().await, [json!([2])]);
}

pub(crate) async fn a_record_that_moved_to_another_partition_is_not_gone(world: World) {
    let by = world.prepare(&of_record()).await;
    world.met("a", &["1"], true).await;
    world.met("b", &["1"], true).await;
    world.met("a", &[], true).await;
    assert!(world.map_and_load(by).await.is_empty());
    assert_eq!(world.numbers().await, [json!([1])]);
}

pub(crate) async fn a_partition_that_was_not_read_to_its_end_loses_nothing(world: World) {
    let by = world.prepare(&of_record()).await;
    world.met("a", &["1"], true).await;
    world.met("b", &["2"], true).await;
    world.map_and_load(by).await;
    let (_, fetches) = world.fetches(full(), &["a", "a", "b"]).await;
    let [first, second, other] = &fetches[..] else {
        panic!("{fetches:?}")
    };
    let census = |task, partition, skipped| PageCommit {
        census: true,
        skipped,
        ..page(task, partition)
    };
    let left_out = Some(("b".to_owned(), "it is blocked".to_owned()));
    let pages = vec![census(first, "a", None), census(other, "b", left_out)];
    world.store.commit_pages(pages).await.unwrap();
    world
        .store
        .bury(second.claim, "the service is gone")
        .await
        .unwrap();
    assert!(world.map_and_load(by).await.is_empty());
    assert_eq!(world.numbers().await, [json!([1]), json!([2])]);
}

pub(crate) async fn a_record_that_is_gone_is_no_parent_and_is_not_discovered(world: World) {
    world.met("a", &["1", "2"], true).await;
    world.met("a", &["2"], true).await;
    let of = world.integration.id;
    let discovered = world.store.discovered(of, &name("prs")).await.unwrap();
    assert_eq!(discovered, ["2"]);
    let run = world.start(new_run("commits")).await;
    let parents = world.store.parents(run, &name("prs"), 10).await.unwrap();
    let ids: Vec<&str> = parents.iter().map(|p| p.external_id.as_str()).collect();
    assert_eq!(ids, ["2"]);
}

pub(crate) async fn rows_that_a_record_no_longer_has_are_removed(world: World) {
    let by = world.prepare(&of_record()).await;
    world.mapped(by, "first", &[(1, 1), (2, 1), (3, 1)]).await;
    world.mapped(by, "second", &[(1, 1), (3, 2)]).await;
    assert_eq!(world.numbers().await, [json!([1]), json!([3])]);
    world.mapped(by, "third", &[]).await;
    assert!(world.numbers().await.is_empty());
}

pub(crate) async fn a_row_whose_newer_version_stays_is_still_its_records(world: World) {
    let by = world.prepare(&of_record()).await;
    world.mapped(by, "first", &[(1, 5)]).await;
    // A server that lags behind.
    world.mapped(by, "second", &[(1, 4)]).await;
    assert_eq!(
        world.rows("SELECT number, title FROM prs").await,
        [json!([1, "of 5"])]
    );
}

pub(crate) async fn a_row_whose_newer_version_came_in_the_same_batch_is_still_its_records(
    world: World,
) {
    let by = world.prepare(&of_record()).await;
    let both = vec![record("it", "new"), record("it", "old")];
    let run = world.read(new_run("prs"), "a", both).await;
    let task = world.claim_one(&transforms()).await;
    let TaskKind::Transform(raw) = &task.kind else {
        panic!("{} is no transform", task.kind)
    };
    let mapped = Transformed {
        records: raw.clone(),
        ..transformed(by, vec![pr(raw[0], 1, 6), pr(raw[1], 1, 5)])
    };
    let mapped = commit(&task, run, mapped);
    world.store.commit_transformed(mapped).await.unwrap();
    let task = world.claim_one(&loads()).await;
    world.store.load(&[load_of(&task)]).await.unwrap();
    let rows = world.rows("SELECT number, title FROM prs").await;
    assert_eq!(rows, [json!([1, "of 6"])]);
}

pub(crate) async fn rows_of_other_tables_stay_whatever_records_they_are_of(world: World) {
    let by = world.prepare(&prs()).await;
    world.load(by, vec![pr(RawId(1), 1, 1)]).await;
    let run = world.read(new_run("prs"), "a", vec![record("it", "{}")]);
    let run = run.await;
    let task = world.claim(&transforms()).await.remove(0);
    let nothing: TransformCommit = batch(&task, run, by, vec![]);
    world.store.commit_transformed(nothing).await.unwrap();
    assert!(world.claim(&loads()).await.is_empty());
    assert_eq!(world.numbers().await, [json!([1])]);
}

pub(crate) async fn a_job_has_a_census_every_so_many_days(world: World) {
    let days = NonZeroU32::new(7);
    let counted = NewJob {
        census_days: days,
        ..job("counted", &[])
    };
    world.put(&[counted, job("plain", &[])]).await;
    let long_ago =
        "UPDATE job_runs SET state = 'succeeded', started_at = started_at - 691200000000,
         finished_at = created_at RETURNING id";
    let just_now = "UPDATE job_runs SET started_at = created_at WHERE is_full RETURNING id";
    let censuses = "SELECT COUNT(*) FROM job_runs r JOIN etl_jobs j ON j.id = r.job_id
         WHERE j.job_name = 'counted' AND r.is_full";
    let mut full = Vec::new();
    for _ in 0..3 {
        assert_eq!(world.started().await.len(), 2);
        full.push(world.number(censuses).await);
        for change in [long_ago, just_now] {
            world.rows(change).await;
        }
        for job in world.store.jobs(None).await.unwrap() {
            world.store.request_job(job.id, &ann()).await.unwrap();
        }
    }
    // The first reads everything there is anyway.
    assert_eq!(full, [0, 1, 1]);
    // One that failed is not followed by another each time.
    world
        .rows("UPDATE job_runs SET state = 'failed' WHERE is_full RETURNING id")
        .await;
    assert_eq!(world.started().await.len(), 2);
    assert_eq!(world.number(censuses).await, 1);
    // Nor is one beside another run, which would meet things in its place.
    let due = "UPDATE etl_jobs SET overlap = 'allow', look_at = 0, next_run_at = next_run_at - 864000000000
         RETURNING id";
    let long_ago = "UPDATE job_runs SET started_at = started_at - 864000000000 RETURNING id";
    for change in [due, long_ago] {
        world.rows(change).await;
    }
    assert_eq!(world.started().await.len(), 2);
    assert_eq!(world.number(censuses).await, 1);
    let plain = "SELECT COUNT(*) FROM job_runs r JOIN etl_jobs j ON j.id = r.job_id
         WHERE j.job_name = 'plain' AND r.is_full";
    assert_eq!(world.number(plain).await, 0);
}
