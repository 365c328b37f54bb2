//! A service reads Jira by the jobs of its streams, with the credential of an account.

use fake_jira::{Auth, Edit, FakeJira, Options, Server, Spec};
use runnel_e2e::{Kind, Platform, pulls};
use serde_json::json;

const TOKEN: &str = "an-api-token-of-nobody";

/// A site that lets one account in.
async fn site() -> Server {
    let spec = Spec {
        projects: 1,
        issues: 40,
        ..Spec::default()
    };
    let options = Options {
        auth: Auth::Basic {
            email: "ada@example.org".to_owned(),
            token: TOKEN.to_owned(),
        },
        ..Options::default()
    };
    FakeJira::start(spec, options)
        .await
        .expect("the stand-in starts")
}

/// A platform with an integration of the site, whose token is sealed.
async fn platform(kind: Kind, jira: &Server) -> Platform {
    let mut platform = Platform::new(kind, pulls(1, 1)).await;
    let key = platform.runnel(&["key", "new"]).run().await;
    platform.set("RUNNEL_KEYS", key.expect_status(0).stdout.trim());
    let add = platform
        .runnel(&["integration", "add", "--source", "jira", "--scope", "ACME"])
        .with(&["--base-url", jira.url(), "--set", "email=ada@example.org"])
        .with(&["--token-env", "A_TOKEN", "--json"])
        .variable("A_TOKEN", TOKEN);
    add.run().await.expect_status(0);
    platform
}

async fn reads_by_its_jobs(kind: Kind) {
    let jira = site().await;
    let platform = platform(kind, &jira).await;
    let jobs = platform.database().await;
    let jobs = jobs.number("SELECT COUNT(*) FROM etl_jobs").await;
    assert_eq!(jobs, 8, "a job for each stream");
    let host = platform.host().start().await;
    platform.all_succeeded().await;
    let database = platform.database().await;
    assert_eq!(database.number("SELECT COUNT(*) FROM issues").await, 40);
    let columns = "SELECT COUNT(cf_10000) FROM issues";
    assert!(database.number(columns).await > 0);
    assert_eq!(
        database.number("SELECT COUNT(*) FROM dead_letters").await,
        0
    );

    let touched = Edit::TouchIssue {
        issue: "ACME-3".to_owned(),
        summary: Some("Quite new".to_owned()),
        status: None,
    };
    jira.edit(touched).expect("an issue");
    platform.run_all_again().await;
    let summary = "SELECT summary FROM issues WHERE key = 'ACME-3'";
    assert_eq!(database.query(summary).await, [json!("Quite new")]);
    host.stopped().await;
}

#[tokio::test]
async fn a_service_reads_jira_by_its_jobs_on_sqlite() {
    reads_by_its_jobs(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_service_reads_jira_by_its_jobs_on_postgresql_and_rabbitmq() {
    reads_by_its_jobs(Kind::PostgresAndRabbit).await;
}
