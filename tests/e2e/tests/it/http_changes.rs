//! What is changed through the HTTP API, and the row that it leaves in the audit log.

use fake_github::Options;
use reqwest::Method;
use runnel_e2e::{Caller, Kind, PASSWORD, Platform, Served, pulls};
use serde_json::{Value, json};

const TOKEN: &str = "ghp_0a1b2c3d4e5f60718293";
const OTHER: &str = "ghp_ffffffffffffffffffff";

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

/// A change by hand and one of a program: the second names its token, and not the secret.
async fn named(kind: Kind) {
    let platform = Platform::new(kind, pulls(1, 1)).await;
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    let grants = json!([{ "tenant": null, "role": "admin" }]);
    let asked = json!({ "name": "deploy", "grants": grants, "expires_in_days": 1 });
    let made = admin.post("/tokens", &asked).await.json();
    let secret = made["secret"].as_str().expect("a secret");
    let program = served.anybody().from(None).with_token(secret);
    for (caller, tenant) in [(&admin, "by-hand"), (&program, "by-a-program")] {
        let added = caller.post("/tenants", &json!({ "name": tenant })).await;
        assert_eq!(added.status, 201, "{added:?}");
    }
    let rows = admin.json("/audit?action=tenant.add").await;
    let token = json!({ "id": made["id"], "name": "deploy" });
    assert_eq!(rows["items"][0]["token"], token);
    assert_eq!(rows["items"][0]["actor"], "root");
    assert_eq!(rows["items"][1]["token"], Value::Null);
    let found = admin.json("/audit?token=deploy").await;
    assert_eq!(found["items"], json!([rows["items"][0]]));
    assert!(!admin.json("/audit").await.to_string().contains(secret));
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_what_a_program_changes_names_its_token() {
    named(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_what_a_program_changes_names_its_token() {
    named(Kind::Postgres).await;
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

/// A host with a key, and an integration whose service wants a token.
async fn with_token(kind: Kind) -> (Platform, Served, Caller) {
    let options = Options {
        tokens: vec![(TOKEN.to_owned(), "me".to_owned())],
        ..Options::default()
    };
    let mut platform = Platform::with(kind, pulls(1, 2), options).await;
    let key = platform.runnel(&["key", "new"]).run().await;
    let key = key.expect_status(0).stdout.trim().to_owned();
    platform.set("RUNNEL_KEYS", &key);
    let add = platform
        .integration("acme")
        .with(&["--token-env", "A_TOKEN"])
        .variable("A_TOKEN", OTHER);
    add.run().await.expect_status(0);
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    (platform, served, admin)
}

/// Settings and token are tried out before they are saved, and saved as a whole.
async fn changed(kind: Kind) {
    let (platform, served, admin) = with_token(kind).await;
    let path = "/integrations/1";
    let test = format!("{path}/test");
    let tested = admin.post(&test, &json!({})).await;
    assert_eq!(tested.json()["ok"], false, "{tested:?}");
    let better = json!({ "token": TOKEN, "settings": { "commit_overlap_days": 3 } });
    let tested = admin.post(&test, &better).await;
    assert_eq!(tested.json()["ok"], true, "{tested:?}");
    let still = admin.post(&test, &json!({})).await;
    assert_eq!(still.json()["ok"], false, "nothing was stored: {still:?}");

    let unknown = json!({ "token": TOKEN, "settings": { "no_such": 1 } });
    let refused = admin.change(Method::PATCH, path, &unknown).await;
    refused.refused(422);
    let negative = json!({ "settings": { "commit_overlap_days": -1, "commit_stats": true } });
    for refused in [
        admin.change(Method::PATCH, path, &negative).await,
        admin.post(&test, &negative).await,
    ] {
        refused.refused(422);
        let field = &refused.json()["errors"][0]["field"];
        assert_eq!(field, "settings.commit_overlap_days", "{refused:?}");
    }
    let stored = admin.json(path).await;
    assert_eq!(stored["settings"], json!({}));

    let saved = admin.change(Method::PATCH, path, &better).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    assert_eq!(saved.json()["settings"], better["settings"]);
    assert!(!saved.text.contains(TOKEN), "{saved:?}");
    let tested = admin.send(admin.request(Method::POST, &test)).await;
    assert_eq!(tested.json()["ok"], true, "without a body: {tested:?}");
    let row = newest(&admin, "integration.change").await;
    assert_eq!(
        row["detail"],
        json!({ "id": 1, "settings": true, "token": true })
    );
    let kept = format!("SELECT COUNT(*) FROM audit_log WHERE detail LIKE '%{TOKEN}%'");
    assert_eq!(platform.database().await.number(&kept).await, 0);
    assert!(!served.host.log().contains(TOKEN));
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_settings_and_token_are_tried_and_then_saved() {
    changed(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_settings_and_token_are_tried_and_then_saved() {
    changed(Kind::Postgres).await;
}

#[tokio::test]
async fn a_stored_token_is_not_sent_to_another_service() {
    let (platform, served, admin) = with_token(Kind::Sqlite).await;
    let other = fake_github::FakeGithub::start(pulls(1, 1), Options::default());
    let other = other.await.expect("the stand-in starts");
    let away = json!({ "base_url": other.url() });
    let test = admin.post("/integrations/1/test", &away).await;
    let change = admin.change(Method::PATCH, "/integrations/1", &away).await;
    let again = json!({
        "tenant": "default", "name": "github", "source": "github", "scope": ["acme"],
        "base_url": other.url(),
    });
    let put = admin.post("/integrations?update=true", &again).await;
    for refused in [test, change, put] {
        refused.refused(422);
        assert_eq!(refused.json()["errors"][0]["field"], "token");
    }
    let no_url = json!({ "base_url": "ftp://files", "token": OTHER });
    let test = admin.post("/integrations/1/test", &no_url).await;
    assert_eq!(test.json()["errors"][0]["field"], "base_url", "{test:?}");
    assert!(other.requests().is_empty());
    let again = json!({ "base_url": other.url(), "token": OTHER });
    let test = admin.post("/integrations/1/test", &again).await;
    assert_eq!(test.json()["ok"], true, "{test:?}");
    let moved = admin.change(Method::PATCH, "/integrations/1", &again).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    let expected = other.url().trim_end_matches('/');
    let found = admin.json("/integrations/1").await;
    assert_eq!(found["base_url"].as_str(), Some(expected), "{found}");
    drop(platform);
    served.host.stopped().await;
}

#[tokio::test]
async fn an_operator_changes_no_integration() {
    let (_platform, served, admin) = with_token(Kind::Sqlite).await;
    admin
        .add_user("eve", json!([{ "tenant": "default", "role": "operator" }]))
        .await;
    let eve = served.signed_in("eve").await;
    let change = json!({ "settings": {} });
    eve.change(Method::PATCH, "/integrations/1", &change)
        .await
        .refused(403);
    eve.post("/integrations/1/test", &change).await.refused(403);
    served.host.stopped().await;
}

/// Dead letters of one integration are listed, replayed and dropped by themselves.
async fn letters(kind: Kind) {
    let platform = Platform::new(kind, pulls(1, 3)).await;
    for name in ["one", "two"] {
        let add = platform.integration("acme").with(&["--name", name]);
        add.run().await.expect_status(0);
    }
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = served.admin().await;
    platform.all_succeeded().await;
    platform
        .database()
        .await
        .execute(
            "INSERT INTO dead_letters (tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version,
                                       digest, error, created_at, fingerprint)
             SELECT r.tenant_id, r.integration_id, r.run_id, r.stream, r.id, 'github_prs', '1.0.0', 'd', 'e', 1, 'f'
             FROM raw_data r WHERE r.stream = 'github_prs'",
        )
        .await;
    let count = async |of: &str| {
        let page = admin.json(&format!("/dead-letters?limit=200&{of}")).await;
        page["items"].as_array().map(Vec::len)
    };
    assert_eq!(count("integration=1").await, Some(3));
    let one = json!({ "integration": 1 });
    let dropped = admin.post("/dead-letters/drop", &one).await;
    assert_eq!(dropped.json()["count"], 3, "{dropped:?}");
    assert_eq!(count("integration=1").await, Some(0));
    assert_eq!(count("integration=2").await, Some(3));
    let row = newest(&admin, "dead_letter.drop").await;
    assert_eq!(
        (&row["detail"]["integration"], &row["tenant"]),
        (&json!(1), &json!("default"))
    );
    let two = json!({ "integration": 2, "stream": "github_prs" });
    let replayed = admin.post("/dead-letters/replay", &two).await;
    assert_eq!(replayed.json()["count"], 3, "{replayed:?}");
    for nothing in [json!({}), json!({ "ids": [], "tenant": "default" })] {
        let refused = admin.post("/dead-letters/replay", &nothing).await;
        refused.refused(422);
    }
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_dead_letters_of_one_integration_are_replayed_and_dropped() {
    letters(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_dead_letters_of_one_integration_are_replayed_and_dropped() {
    letters(Kind::Postgres).await;
}
