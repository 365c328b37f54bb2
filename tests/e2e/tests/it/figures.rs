//! What plugins did is added up to the last record, however the work ends.

use std::time::{Duration, Instant};

use fake_github::{Limits, Options, Spec};
use runnel_e2e::{Database, Kind, Platform, Workplace, pulls};
use sqlx::{Connection as _, SqliteConnection};
use tokio::process::{Child, Command};

/// What plugins were given, as they told it, and what came of it.
const TOLD: &str = "SELECT COALESCE(SUM(records), 0) FROM plugin_figures";
const MAPPED: &str = "SELECT COALESCE(SUM(transformed), 0) FROM job_runs";

async fn stopped(kind: Kind) {
    let platform = Platform::new(kind, pulls(1, 30)).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    // What a worker has done it reports every ten seconds.
    host.stopped().await;
    let database = platform.database().await;
    let mapped = database.number(MAPPED).await;
    assert!(mapped > 30, "{mapped}");
    assert_eq!(database.number(TOLD).await, mapped);
}

#[tokio::test]
async fn on_sqlite_a_service_that_stops_right_after_its_work_tells_of_all_of_it() {
    stopped(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_a_service_that_stops_right_after_its_work_tells_of_all_of_it() {
    stopped(Kind::PostgresAndRabbit).await;
}

#[tokio::test]
async fn what_the_database_did_not_take_is_told_the_next_time() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 30)).await;
    platform.add("acme").await;
    let database = platform.database().await;
    database
        .execute("ALTER TABLE plugin_figures RENAME TO elsewhere")
        .await;
    let host = platform.host().with(&["--log-filter", "debug"]);
    let host = host.start().await;
    platform.all_succeeded().await;
    host.says("what plugins did is added up the next time", 1)
        .await;
    database
        .execute("ALTER TABLE elsewhere RENAME TO plugin_figures")
        .await;
    host.stopped().await;
    let mapped = database.number(MAPPED).await;
    assert!(mapped > 30, "{mapped}");
    assert_eq!(database.number(TOLD).await, mapped);
}

/// So many requests are answered, which is not all that are needed.
const ANSWERED: u64 = 60;

/// A sync that waits for its quota, and has worked off everything that it was given.
async fn waiting() -> (Workplace, Database, Child) {
    let options = Options {
        limits: Limits::of(ANSWERED),
        ..Options::default()
    };
    let place = Workplace::with(pulls(1, 100), options).await;
    let sync = place.sync(&["acme"]).with(&["--stream", "github_prs"]);
    let sync = sync.start();
    while place.github.request_count() < ANSWERED {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let database = place.database().await;
    let settled = format!(
        "SELECT (SELECT SUM(requests) FROM job_runs) >= {ANSWERED}
            AND NOT EXISTS (SELECT 1 FROM tasks WHERE queue <> 'etl.extract')"
    );
    while database.number(&settled).await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (place, database, sync)
}

async fn interrupted(mut command: Child) {
    let id = command.id().expect("it runs").to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().await;
    assert!(sent.expect("kill").success());
    let status = command.wait().await.expect("an end");
    assert_eq!(status.code(), Some(130));
}

#[tokio::test]
async fn a_sync_that_is_interrupted_tells_of_all_that_it_mapped() {
    let (_place, database, sync) = waiting().await;
    interrupted(sync).await;
    let mapped = database.number(MAPPED).await;
    assert!(mapped > 30, "{mapped}");
    assert_eq!(database.number(TOLD).await, mapped);
}

#[tokio::test]
async fn a_replay_that_is_interrupted_tells_of_all_that_it_mapped() {
    // Enough for it to be under way when it is interrupted.
    let many = Spec {
        commits: 8_000,
        ..pulls(1, 1)
    };
    let platform = Platform::new(Kind::Sqlite, many).await;
    let url = platform.github.url();
    platform
        .json(&["sync", "github", "acme", "--base-url", url])
        .await;
    let replay = platform.runnel(&["replay", "--entity", "github_commits"]);
    let replay = replay.start();
    let of_replay = "FROM job_runs r JOIN replay_parts p ON p.run_id = r.id WHERE r.state =";
    let begun = format!("SELECT COUNT(*) {of_replay} 'running' AND r.transformed > 0");
    platform.until(&begun, 1).await;
    interrupted(replay).await;
    let database = platform.database().await;
    assert_eq!(database.number(&begun).await, 1, "it goes on another time");
    assert_eq!(database.number(TOLD).await, database.number(MAPPED).await);
}

#[tokio::test]
async fn a_database_that_takes_nothing_does_not_hold_up_a_sync_that_is_interrupted() {
    let (place, _database, sync) = waiting().await;
    let url = format!("sqlite:{}", place.path("runnel.db").display());
    let mut other = SqliteConnection::connect(&url).await.expect("a connection");
    let held = other.begin_with("BEGIN IMMEDIATE").await.expect("a lock");
    let began = Instant::now();
    interrupted(sync).await;
    // The store itself would wait for half a minute.
    let took = began.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
    held.rollback().await.expect("an end");
}
