//! `runnel plugin diff`: two versions of a transform on what was read.

use runnel_e2e::{Kind, NEW_COLUMN, Outcome, Platform, components, later_prs, pulls};
use serde_json::json;

const OLD: &str = "github_prs@0.1.0";
const NEW: &str = "github_prs@2.0.0";

/// A database with what was read, and both versions in it.
async fn read(kind: Kind) -> Platform {
    let platform = Platform::new(kind, pulls(2, 120)).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    host.stopped().await;
    let own = components().join("github_prs.wasm");
    let later = later_prs("2.0.0", &platform.path("")).await;
    for file in [&own, &later] {
        platform.install(file).await;
    }
    platform
}

async fn diff(platform: &Platform, words: &[&str], status: i32) -> Outcome {
    platform
        .runnel(&[&["plugin", "diff"], words].concat())
        .run()
        .await
        .expect_status(status)
}

async fn two_versions_are_compared(kind: Kind) {
    let platform = read(kind).await;
    let before = platform.database().await.all("prs").await;

    let same = diff(&platform, &[OLD, OLD, "--json"], 0).await;
    let same = same.json();
    assert_eq!(
        (&same["records"], &same["places"]),
        (&240.into(), &json!({}))
    );

    let found = diff(&platform, &[OLD, NEW, "--json"], 1).await;
    let found = found.json();
    assert_eq!(
        (&found["records"], &found["different"]),
        (&240.into(), &0.into())
    );
    let place = &found["places"][format!("prs.{NEW_COLUMN}")];
    assert_eq!(place["count"], 240, "{found:#}");
    let sample = &place["samples"][0];
    assert!(
        sample["old"].is_null() && sample["new"].is_string(),
        "{sample}"
    );
    assert!(found["new"]["micros"].as_u64() > Some(0), "{found:#}");
    assert!(found["new"]["memory"].as_u64() > Some(0), "{found:#}");

    let few = diff(&platform, &[OLD, NEW, "--limit", "7", "--json"], 1).await;
    assert_eq!(few.json()["records"], 7);
    let none = diff(&platform, &[OLD, NEW, "--until", "2020-01-01"], 0).await;
    assert!(none.stdout.contains("nothing was compared"), "{none:?}");

    assert_eq!(platform.database().await.all("prs").await, before);
}

#[tokio::test]
async fn two_versions_are_compared_on_what_was_read_and_nothing_is_written_on_sqlite() {
    two_versions_are_compared(Kind::Sqlite).await;
}

#[tokio::test]
async fn two_versions_are_compared_on_what_was_read_and_nothing_is_written_on_postgresql() {
    two_versions_are_compared(Kind::Postgres).await;
}

#[tokio::test]
async fn mistakes_in_a_diff_name_what_there_is() {
    let platform = read(Kind::Sqlite).await;
    for (words, said) in [
        ([OLD, "github_prs@3.0.0"], "it has: 0.1.0, 2.0.0"),
        (["github_pr@1.0.0", NEW], "there are: github_prs"),
    ] {
        let outcome = diff(&platform, &words, 2).await;
        assert!(outcome.stderr.contains(said), "{outcome:?}");
    }
    let outcome = diff(&platform, &[OLD, NEW, "--since", "yesterday"], 2).await;
    assert!(
        outcome.stderr.contains("--since \"yesterday\" is no time"),
        "{outcome:?}"
    );
    let outcome = diff(&platform, &[OLD, NEW, "--tenant", "nobody"], 2).await;
    assert!(outcome.stderr.contains("there is no tenant"), "{outcome:?}");
}
