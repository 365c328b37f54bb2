//! A process that dies between any two steps of a task, or at any moment, costs
//! time and not a row.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use fake_github::{Options, Spec};
use runnel_e2e::{Host, HostCall, Kind, Platform, Row, undisturbed};

/// Where the binary can be killed, and the hits at which it is: the first, some
/// in the middle.
const WORKER_POINTS: [&str; 8] = [
    "worker::after_claim",
    "worker::before_effect",
    "worker::after_effect",
    "store::before_commit",
    "store::after_commit",
    "broker::before_claim",
    "broker::before_ack",
    "broker::after_ack",
];
const RELAY_POINTS: [&str; 3] = [
    "broker::before_publish",
    "broker::before_confirm",
    "broker::after_confirm",
];
const HITS: [u32; 3] = [1, 3, 20];
const KILLS: u32 = 20;

fn spec() -> Spec {
    Spec {
        repositories: 2,
        pulls: 25,
        commits: 30,
        special: false,
        ..Spec::default()
    }
}

fn slow() -> Options {
    Options {
        latency: Duration::from_millis(5),
        ..Options::default()
    }
}

/// Starts the process again and again, each time to be killed at another hit of
/// the point, then one that is not killed.
async fn killed_at_each_hit(host: &HostCall, point: &str, hits: &[u32]) -> Host {
    for &nth in hits {
        let mut victim = host.clone().killed_at(point, nth).spawn();
        let status = victim.ended(Duration::from_secs(60)).await;
        assert_eq!(status.code(), None, "{point}:{nth}: {}", victim.log());
    }
    host.start().await
}

async fn dies_at(
    points: &[&str],
    hits: &[u32],
    dies: impl Fn(&Platform) -> HostCall,
    stays: impl Fn(&Platform) -> HostCall,
) {
    let expected = undisturbed(spec(), "acme").await;
    for &point in points {
        let platform = Platform::with(Kind::PostgresAndRabbit, spec(), slow()).await;
        platform.add("acme").await;
        let others = stays(&platform).start().await;
        let host = killed_at_each_hit(&dies(&platform), point, hits).await;
        platform.all_succeeded().await;
        platform.has(&expected).await;
        no_task_was_blamed(&platform).await;
        drop((host, others));
    }
}

/// A worker that is killed with many tasks in its hands costs none of them its
/// life: the limit is for tasks that kill their workers.
async fn no_task_was_blamed(platform: &Platform) {
    let database = platform.database().await;
    for sql in [
        "SELECT COUNT(*) FROM tasks",
        "SELECT COUNT(*) FROM run_problems",
        "SELECT COUNT(*) FROM dead_letters",
    ] {
        assert_eq!(database.number(sql).await, 0, "{sql}");
    }
}

fn workers(platform: &Platform) -> HostCall {
    platform.host().roles("worker")
}

fn rest(platform: &Platform) -> HostCall {
    platform.host().roles("scheduler,relay")
}

#[tokio::test]
async fn a_worker_that_dies_around_its_effect_changes_no_row() {
    dies_at(&WORKER_POINTS[..3], &HITS, workers, rest).await;
}

#[tokio::test]
async fn a_worker_that_dies_around_a_commit_changes_no_row() {
    dies_at(&WORKER_POINTS[3..5], &HITS, workers, rest).await;
}

#[tokio::test]
async fn a_worker_that_dies_around_an_acknowledgement_changes_no_row() {
    dies_at(&WORKER_POINTS[5..], &HITS, workers, rest).await;
}

#[tokio::test]
async fn a_relay_that_dies_around_its_confirms_changes_no_row() {
    dies_at(&RELAY_POINTS, &HITS, rest, workers).await;
}

/// A generator of our own: the moments are the same in every run of the test.
fn random(seed: &mut u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[tokio::test]
async fn three_processes_that_are_killed_at_twenty_random_moments_change_no_row() {
    let expected: BTreeMap<&'static str, Vec<Row>> = undisturbed(spec(), "acme").await;
    let mut seed = 20_261_124;
    let mut kills = 0;
    while kills < KILLS {
        let platform = Platform::with(Kind::PostgresAndRabbit, spec(), slow()).await;
        platform.add("acme").await;
        let start = || platform.host().spawn();
        let mut hosts = vec![start(), start(), start()];
        let began = Instant::now();
        for _ in 0..10 {
            let pause = 100 + random(&mut seed) % 900;
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let victim = usize::try_from(random(&mut seed) % 3).expect("an index");
            hosts.swap_remove(victim).kill().await;
            hosts.push(start());
            kills += 1;
        }
        platform.all_succeeded().await;
        platform.has(&expected).await;
        no_task_was_blamed(&platform).await;
        println!("{:?} with ten kills", began.elapsed());
    }
}
