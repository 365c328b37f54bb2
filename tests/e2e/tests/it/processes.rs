//! The service in many processes, each with a part of the work, and stops.

use std::time::{Duration, Instant};

use fake_github::{Options, Spec};
use runnel_e2e::{Kind, Platform, undisturbed};

fn spec() -> Spec {
    Spec {
        repositories: 3,
        pulls: 40,
        commits: 60,
        special: false,
        ..Spec::default()
    }
}

/// A little latency, so that there is a middle.
fn slow() -> Options {
    Options {
        latency: Duration::from_millis(20),
        ..Options::default()
    }
}

#[tokio::test]
async fn roles_and_queues_may_be_split_over_processes() {
    let platform = Platform::new(Kind::PostgresAndRabbit, spec()).await;
    platform.add("acme").await;
    let host = platform.host();
    let of_queues = |queues: &str| host.clone().roles("worker").queues(queues).spawn();
    let hosts = [
        host.clone().roles("scheduler,relay").spawn(),
        of_queues("etl.extract"),
        of_queues("etl.transform.github,etl.load.github"),
        of_queues("etl.vectorize"),
    ];
    platform.all_succeeded().await;
    platform.has(&undisturbed(spec(), "acme").await).await;
    for host in hosts {
        host.stopped().await;
    }
}

#[tokio::test]
async fn two_schedulers_two_relays_and_four_workers_do_everything_once() {
    let platform = Platform::with(Kind::PostgresAndRabbit, spec(), slow()).await;
    platform.add("acme").await;
    let roles = ["scheduler,relay", "scheduler,relay,worker"];
    let mut hosts: Vec<_> = roles
        .map(|roles| platform.host().roles(roles).spawn())
        .into();
    hosts.extend((0..3).map(|_| platform.host().roles("worker").spawn()));
    platform.all_succeeded().await;
    platform.has(&undisturbed(spec(), "acme").await).await;
    let database = platform.database().await;
    assert_eq!(database.number("SELECT COUNT(*) FROM job_runs").await, 5);
    let workers = "SELECT COUNT(DISTINCT worker) FROM worker_queues";
    assert_eq!(database.number(workers).await, 4);
    for host in hosts {
        host.stopped().await;
    }
}

#[tokio::test]
async fn a_worker_of_a_queue_that_no_plugin_has_is_refused_with_the_names_of_those_that_there_are()
{
    let platform = Platform::new(Kind::Sqlite, spec()).await;
    let refused = platform
        .runnel(&["serve", "--queues", "etl.load.elsewhere"])
        .run()
        .await
        .expect_status(2);
    assert!(
        refused.stderr.contains("etl.load.github"),
        "{}",
        refused.stderr
    );
}

/// The middle of a run: some rows are there, and not all.
async fn in_the_middle(platform: &Platform) {
    let fetched = "SELECT CASE WHEN to_regclass('raw_data') IS NULL THEN 0 ELSE
        (SELECT COUNT(*) FROM raw_data WHERE stream = 'github_prs') END";
    platform.until(fetched, 10).await;
}

const LEASE: Duration = Duration::from_secs(600);

/// Leases are long here: whoever had to wait for one would be noticed.
async fn with_long_leases(kind: Kind) -> Platform {
    let mut platform = Platform::with(kind, spec(), slow()).await;
    platform.set("RUNNEL_WORKERS_LEASE", "600s");
    platform.add("acme").await;
    platform
}

#[tokio::test]
async fn after_sigterm_a_process_gives_back_what_it_holds_and_another_goes_on_at_once() {
    for kind in [Kind::Postgres, Kind::PostgresAndRabbit] {
        let platform = with_long_leases(kind).await;
        let first = platform.host().start().await;
        in_the_middle(&platform).await;
        first.stopped().await;
        let database = platform.database().await;
        let held = "SELECT COUNT(*) FROM tasks WHERE state = 'running'";
        assert_eq!(database.number(held).await, 0);
        let open = "SELECT COUNT(*) FROM tasks";
        assert!(database.number(open).await > 0, "it was stopped too late");

        let began = Instant::now();
        let second = platform.host().start().await;
        platform.all_succeeded().await;
        assert!(began.elapsed() < LEASE / 2);
        platform.has(&undisturbed(spec(), "acme").await).await;
        second.stopped().await;
    }
}

/// The requests that are under way: a plan has ended by itself a moment later.
const FETCHING: &str = "SELECT COUNT(*) FROM tasks WHERE state = 'running' AND kind LIKE '%fetch%'";

#[tokio::test]
async fn a_second_sigterm_ends_a_process_at_once() {
    let slow = Options {
        latency: Duration::from_secs(20),
        ..Options::default()
    };
    let platform = Platform::with(Kind::Postgres, spec(), slow).await;
    platform.add("acme").await;
    let mut host = platform.host().start().await;
    platform.until(FETCHING, 1).await;
    // Its request is answered long after.
    host.terminate().await;
    while !host.log().contains("stopping in good order") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(host.runs(), "{}", host.log());
    host.terminate().await;
    let status = host.ended(Duration::from_secs(5)).await;
    assert_eq!(status.code(), Some(130), "{}", host.log());
}

#[tokio::test]
async fn what_does_not_end_within_the_limit_is_given_back() {
    let slow = Options {
        latency: Duration::from_secs(30),
        ..Options::default()
    };
    let platform = Platform::with(Kind::Postgres, spec(), slow).await;
    platform.add("acme").await;
    let host = platform.host().with(&["--stop-timeout", "1s"]);
    let mut host = host.start().await;
    platform.until(FETCHING, 1).await;
    host.terminate().await;
    let status = host.ended(Duration::from_secs(15)).await;
    assert_eq!(status.code(), Some(0), "{}", host.log());
    let database = platform.database().await;
    assert_eq!(database.number(FETCHING).await, 0);
    let queued = "SELECT COUNT(*) FROM tasks WHERE state IN ('queued', 'delayed')";
    assert_eq!(database.number(queued).await, 1);
}
