//! A run that is killed at any moment is gone on with by the same command, and
//! ends with the tables of an undisturbed one.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use fake_github::{Options, Spec};
use runnel_e2e::{Row, Workplace};

const KILLS: u32 = 50;

fn spec() -> Spec {
    Spec {
        repositories: 3,
        pulls: 60,
        commits: 120,
        special: true,
        ..Spec::default()
    }
}

fn options() -> Options {
    // A little latency, so that there is a middle to be killed in.
    Options {
        latency: Duration::from_millis(2),
        ..Options::default()
    }
}

async fn undisturbed() -> (BTreeMap<&'static str, Vec<Row>>, Duration) {
    let place = Workplace::with(spec(), options()).await;
    let started = Instant::now();
    place.synced(&["acme"]).await;
    (place.database().await.everything().await, started.elapsed())
}

fn same(expected: &BTreeMap<&'static str, Vec<Row>>, found: &BTreeMap<&'static str, Vec<Row>>) {
    for (table, rows) in expected {
        assert_eq!(rows.len(), found[table].len(), "rows of {table}");
        for (expected, found) in rows.iter().zip(&found[table]) {
            assert_eq!(expected, found, "a row of {table}");
        }
    }
}

/// A generator of our own: the moments are the same in every run of the test.
fn random(seed: &mut u64) -> f64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    f64::from(u32::try_from(*seed >> 33).unwrap_or(0)) / f64::from(u32::MAX >> 1)
}

#[tokio::test]
async fn killed_at_fifty_random_moments_the_tables_are_those_of_an_undisturbed_run() {
    let (expected, took) = undisturbed().await;
    let mut seed = 20_261_124;
    let mut kills = 0;
    while kills < KILLS {
        let place = Workplace::with(spec(), options()).await;
        // Several kills a database: the later ones hit a run that was resumed.
        for _ in 0..5 {
            let mut child = place.sync(&["acme"]).start();
            tokio::time::sleep(took.mul_f64(random(&mut seed))).await;
            child.start_kill().expect("a kill");
            child.wait().await.expect("an end");
            kills += 1;
        }
        place.synced(&["acme"]).await;
        same(&expected, &place.database().await.everything().await);
    }
}

#[tokio::test]
async fn a_second_process_on_the_same_database_is_turned_away() {
    let place = Workplace::with(
        spec(),
        Options {
            latency: Duration::from_millis(50),
            ..Options::default()
        },
    )
    .await;
    let mut first = place.sync(&["acme"]).start();
    while !place.path("runnel.db.lock").exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The file is there a moment before it is locked.
    while place.github.request_count() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = place.sync(&["acme"]).run().await.expect_status(1);
    assert!(
        second.stderr.contains("in use by another runnel process"),
        "{}",
        second.stderr
    );
    first.start_kill().expect("a kill");
    first.wait().await.expect("an end");
    place.synced(&["acme"]).await;
}
