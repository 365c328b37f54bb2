//! `runnel table`: columns that nothing fills any more.

use runnel_e2e::{Host, Kind, NEW_COLUMN, Outcome, Platform, later_prs, pulls};
use serde_json::{Value, json};

/// A version with a column more was active, and was rolled back and retired.
async fn with_a_column_too_many(kind: Kind) -> (Platform, Host) {
    let platform = Platform::new(kind, pulls(1, 12)).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    let later = later_prs("2.0.0", &platform.path("")).await;
    platform.install(&later).await;
    platform
        .json(&["plugin", "activate", "github_prs@2.0.0"])
        .await;
    platform.json(&["replay", "--entity", "github_prs"]).await;
    platform.json(&["plugin", "rollback", "github_prs"]).await;
    (platform, host)
}

async fn prune(platform: &Platform, words: &[&str], status: i32) -> Outcome {
    let call = platform.runnel(&["table", "prune"]).with(words);
    call.run().await.expect_status(status)
}

async fn unused(platform: &Platform) -> Value {
    let tables = platform.json(&["table", "list"]).await;
    let mut tables = tables.as_array().expect("a list").iter();
    let prs = tables.find(|table| table["table"] == "prs");
    prs.expect("the table")["unused"].clone()
}

async fn dropped_when_it_is_said(kind: Kind) {
    let (platform, host) = with_a_column_too_many(kind).await;
    assert_eq!(unused(&platform).await, json!([]));
    let kept = prune(&platform, &["prs", "--column", NEW_COLUMN], 2).await;
    assert!(
        kept.stderr.contains("github_prs@2.0.0 still needs it"),
        "{kept:?}"
    );
    platform
        .json(&["plugin", "retire", "github_prs@2.0.0"])
        .await;
    assert_eq!(unused(&platform).await, json!([NEW_COLUMN]));
    let before = platform.database().await.all("prs").await;
    let shown = prune(&platform, &["prs"], 0).await;
    assert!(
        shown
            .stdout
            .contains("nothing was dropped: --yes drops them"),
        "{shown:?}"
    );
    assert_eq!(platform.database().await.all("prs").await, before);
    prune(&platform, &["prs", "--yes"], 0).await;
    let mut expected = before;
    for row in &mut expected {
        assert!(row.remove(NEW_COLUMN).is_some());
    }
    assert_eq!(platform.database().await.all("prs").await, expected);
    let acts = "SELECT COUNT(*) FROM audit_log WHERE action = 'table.prune'";
    assert_eq!(platform.database().await.number(acts).await, 1);
    // The service goes on.
    platform.run_all_again().await;
    host.stopped().await;
}

#[tokio::test]
async fn a_column_that_nothing_declares_is_shown_and_dropped_when_it_is_said_on_sqlite() {
    dropped_when_it_is_said(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_column_that_nothing_declares_is_shown_and_dropped_when_it_is_said_on_postgresql() {
    dropped_when_it_is_said(Kind::PostgresAndRabbit).await;
}

#[tokio::test]
async fn what_is_needed_is_not_dropped_and_mistakes_name_what_there_is() {
    let (platform, host) = with_a_column_too_many(Kind::Sqlite).await;
    for (words, said) in [
        (&["prs", "--column", "id", "--yes"][..], "the host's own"),
        (&["prs", "--column", "external_id", "--yes"], "key"),
        (&["prs", "--column", "updated_at", "--yes"], "newer"),
        (
            &["prs", "--column", "title", "--yes"],
            "of a plugins folder",
        ),
        (&["prs", "--column", "titel", "--yes"], "it has: "),
        (&["pulls", "--yes"], "there are: "),
        (&["tasks", "--yes"], "no table tasks of a plugin"),
        (&["Prs"], "TABLE"),
    ] {
        let outcome = prune(&platform, words, 2).await;
        assert!(outcome.stderr.contains(said), "{words:?}: {outcome:?}");
    }
    let nothing = prune(&platform, &["prs", "--yes"], 0).await;
    assert!(
        nothing.stdout.contains("nothing is to be dropped"),
        "{nothing:?}"
    );
    host.stopped().await;
}
