//! Tokens: never stored in plain text, sent, found nowhere, and mended.

use std::time::Duration;

use fake_github::{Options, Spec};
use runnel_e2e::{Host, Kind, Platform, undisturbed};

const TOKEN: &str = "ghp_0a1b2c3d4e5f60718293";
const WRONG: &str = "ghp_ffffffffffffffffffff";

fn spec() -> Spec {
    Spec {
        repositories: 1,
        pulls: 10,
        commits: 10,
        issues: 0,
        special: false,
        ..Spec::default()
    }
}

async fn platform(kind: Kind) -> Platform {
    let options = Options {
        tokens: vec![(TOKEN.to_owned(), "me".to_owned())],
        ..Options::default()
    };
    Platform::with(kind, spec(), options).await
}

async fn new_key(platform: &Platform) -> String {
    let made = platform.runnel(&["key", "new"]).run().await;
    made.expect_status(0).stdout.trim().to_owned()
}

async fn store(platform: &Platform, token: &str) {
    let add = platform
        .integration("acme")
        .with(&["--token-env", "A_TOKEN"])
        .variable("A_TOKEN", token);
    add.run().await.expect_status(0);
}

#[tokio::test]
async fn without_a_key_a_token_is_refused_and_nothing_is_stored() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let platform = platform(kind).await;
        let add = platform
            .integration("acme")
            .with(&["--token-env", "A_TOKEN"])
            .variable("A_TOKEN", TOKEN);
        let refused = add.run().await.expect_status(1);
        assert!(
            refused.stderr.contains("runnel key new"),
            "{}",
            refused.stderr
        );
        assert!(!refused.stderr.contains(TOKEN));
        let database = platform.database().await;
        for table in ["integrations", "credentials", "etl_jobs", "data_keys"] {
            let rows = format!("SELECT COUNT(*) FROM {table}");
            assert_eq!(database.number(&rows).await, 0, "{table}");
        }
    }
}

/// The token is in no file of the test's folder: database, logs.
fn nowhere(platform: &Platform, host: &Host) {
    assert!(!host.log().contains(TOKEN), "{}", host.log());
    for entry in std::fs::read_dir(platform.path("")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let found = bytes
            .windows(TOKEN.len())
            .any(|window| window == TOKEN.as_bytes());
        assert!(!found, "{}", path.display());
    }
}

#[tokio::test]
async fn a_token_is_sent_with_every_request_and_is_nowhere_to_be_found() {
    let mut platform = platform(Kind::Sqlite).await;
    let key = new_key(&platform).await;
    platform.set("RUNNEL_KEYS", &key);
    platform.set("RUST_LOG", "trace");
    let add = platform
        .integration("acme")
        .with(&["--token-stdin"])
        .input(&format!("{TOKEN}\n"));
    let added = add.run().await.expect_status(0);
    assert!(!added.stdout.contains(TOKEN) && !added.stderr.contains(TOKEN));
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    assert!(platform.github.requests().iter().all(|r| r.authorized));
    platform.has(&undisturbed(spec(), "acme").await).await;
    nowhere(&platform, &host);
    let shown = platform.json(&["integration", "show", "github"]).await;
    assert_eq!(shown["has_credential"], true);
    assert!(!shown.to_string().contains(TOKEN));
    let config = platform.runnel(&["config"]).run().await.expect_status(0);
    assert!(!config.stdout.contains(&key), "{}", config.stdout);
}

#[tokio::test]
async fn after_a_rotation_the_old_key_may_go() {
    let mut platform = platform(Kind::Postgres).await;
    let (old, new) = (new_key(&platform).await, new_key(&platform).await);
    platform.set("RUNNEL_KEYS", &old);
    store(&platform, TOKEN).await;

    platform.set("RUNNEL_KEYS", &format!("{new},{old}"));
    let rotated = platform.json(&["key", "rotate"]).await;
    assert_eq!(rotated["rotated"], 1);
    let again = platform.json(&["key", "rotate"]).await;
    assert_eq!(again["rotated"], 0);

    platform.set("RUNNEL_KEYS", &new);
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    platform.has(&undisturbed(spec(), "acme").await).await;
    drop(host);

    platform.set("RUNNEL_KEYS", &old);
    let test = platform.runnel(&["integration", "test", "github"]);
    let refused = test.run().await.expect_status(1);
    assert!(refused.stderr.contains("key"), "{}", refused.stderr);
}

#[tokio::test]
async fn a_wrong_token_fails_the_run_with_one_clear_problem_and_a_good_one_heals_it() {
    let mut platform = platform(Kind::Postgres).await;
    let key = new_key(&platform).await;
    platform.set("RUNNEL_KEYS", &key);
    store(&platform, WRONG).await;
    let test = platform.runnel(&["integration", "test", "github"]);
    let refused = test.run().await.expect_status(1);
    assert!(refused.stderr.contains("401"), "{}", refused.stderr);

    let host = platform.host().start().await;
    platform
        .until("SELECT COUNT(*) FROM job_runs WHERE state = 'failed'", 1)
        .await;
    let runs = platform.json(&["run", "list"]).await;
    let id = runs[0]["id"].to_string();
    let run = platform.json(&["run", "show", &id]).await;
    let problems = run["problems"].as_array().expect("problems");
    assert_eq!(problems.len(), 1, "{run:#}");
    let problem = problems[0].to_string();
    assert!(
        problem.contains("401") && !problem.contains(WRONG),
        "{problem}"
    );
    let job = platform
        .json(&["job", "show", "github_repositories_1"])
        .await;
    assert_eq!(job["waits"][0]["for"][0]["for"], "backoff", "{job:#}");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let database = platform.database().await;
    assert_eq!(database.number("SELECT COUNT(*) FROM job_runs").await, 1);

    store(&platform, TOKEN).await;
    platform
        .json(&["job", "run", "github_repositories_1"])
        .await;
    platform.all_succeeded().await;
    platform.has(&undisturbed(spec(), "acme").await).await;
    assert!(!host.log().contains(WRONG), "{}", host.log());
}
