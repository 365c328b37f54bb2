//! One account's budget is everybody's, and nobody's sync starves another's.

use std::time::Duration;

use fake_github::{FakeGithub, Limits, Options, Secondary, Server, Spec};
use runnel_e2e::{Host, Kind, Platform, undisturbed};
use serde_json::Value;

fn spec() -> Spec {
    Spec {
        repositories: 2,
        pulls: 25,
        commits: 20,
        issues: 0,
        special: false,
        ..Spec::default()
    }
}

async fn three_workers(platform: &Platform) -> Vec<Host> {
    platform.add("acme").await;
    let rest = platform.host().roles("scheduler,relay");
    let mut hosts = vec![rest.spawn()];
    hosts.extend((0..3).map(|_| platform.host().roles("worker").spawn()));
    hosts
}

fn refused(github: &Server) -> usize {
    let refusals = [403, 429];
    let requests = github.requests();
    requests
        .iter()
        .filter(|request| refusals.contains(&request.status))
        .count()
}

/// Waits until the account is closed, and answers what is said of it.
async fn closed_account(platform: &Platform) -> Value {
    let closed =
        "SELECT COUNT(*) FROM quotas WHERE closed_until IS NOT NULL AND closed_until / 1000000 >
        EXTRACT(EPOCH FROM clock_timestamp()) + 2";
    platform.until(closed, 1).await;
    let quotas = platform.json(&["quota", "list"]).await;
    quotas[0].clone()
}

#[tokio::test]
async fn a_primary_limit_that_is_used_up_stops_all_processes_until_it_is_reset() {
    let limits = Limits {
        window: Duration::from_secs(15),
        ..Limits::of(60)
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let platform = Platform::with(Kind::PostgresAndRabbit, spec(), options).await;
    let hosts = three_workers(&platform).await;
    let quota = closed_account(&platform).await;
    assert_eq!(quota["limit"], 60, "{quota}");
    assert_eq!(quota["host"], "127.0.0.1", "{quota}");
    assert!(quota["closed_until"].is_string(), "{quota}");

    platform
        .json(&["job", "run", "github_repositories_1"])
        .await;
    let job = platform
        .json(&["job", "show", "github_repositories_1"])
        .await;
    let waits = job["waits"][0]["for"].as_array().expect("waits");
    let for_the_limit = waits.iter().any(|wait| wait["for"] == "rate_limit");
    assert!(for_the_limit, "{job:#}");

    // The rest comes after the reset: enough is left then.
    platform.github.set_limits(Limits::default());
    platform.all_succeeded().await;
    platform.has(&undisturbed(spec(), "acme").await).await;
    let refused = refused(&platform.github);
    assert!(
        refused <= 12,
        "{refused} requests although nothing was left"
    );
    drop(hosts);
}

#[tokio::test]
async fn retry_after_of_the_secondary_limit_closes_the_account_for_all_processes() {
    let options = Options {
        secondary: Some(Secondary {
            retry_after: Some(6),
            ..Secondary::default()
        }),
        latency: Duration::from_millis(20),
        ..Options::default()
    };
    let platform = Platform::with(Kind::PostgresAndRabbit, spec(), options).await;
    let hosts = three_workers(&platform).await;
    let records = "SELECT COUNT(*) FROM raw_data WHERE stream = 'github_prs'";
    platform.until(records, 5).await;
    platform.github.trip_secondary_limit(1);
    let quota = closed_account(&platform).await;
    assert!(quota["reason"].is_string(), "{quota}");
    // Whoever had not heard has by now.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = platform.github.request_count();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let sent = platform.github.request_count() - before;
    assert_eq!(sent, 0, "{sent} requests while the account was closed");
    platform.all_succeeded().await;
    platform.has(&undisturbed(spec(), "acme").await).await;
    assert_eq!(refused(&platform.github), 1);
    drop(hosts);
}

#[tokio::test]
async fn a_tenants_sync_of_thousands_of_requests_does_not_starve_another_tenants() {
    let long = Spec {
        repositories: 20,
        pulls: 100,
        ..spec()
    };
    let slow = Options {
        latency: Duration::from_millis(10),
        ..Options::default()
    };
    let platform = Platform::with(Kind::PostgresAndRabbit, long, slow).await;
    let short = Spec {
        repositories: 1,
        pulls: 10,
        ..spec()
    };
    let small = FakeGithub::start(short, Options::default()).await;
    let small = small.expect("a stand-in");
    for tenant in ["large", "small"] {
        platform.json(&["tenant", "add", tenant]).await;
    }
    let large = platform.integration("acme").with(&["--tenant", "large"]);
    large.run().await.expect_status(0);
    let host = platform.host().start().await;
    let of_large = "SELECT COUNT(*) FROM raw_data WHERE stream = 'github_prs' AND tenant_id =
        (SELECT id FROM tenants WHERE name = 'large')";
    platform.until(of_large, 50).await;

    let url = small.url();
    let add = platform.runnel(&[
        "integration",
        "add",
        "--tenant",
        "small",
        "--source",
        "github",
    ]);
    let add = add.with(&["--base-url", url, "--scope", "acme"]);
    add.run().await.expect_status(0);
    let of_small =
        "SELECT COUNT(DISTINCT r.job_id) FROM job_runs r JOIN tenants t ON t.id = r.tenant_id
        WHERE t.name = 'small' AND r.state = 'succeeded'";
    platform.until(of_small, 5).await;
    let under_way = "SELECT COUNT(*) FROM job_runs r JOIN tenants t ON t.id = r.tenant_id
        WHERE t.name = 'large' AND r.state = 'running'";
    let database = platform.database().await;
    assert!(
        database.number(under_way).await > 0,
        "the large one has ended too"
    );
    drop(host);
}
