//! Versions of a plugin that are installed, activated and taken back while the
//! service runs.

use std::time::Duration;

use fake_github::Options;
use runnel_e2e::{Kind, NEW_COLUMN, Platform, Row, Workplace, later_prs, pulls};
use serde_json::{Value, json};

/// A stand-in, a database, and hosts that say what is active.
async fn platform(kind: Kind) -> Platform {
    let mut platform = Platform::new(kind, pulls(1, 12)).await;
    platform.set("RUST_LOG", "warn,runnel_control=info");
    platform
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Version 2.0.0 of the transform of pull requests, installed; its digest.
async fn installed(platform: &Platform) -> String {
    let file = later_prs("2.0.0", &platform.path("")).await;
    let file = file.to_str().expect("a path");
    let done = platform.json(&["plugin", "install", file]).await;
    assert_eq!(done["installation"], "new", "{done}");
    text(&done["digest"])
}

/// Changes these pull requests at the source, and reads all again.
async fn touched(platform: &Platform, numbers: &[u32]) {
    for number in numbers {
        platform.touch(*number, &format!("Touched {number}"));
    }
    platform.run_all_again().await;
}

/// The digest that made a pull request's row, and what its new column says.
async fn made_by(platform: &Platform, number: u32) -> (String, Value) {
    let rows = platform.database().await.all("prs").await;
    let own = |row: &&Row| row["number"] == json!(number);
    let row = rows.iter().find(own).expect("a row");
    let new = row.get(NEW_COLUMN).cloned().unwrap_or_default();
    (text(&row["transform_digest"]), new)
}

const ACTIVE: &str = "a version is active from now on";
const NO_LONGER: &str = "a version is no longer active";

/// Through the command line, with the service at work: each row says which version
/// made it, and a version that was only installed made none.
async fn swapped_and_taken_back(kind: Kind) {
    let platform = platform(kind).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    let (old, _) = made_by(&platform, 1).await;

    let new = installed(&platform).await;
    touched(&platform, &[1]).await;
    assert_eq!(made_by(&platform, 1).await, (old.clone(), Value::Null));

    platform
        .json(&["plugin", "activate", "github_prs@2.0.0"])
        .await;
    host.says(ACTIVE, 1).await;
    touched(&platform, &[2, 3]).await;
    for number in [2, 3] {
        let (by, value) = made_by(&platform, number).await;
        assert_eq!(by, new);
        assert!(value.is_string(), "{value}");
    }
    assert_eq!(made_by(&platform, 4).await, (old.clone(), Value::Null));

    let switch = platform.json(&["plugin", "rollback", "github_prs"]).await;
    assert_eq!(
        (&switch["from"], &switch["to"]),
        (&json!("2.0.0"), &Value::Null)
    );
    host.says(NO_LONGER, 1).await;
    touched(&platform, &[4]).await;
    assert_eq!(made_by(&platform, 4).await, (old, Value::Null));
    assert_eq!(made_by(&platform, 2).await.0, new);
    let acts = "SELECT COUNT(*) FROM audit_log WHERE subject = 'github_prs@2.0.0'";
    assert_eq!(platform.database().await.number(acts).await, 3);
    host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_a_running_service_goes_over_to_a_version_and_back() {
    swapped_and_taken_back(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgres_a_running_service_goes_over_to_a_version_and_back() {
    swapped_and_taken_back(Kind::Postgres).await;
}

#[tokio::test]
async fn two_hosts_go_over_to_a_version_within_a_second() {
    let platform = platform(Kind::Postgres).await;
    platform.add("acme").await;
    let hosts = [platform.host().start().await, platform.host().start().await];
    platform.all_succeeded().await;
    installed(&platform).await;
    let mut took = Vec::new();
    for round in 1..=3 {
        for (command, words) in [("activate", ACTIVE), ("rollback", NO_LONGER)] {
            let of = if command == "activate" {
                "github_prs@2.0.0"
            } else {
                "github_prs"
            };
            platform.json(&["plugin", command, of]).await;
            let waited = [
                hosts[0].says(words, round).await,
                hosts[1].says(words, round).await,
            ];
            took.push(waited[0] + waited[1]);
        }
    }
    // Of several, since this machine does other things meanwhile.
    took.sort();
    assert!(took[took.len() / 2] < Duration::from_secs(1), "{took:?}");
    for host in hosts {
        host.stopped().await;
    }
}

#[tokio::test]
async fn a_tenants_activation_is_that_tenants_alone() {
    let platform = platform(Kind::Postgres).await;
    platform.json(&["tenant", "add", "other"]).await;
    platform.add("acme").await;
    let own = platform.integration("acme").with(&["--tenant", "other"]);
    own.run().await.expect_status(0);
    let new = installed(&platform).await;
    let activate = [
        "plugin",
        "activate",
        "github_prs@2.0.0",
        "--tenant",
        "other",
    ];
    platform.json(&activate).await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    let database = platform.database().await;
    let rows = "SELECT COUNT(*) FROM prs p JOIN tenants t ON t.id = p.tenant_id";
    let made = format!("{rows} WHERE (t.name = 'other') = (p.transform_digest = '{new}')");
    assert_eq!(database.number(&made).await, 24);
    let filled = format!("{rows} WHERE (t.name = 'other') = (p.{NEW_COLUMN} IS NOT NULL)");
    assert_eq!(database.number(&filled).await, 24);
    host.stopped().await;
}

#[tokio::test]
async fn a_component_that_was_changed_in_the_database_is_named_and_not_used() {
    let platform = platform(Kind::Sqlite).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    let (old, _) = made_by(&platform, 1).await;
    let new = installed(&platform).await;
    let tamper = "UPDATE plugin_versions SET component = CAST('evil' AS BLOB)";
    platform.database().await.execute(tamper).await;
    platform
        .json(&["plugin", "activate", "github_prs@2.0.0"])
        .await;
    host.says("was changed after it was installed", 1).await;
    let log = host.log();
    assert!(
        log.contains("github_prs@2.0.0") && log.contains(&new),
        "{log}"
    );
    touched(&platform, &[1]).await;
    assert_eq!(made_by(&platform, 1).await.0, old);
    host.stopped().await;
}

#[tokio::test]
async fn a_sync_goes_by_what_is_active_in_its_database() {
    let place = Workplace::with(pulls(1, 12), Options::default()).await;
    let file = later_prs("2.0.0", &place.path("")).await;
    let runnel = |arguments: &[&str]| {
        let mut command = std::process::Command::new(runnel_e2e::binary());
        let output = command.args(arguments).current_dir(place.path("")).output();
        let output = output.expect("runnel runs");
        assert!(output.status.success(), "{output:?}");
    };
    runnel(&["plugin", "install", file.to_str().expect("a path")]);
    runnel(&["plugin", "activate", "github_prs@2.0.0"]);
    place.synced(&["acme"]).await;
    let database = place.database().await;
    let filled = format!("SELECT COUNT(*) FROM prs WHERE {NEW_COLUMN} IS NOT NULL");
    assert_eq!(database.number(&filled).await, 12);
    let digests =
        "SELECT COUNT(*) FROM prs p JOIN plugin_versions v ON v.digest = p.transform_digest";
    assert_eq!(database.number(digests).await, 12);
}

#[tokio::test]
async fn what_a_sync_has_read_is_replayed_without_its_token_and_the_next_sync_goes_on() {
    let place = Workplace::with(pulls(1, 12), Options::default()).await;
    place.synced(&["acme"]).await;
    let later = later_prs("2.0.0", &place.path("")).await;
    let runnel = |words: &[&str]| {
        let mut command = std::process::Command::new(runnel_e2e::binary());
        let output = command.args(words).current_dir(place.path("")).output();
        let output = output.expect("runnel runs");
        assert!(output.status.success(), "{output:?}");
    };
    runnel(&["plugin", "install", later.to_str().expect("a path")]);
    runnel(&["plugin", "activate", "github_prs@2.0.0"]);
    let before = place.github.request_count();
    runnel(&["replay", "--entity", "github_prs"]);
    assert_eq!(place.github.request_count(), before);
    let filled = format!("SELECT COUNT(*) FROM prs WHERE {NEW_COLUMN} IS NOT NULL");
    assert_eq!(place.database().await.number(&filled).await, 12);
    let next = place.synced(&["acme"]).await;
    assert_eq!(next.total("loaded"), 0);
}
