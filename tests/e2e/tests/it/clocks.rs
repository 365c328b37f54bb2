//! On PostgreSQL the server's clock is the one that counts: the clocks of hosts
//! may be wrong, and may jump.

use std::{path::Path, process::Command, time::Duration};

use fake_github::{Options, Spec};
use runnel_e2e::{HostCall, Kind, Platform, undisturbed};

const TWO_DAYS: i64 = 2 * 24 * 60 * 60;

fn spec() -> Spec {
    Spec {
        repositories: 2,
        pulls: 25,
        commits: 30,
        special: false,
        ..Spec::default()
    }
}

/// Compiles what is preloaded.
fn library(platform: &Platform) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("clock/jump.c");
    let library = platform.path("jump.so");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(source)
        .status();
    assert!(compiled.is_ok_and(|status| status.success()), "cc");
    library.display().to_string()
}

fn jumps(host: HostCall, library: &str, file: &str, seconds: i64) -> HostCall {
    host.variable("LD_PRELOAD", library)
        .variable("JUMP_FILE", file)
        .variable("JUMP_SECONDS", &seconds.to_string())
}

#[tokio::test]
async fn hosts_whose_clocks_jump_by_days_change_no_row_and_start_no_run() {
    let slow = Options {
        latency: Duration::from_millis(30),
        ..Options::default()
    };
    let platform = Platform::with(Kind::PostgresAndRabbit, spec(), slow).await;
    platform.add("acme").await;
    let library = library(&platform);
    let now = platform.path("now");
    let file = now.display().to_string();
    let ahead = jumps(platform.host(), &library, &file, TWO_DAYS);
    let behind = jumps(platform.host(), &library, &file, -TWO_DAYS);
    let hosts = [ahead.start().await, behind.start().await];
    let records = "SELECT COUNT(*) FROM raw_data WHERE stream = 'github_prs'";
    platform.until(records, 10).await;
    std::fs::write(&now, "").expect("a file");

    platform.all_succeeded().await;
    platform.has(&undisturbed(spec(), "acme").await).await;
    // Nobody took a running task for one whose worker is gone, no job for due.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let database = platform.database().await;
    assert_eq!(database.number("SELECT COUNT(*) FROM job_runs").await, 5);
    for host in &hosts {
        let log = host.log();
        assert!(!log.contains("taken from workers"), "{log}");
    }
    for host in hosts {
        host.stopped().await;
    }
}

/// The library does what it is there for.
#[tokio::test]
async fn the_clock_of_a_process_can_be_made_to_jump() {
    let platform = Platform::new(Kind::Sqlite, spec()).await;
    let library = library(&platform);
    let file = platform.path("now");
    std::fs::write(&file, "").expect("a file");
    let file = file.display().to_string();
    let date = |seconds: i64| {
        let said = Command::new("date")
            .args(["-u", "+%s"])
            .env("LD_PRELOAD", &library)
            .env("JUMP_FILE", &file)
            .env("JUMP_SECONDS", seconds.to_string())
            .output()
            .expect("date");
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        said.trim().parse::<i64>().expect("a number")
    };
    let jumped = date(TWO_DAYS) - date(0);
    assert!(
        (TWO_DAYS - 60..=TWO_DAYS + 60).contains(&jumped),
        "{jumped}"
    );
    // SQLite's clock is the process's: a database that is made now says so.
    let add = platform
        .runnel(&["tenant", "add", "early"])
        .variable("LD_PRELOAD", &library)
        .variable("JUMP_FILE", &file)
        .variable("JUMP_SECONDS", &TWO_DAYS.to_string());
    add.run().await.expect_status(0);
    let database = platform.database().await;
    let ahead = "SELECT MAX(created_at) / 1000000 - unixepoch() FROM tenants";
    let ahead = database.number(ahead).await;
    assert!((TWO_DAYS - 60..=TWO_DAYS).contains(&ahead), "{ahead}");
}
