//! What is changed through the HTTP API, and the row that it leaves in the audit log.

use reqwest::Method;
use runnel_e2e::{Caller, Kind, PASSWORD, Platform, Served, pulls};
use serde_json::{Value, json};

/// What the audit log has: actor and action of each row, the oldest first.
async fn deeds(admin: &Caller) -> Vec<(String, String)> {
    let page = admin.json("/audit?limit=200").await;
    let text = |entry: &Value, name: &str| entry[name].as_str().expect("a text").to_owned();
    let items = page["items"].as_array().expect("items").iter().rev();
    items
        .map(|entry| (text(entry, "actor"), text(entry, "action")))
        .collect()
}

/// The row of the newest deed of this kind.
async fn newest(admin: &Caller, action: &str) -> Value {
    let page = admin.json(&format!("/audit?action={action}")).await;
    page["items"][0].clone()
}

/// Everything that changes something leaves one row, whoever does it.
async fn audited(kind: Kind) {
    let platform = Platform::new(kind, pulls(1, 3)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    let before = deeds(&admin).await;
    assert_eq!(
        before[..3]
            .iter()
            .map(|(_, action)| action)
            .collect::<Vec<_>>(),
        ["tenant.add", "integration.add", "user.add"]
    );
    let job = admin.json("/jobs?q=github_prs").await["items"][0].clone();
    let path = format!("/jobs/{}", job["id"]);
    let change = json!({ "priority": 3 });
    assert_eq!(
        admin.change(Method::PATCH, &path, &change).await.status,
        200
    );
    assert_eq!(newest(&admin, "job.change").await["detail"]["priority"], 3);
    let ran = admin.post(&format!("{path}/run"), &json!({})).await;
    assert_eq!(ran.status, 202, "{ran:?}");
    admin.post("/tenants", &json!({ "name": "zoo" })).await;
    admin.post("/tenants", &json!({ "name": "zoo" })).await;
    admin
        .change(Method::PATCH, "/integrations/1", &json!({ "paused": true }))
        .await;
    admin
        .change(Method::DELETE, "/integrations/1", &json!(null))
        .await;
    let name = job["name"].as_str().expect("a name");
    assert_eq!(newest(&admin, "job.run").await["subject"], name);
    let done: Vec<_> = deeds(&admin).await.split_off(before.len());
    let actions = [
        "job.change",
        "job.run",
        "tenant.add",
        "integration.pause",
        "integration.remove",
    ];
    let expected = actions.map(|action| ("root".to_owned(), action.to_owned()));
    assert_eq!(done, expected);
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_every_change_leaves_a_row_in_the_audit_log() {
    audited(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_every_change_leaves_a_row_in_the_audit_log() {
    audited(Kind::Postgres).await;
}

#[tokio::test]
async fn signing_in_and_out_and_a_wrong_password_are_in_the_audit_log() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    let other = served.signed_in("root").await;
    let out = other.change(Method::DELETE, "/session", &json!(null)).await;
    assert_eq!(out.status, 204, "{out:?}");
    for name in ["root", "nobody-of-this-name"] {
        let wrong = json!({ "name": name, "password": "not the password" });
        served.anybody().post("/session", &wrong).await.refused(422);
    }
    let actions: Vec<String> = deeds(&admin).await.into_iter().map(|deed| deed.1).collect();
    let expected = [
        "user.add",
        "session.open",
        "session.open",
        "session.close",
        "session.refuse",
    ];
    assert_eq!(actions, expected);
    let refused = newest(&admin, "session.refuse").await;
    assert_eq!(refused["detail"]["address"], "127.0.0.1");
    assert!(!refused.to_string().contains(PASSWORD));
    served.host.stopped().await;
}

#[tokio::test]
async fn the_command_line_leaves_rows_of_who_ran_it() {
    let mut platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    platform.set("USER", "ann");
    platform.add("acme").await;
    let job = "github_prs_1";
    platform.json(&["job", "pause", job]).await;
    platform.json(&["job", "run", job]).await;
    platform.json(&["integration", "pause", "github"]).await;
    platform.json(&["tenant", "add", "zoo"]).await;
    let database = platform.database().await;
    let rows = "SELECT actor || ' ' || action FROM audit_log ORDER BY id";
    let expected = [
        "tenant.add",
        "integration.add",
        "job.change",
        "job.run",
        "integration.pause",
        "tenant.add",
    ];
    let expected = expected.map(|action| json!(format!("ann {action}")));
    assert_eq!(database.query(rows).await, expected);
}

#[tokio::test]
async fn a_job_cannot_depend_on_one_that_is_not_there() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    platform.add("acme").await;
    let set = [
        "job",
        "set",
        "github_prs_1",
        "--depends-on",
        "github_repositoris_1",
    ];
    let refused = platform.runnel(&set).run().await.expect_status(2);
    assert!(
        refused.stderr.contains("github_repositoris_1") && refused.stderr.contains("there are: "),
        "{}",
        refused.stderr
    );
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    let job = admin.json("/jobs?q=github_prs").await["items"][0].clone();
    let path = format!("/jobs/{}", job["id"]);
    let unknown = json!({ "depends_on": ["no_such_job"], "priority": 9 });
    let refused = admin.change(Method::PATCH, &path, &unknown).await;
    refused.refused(422);
    assert_eq!(refused.json()["errors"][0]["field"], "depends_on");
    assert!(
        refused.text.contains("github_repositories_1"),
        "{refused:?}"
    );
    assert_eq!(admin.json(&path).await, job);
    served.host.stopped().await;
}
