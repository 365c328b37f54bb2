//! What `runnel sync` does in one process, as a service: on every database and
//! every broker the same rows.

use std::collections::BTreeSet;

use fake_github::{Edit, Spec};
use runnel_e2e::{Kind, Platform, undisturbed};
use serde_json::{Value, json};

fn spec() -> Spec {
    Spec {
        repositories: 2,
        pulls: 30,
        commits: 40,
        special: true,
        ..Spec::default()
    }
}

/// Reads everything, then what changed, on this database and this broker.
async fn serves(kind: Kind) {
    let platform = Platform::new(kind, spec()).await;
    platform.add("acme").await;
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    platform.has(&undisturbed(spec(), "acme").await).await;
    in_the_order_of_their_dependencies(&platform).await;

    platform.github.clear_requests();
    let edit = Edit::TouchPull {
        repository: "repo-1".to_owned(),
        number: 7,
        title: Some("another title".to_owned()),
        state: None,
    };
    platform.github.edit(edit).expect("there is a number 7");
    platform.run_all_again().await;
    only_what_changed_was_read(&platform);
    let database = platform.database().await;
    let renamed = "SELECT COUNT(*) FROM prs WHERE title = 'another title'";
    assert_eq!(database.number(renamed).await, 1);
    host.stopped().await;
}

async fn in_the_order_of_their_dependencies(platform: &Platform) {
    let database = platform.database().await;
    let early = "SELECT COUNT(*) FROM job_runs child JOIN job_runs parent ON
        (child.stream = 'github_prs' AND parent.stream = 'github_repositories'
         OR child.stream IN ('github_commits', 'github_reviews', 'github_comments') AND parent.stream = 'github_prs')
        WHERE child.created_at < parent.finished_at";
    assert_eq!(database.number(early).await, 0);
    assert_eq!(database.number("SELECT COUNT(*) FROM job_runs").await, 5);
    assert_eq!(database.number("SELECT COUNT(*) FROM tasks").await, 0);
}

fn only_what_changed_was_read(platform: &Platform) {
    let requests = platform.github.requests();
    let with = |status: u16| requests.iter().filter(move |r| r.status == status);
    assert!(with(304).count() > 4, "{requests:#?}");
    let new: Vec<_> = with(200).collect();
    assert!(new.len() < 20, "{new:#?}");
    let single = new
        .iter()
        .filter_map(|request| request.path.strip_prefix("/repos/acme/repo-1/pulls/"))
        .filter_map(|path| path.split(['/', '?']).next()?.parse().ok());
    let single: BTreeSet<u32> = single.collect();
    // The one that changed, and the newest of before, at which the cursor stands.
    assert!(single.contains(&7) && single.len() <= 2, "{single:?}");
}

#[tokio::test]
async fn on_sqlite_the_rows_are_those_of_a_sync_and_a_second_run_reads_what_changed() {
    serves(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_the_rows_are_those_of_a_sync_and_a_second_run_reads_what_changed() {
    serves(Kind::Postgres).await;
}

#[tokio::test]
async fn on_postgresql_and_rabbitmq_the_rows_are_those_of_a_sync_and_a_second_run_reads_what_changed()
 {
    serves(Kind::PostgresAndRabbit).await;
}

/// The table of jobs that a source states in its descriptor, for integration 1.
fn jobs_of_github() -> Vec<Value> {
    let job = |name: &str, every: u32, priority: i32, on: &[&str]| {
        json!({
            "job_name": format!("{name}_1"), "job_type": name, "every_minutes": every, "priority": priority,
            "depends_on": on,
        })
    };
    vec![
        job("github_comments", 720, 2, &["github_prs_1"]),
        job("github_commits", 360, 4, &["github_prs_1"]),
        job("github_prs", 240, 5, &["github_repositories_1"]),
        job("github_repositories", 1440, 1, &[]),
        job("github_reviews", 480, 3, &["github_prs_1"]),
    ]
}

async fn listed(platform: &Platform) -> Vec<Value> {
    let jobs = platform.json(&["job", "list"]).await;
    let mut jobs: Vec<Value> = jobs
        .as_array()
        .expect("jobs")
        .iter()
        .map(|job| {
            let key = |key: &str| (key.to_owned(), job[key].clone());
            let keys = [
                "job_name",
                "job_type",
                "every_minutes",
                "priority",
                "depends_on",
            ];
            Value::Object(keys.map(key).into_iter().collect())
        })
        .collect();
    jobs.sort_by_key(|job| job["job_name"].to_string());
    jobs
}

#[tokio::test]
async fn an_integration_schedules_the_streams_of_its_source_and_again_changes_nothing() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let platform = Platform::new(kind, spec()).await;
        let first = platform.add("acme").await.json();
        assert_eq!(first["id"], 1);
        assert_eq!(listed(&platform).await, jobs_of_github());
        let database = platform.database().await;
        let (jobs, integrations) = (
            database.all("etl_jobs").await,
            database.all("integrations").await,
        );

        assert_eq!(platform.add("acme").await.json(), first);
        assert_eq!(database.all("etl_jobs").await, jobs);
        assert_eq!(database.all("integrations").await, integrations);
    }
}
