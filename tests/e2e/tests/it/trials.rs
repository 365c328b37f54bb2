//! Versions that are tried beside the active one while the service runs: in its
//! shadow, and as canaries.

use runnel_e2e::{Host, Kind, NEW_COLUMN, Platform, Row, changed_prs, later_prs, pulls};
use serde_json::{Value, json};

const PULLS: u32 = 60;

/// A version that has one column more.
const LATER: &str = "2.0.0";
/// A version that takes the node id for the title.
const OTHER: &str = "3.0.0";
/// A version that can map nothing.
const BROKEN: &str = "4.0.0";

/// A platform whose pull requests were all read, with a service at work, and the
/// digest of the version that made the rows.
async fn working(kind: Kind) -> (Platform, Host, String) {
    let mut platform = Platform::new(kind, pulls(1, PULLS)).await;
    platform.set("RUST_LOG", "warn,runnel_control=info");
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    let rows = platform.database().await.all("prs").await;
    let digest = text(&rows[0]["transform_digest"]);
    (platform, host, digest)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Installs a version; its digest.
async fn installed(platform: &Platform, version: &str) -> String {
    let folder = platform.path("");
    let title = "    title: String,\n";
    let file = match version {
        LATER => later_prs(LATER, &folder).await,
        OTHER => {
            let by = format!("    #[from(\"node_id\")]\n{title}");
            changed_prs(OTHER, &[(title, &by)], &folder).await
        }
        _ => {
            let by = format!("    #[from(\"nowhere\")]\n{title}");
            changed_prs(BROKEN, &[(title, &by)], &folder).await
        }
    };
    platform.install(&file).await
}

/// Begins a trial, and waits until the host knows of it; its number.
async fn tried(platform: &Platform, host: &Host, version: &str, how: &[&str]) -> String {
    let known = host.log().matches(TRIED).count();
    let of = format!("github_prs@{version}");
    let begun = platform
        .json(&[&["plugin", "activate", &of], how].concat())
        .await;
    host.says(TRIED, known + 1).await;
    begun["trial"].to_string()
}

const TRIED: &str = "a version is tried from now on";
const NO_LONGER: &str = "a version is no longer tried";

/// Changes every pull request at the source, and reads all again.
async fn touched(platform: &Platform, round: u32) {
    for number in 1..=PULLS {
        platform.touch(number, &format!("Round {round}"));
    }
    platform.run_all_again().await;
}

async fn rows(platform: &Platform) -> Vec<Row> {
    platform.database().await.all("prs").await
}

/// The numbers of the pull requests that this version made the rows of.
fn made_by(rows: &[Row], digest: &str) -> Vec<u64> {
    let own = rows.iter().filter(|row| row["transform_digest"] == digest);
    let mut numbers: Vec<u64> = own
        .map(|row| row["number"].as_u64().expect("one"))
        .collect();
    numbers.sort_unstable();
    numbers
}

async fn a_shadow_leaves_no_trace(kind: Kind) {
    let (platform, host, active) = working(kind).await;
    installed(&platform, OTHER).await;
    let trial = tried(&platform, &host, OTHER, &["--shadow"]).await;
    touched(&platform, 1).await;

    let rows = rows(&platform).await;
    assert_eq!(made_by(&rows, &active).len(), PULLS as usize);
    assert!(rows.iter().all(|row| row["title"] == "Round 1"), "{rows:?}");
    let shown = platform.json(&["plugin", "trial", &trial]).await;
    assert_eq!(
        (&shown["state"], &shown["kind"]),
        (&json!("running"), &json!("shadow"))
    );
    let report = &shown["report"];
    assert_eq!(
        (&report["records"], &report["different"]),
        (&json!(PULLS), &json!(PULLS))
    );
    assert_eq!(report["broken"], 0, "{report:#}");
    let title = &report["places"]["prs.title"];
    assert_eq!(title["count"], json!(PULLS), "{report:#}");
    let sample = &title["samples"][0];
    assert_eq!(sample["old"], "\"Round 1\"", "{sample}");
    let raw = "SELECT COUNT(*) FROM raw_data WHERE stream = 'github_prs' AND id =";
    let raw = format!("{raw} {}", sample["raw_data_id"]);
    assert_eq!(platform.database().await.number(&raw).await, 1);
    for version in ["old", "new"] {
        assert!(report[version]["micros"].as_u64() > Some(0), "{report:#}");
        assert!(report[version]["memory"].as_u64() > Some(0), "{report:#}");
    }
    host.stopped().await;
}

#[tokio::test]
async fn a_shadow_maps_the_same_records_and_leaves_no_trace_in_the_tables_on_sqlite() {
    a_shadow_leaves_no_trace(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_shadow_maps_the_same_records_and_leaves_no_trace_in_the_tables_on_postgresql() {
    a_shadow_leaves_no_trace(Kind::Postgres).await;
}

/// The same records each time, more of them with a larger share, and at last all.
async fn a_canary_grows_until_it_is_active(kind: Kind) {
    let (platform, host, active) = working(kind).await;
    let new = installed(&platform, LATER).await;
    let mut before: Vec<u64> = Vec::new();
    for (round, percent) in [(1, "30"), (2, "30"), (3, "70")] {
        let trial = tried(&platform, &host, LATER, &["--canary", percent]).await;
        touched(&platform, round).await;
        let rows = rows(&platform).await;
        let own = made_by(&rows, &new);
        assert_eq!(own.len() + made_by(&rows, &active).len(), PULLS as usize);
        assert!(!own.is_empty() && own.len() < PULLS as usize, "{own:?}");
        assert!(
            before.iter().all(|number| own.contains(number)),
            "{before:?} {own:?}"
        );
        assert_eq!(round == 2, before == own);
        let filled = rows.iter().filter(|row| row[NEW_COLUMN].is_string());
        assert_eq!(filled.count(), own.len());
        let title = format!("Round {round}");
        assert!(rows.iter().all(|row| row["title"] == *title), "{rows:?}");
        let report = platform.json(&["plugin", "trial", &trial]).await;
        assert_eq!(report["report"]["records"], json!(own.len()), "{report:#}");
        assert_eq!(report["report"]["different"], 0, "{report:#}");
        before = own;
    }
    platform
        .json(&["plugin", "activate", "github_prs@2.0.0"])
        .await;
    host.says(NO_LONGER, 3).await;
    touched(&platform, 4).await;
    assert_eq!(made_by(&rows(&platform).await, &new).len(), PULLS as usize);
    let trials = platform.json(&["plugin", "trials", "github_prs"]).await;
    let states: Vec<&Value> = trials
        .as_array()
        .expect("trials")
        .iter()
        .map(|t| &t["state"])
        .collect();
    assert_eq!(states, ["promoted", "replaced", "replaced"]);
    host.stopped().await;
}

#[tokio::test]
async fn a_canary_has_the_same_records_each_time_and_at_last_all_on_sqlite() {
    a_canary_grows_until_it_is_active(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_canary_has_the_same_records_each_time_and_at_last_all_on_postgresql() {
    a_canary_grows_until_it_is_active(Kind::Postgres).await;
}

/// Nothing is lost: what the tried version cannot map the active one does.
async fn a_trial_that_fails_ends_by_itself(kind: Kind, how: &[&str]) {
    let (platform, host, active) = working(kind).await;
    installed(&platform, BROKEN).await;
    let trial = tried(&platform, &host, BROKEN, how).await;
    touched(&platform, 1).await;
    host.says("the trial is broken off", 1).await;
    host.says(NO_LONGER, 1).await;
    let shown = platform.json(&["plugin", "trial", &trial]).await;
    assert_eq!(shown["state"], "rolled_back", "{shown:#}");
    let reason = text(&shown["reason"]);
    assert!(reason.contains("more than 1 %"), "{reason}");
    let rows = rows(&platform).await;
    assert_eq!(made_by(&rows, &active).len(), PULLS as usize);
    assert!(rows.iter().all(|row| row["title"] == "Round 1"), "{rows:?}");
    let database = platform.database().await;
    assert_eq!(
        database.number("SELECT COUNT(*) FROM dead_letters").await,
        0
    );
    let said =
        "SELECT COUNT(*) FROM audit_log WHERE actor = 'runnel' AND action = 'plugin.break_off'";
    assert_eq!(database.number(said).await, 1);
    host.stopped().await;
}

#[tokio::test]
async fn a_shadow_that_cannot_map_what_the_active_one_can_ends_by_itself() {
    a_trial_that_fails_ends_by_itself(Kind::Sqlite, &["--shadow"]).await;
}

#[tokio::test]
async fn a_canary_that_cannot_map_what_the_active_one_can_ends_by_itself_and_costs_no_record() {
    a_trial_that_fails_ends_by_itself(Kind::Postgres, &["--canary", "50"]).await;
}

#[tokio::test]
async fn a_canary_that_differs_too_often_ends_by_itself() {
    let (platform, host, active) = working(Kind::Sqlite).await;
    installed(&platform, OTHER).await;
    let how = ["--canary", "50", "--max-differences", "5"];
    let trial = tried(&platform, &host, OTHER, &how).await;
    touched(&platform, 1).await;
    host.says(NO_LONGER, 1).await;
    let shown = platform
        .runnel(&["plugin", "trial", &trial])
        .run()
        .await
        .expect_status(0);
    assert!(shown.stdout.contains("rolled back: "), "{}", shown.stdout);
    assert!(
        shown.stdout.contains("mapped differently: more than 5 %"),
        "{}",
        shown.stdout
    );
    // From then on the active version has them all.
    touched(&platform, 2).await;
    let rows = rows(&platform).await;
    assert_eq!(made_by(&rows, &active).len(), PULLS as usize);
    assert!(rows.iter().all(|row| row["title"] == "Round 2"), "{rows:?}");
    host.stopped().await;
}

#[tokio::test]
async fn mistakes_with_trials_are_answered_in_one_line() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, PULLS)).await;
    installed(&platform, LATER).await;
    for (words, said) in [
        (
            vec!["activate", "github_prs@2.0.0", "--canary", "101"],
            "101",
        ),
        (
            vec!["activate", "github_prs@2.0.0", "--canary", "5", "--shadow"],
            "cannot be used with",
        ),
        (
            vec!["activate", "github_prs@2.0.0", "--max-errors", "2"],
            "--shadow",
        ),
        (
            vec![
                "activate",
                "github_prs@2.0.0",
                "--shadow",
                "--max-errors",
                "2%",
            ],
            "such as 0.5",
        ),
        (vec!["trial", "7"], "`runnel plugin trials` lists"),
        (vec!["trials", "Github"], "is no name"),
        (vec!["trials", "github_prz"], "there are: github_prs"),
    ] {
        let command = [&["plugin"], &words[..]].concat();
        let outcome = platform.runnel(&command).run().await.expect_status(2);
        assert!(outcome.stderr.contains(said), "{outcome:?}");
    }
}
