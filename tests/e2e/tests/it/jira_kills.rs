//! A sync of Jira, or a census of it, that is killed at any moment is gone on with by
//! the same command, and ends with the tables of an undisturbed one.

use std::time::{Duration, Instant};

use fake_jira::{Edit, Options, Spec};
use runnel_e2e::JiraPlace;
use serde_json::Value;

const PROJECTS: [&str; 2] = ["ACME", "BETA"];
const KILLS: u32 = 6;

/// What is to be the same however often it was killed: each row's key.
const KEYS: [(&str, &str); 9] = [
    ("jira_projects", "external_id"),
    ("issues", "external_id"),
    ("issue_sprints", "issue_id || '/' || sprint_id"),
    ("issue_changelogs", "external_id"),
    ("issue_comments", "external_id"),
    ("issue_worklogs", "external_id"),
    ("boards", "external_id"),
    ("sprints", "external_id"),
    ("custom_fields", "external_id"),
];

async fn place() -> JiraPlace {
    let spec = Spec {
        issues: 40,
        custom_fields: 8,
        ..Spec::default()
    };
    // A little latency, so that there is a middle to be killed in.
    let options = Options {
        latency: Duration::from_millis(2),
        ..Options::default()
    };
    JiraPlace::new(spec, options).await
}

async fn keys(place: &JiraPlace) -> Vec<Vec<Value>> {
    let database = place.database().await;
    let mut all = Vec::new();
    for (table, key) in KEYS {
        let keys = format!("SELECT {key} FROM {table} ORDER BY 1");
        all.push(database.query(&keys).await);
    }
    all
}

/// Reads everything, then everything again after an issue was deleted. Answers how
/// long the second time took.
async fn undisturbed(place: &JiraPlace) -> Duration {
    place.synced(&PROJECTS).await;
    delete(place);
    let started = Instant::now();
    let census = place.sync(&PROJECTS).with(&["--full"]);
    census.run().await.expect_status(0);
    started.elapsed()
}

fn delete(place: &JiraPlace) {
    let issue = "ACME-3".to_owned();
    place
        .jira
        .edit(Edit::DeleteIssue { issue })
        .expect("an issue");
}

/// Starts a sync so many times, and kills it each time a little later.
async fn kill(place: &JiraPlace, options: &[&str], took: Duration) {
    for step in 1..=KILLS {
        let mut child = place.sync(&PROJECTS).with(options).start();
        tokio::time::sleep(took * step / (KILLS + 1)).await;
        child.start_kill().expect("a kill");
        child.wait().await.expect("an end");
    }
}

#[tokio::test]
async fn killed_at_any_moment_the_tables_are_those_of_an_undisturbed_run() {
    let quiet = place().await;
    let took = undisturbed(&quiet).await;
    let expected = keys(&quiet).await;
    let place = place().await;
    kill(&place, &[], took).await;
    place.synced(&PROJECTS).await;
    delete(&place);
    kill(&place, &["--full"], took).await;
    let census = place.sync(&PROJECTS).with(&["--full"]);
    census.run().await.expect_status(0);
    assert_eq!(keys(&place).await, expected);
}
