//! Who may do what through the HTTP API.

use std::time::Duration;

use reqwest::{Method, header};
use runnel_e2e::{Answer, Caller, Kind, PASSWORD, Platform, Served, pulls};
use serde_json::{Value, json};

async fn served(kind: Kind) -> (Platform, Served) {
    let platform = Platform::new(kind, pulls(1, 2)).await;
    let served = Served::start(platform.host(), "api").await;
    (platform, served)
}

/// The first user is made once, with the link that was printed.
async fn set_up(kind: Kind) {
    let (platform, served) = served(kind).await;
    let anybody = served.anybody();
    assert_eq!(anybody.json("/setup").await, json!({ "needed": true }));
    let ask = |link: &str| json!({ "link": link, "name": "root", "password": PASSWORD });
    anybody.post("/setup", &ask("made-up")).await.refused(403);
    let link = served.link().await;
    let short = json!({ "link": link, "name": "root", "password": "short" });
    anybody.post("/setup", &short).await.refused(422);
    let made = anybody.post("/setup", &ask(&link)).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(
        made.json(),
        json!({ "name": "root", "grants": [{ "tenant": null, "role": "admin" }], "read_only": false })
    );
    anybody.post("/setup", &ask(&link)).await.refused(403);
    assert_eq!(anybody.json("/setup").await, json!({ "needed": false }));
    let database = platform.database().await;
    for secret in [PASSWORD, link.rsplit('#').next().expect("a link")] {
        let found = format!("SELECT COUNT(*) FROM users WHERE password LIKE '%{secret}%'");
        assert_eq!(database.number(&found).await, 0);
    }
    let hashed = "SELECT COUNT(*) FROM users WHERE password LIKE '$argon2id$%'";
    assert_eq!(database.number(hashed).await, 1);
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_the_first_user_is_made_once_with_the_printed_link() {
    set_up(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_the_first_user_is_made_once_with_the_printed_link() {
    set_up(Kind::Postgres).await;
}

fn cookie(answer: &Answer) -> &str {
    answer.headers[header::SET_COOKIE].to_str().expect("text")
}

#[tokio::test]
async fn a_session_is_a_strict_cookie_and_ends() {
    let (platform, served) = served(Kind::Sqlite).await;
    served.admin().await;
    let anybody = served.anybody();
    let body = json!({ "name": "root", "password": PASSWORD });
    let here = anybody.post("/session", &body).await;
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie(&here).contains(part), "{here:?}");
    }
    assert!(
        !cookie(&here).contains("Secure"),
        "it stays on this machine"
    );
    let elsewhere = anybody
        .asking(Method::POST, "/session", &body)
        .header("host", "runnel.example");
    let elsewhere = anybody.send(elsewhere).await;
    assert_eq!(
        elsewhere.status, 403,
        "another host is another origin: {elsewhere:?}"
    );
    let other = anybody.clone().from(Some("https://runnel.example"));
    let elsewhere = other
        .asking(Method::POST, "/session", &body)
        .header("host", "runnel.example");
    let elsewhere = other.send(elsewhere).await;
    assert!(cookie(&elsewhere).contains("; Secure"), "{elsewhere:?}");

    let one = served.signed_in("root").await;
    assert_eq!(one.json("/session").await["name"], "root");
    let out = one.change(Method::DELETE, "/session", &json!(null)).await;
    assert_eq!(out.status, 204, "{out:?}");
    one.get("/session").await.refused(401);

    let late = served.signed_in("root").await;
    let database = platform.database().await;
    database.execute("UPDATE sessions SET expires_at = 1").await;
    late.get("/session").await.refused(401);
    served.host.stopped().await;
}

/// Signs in with a wrong password through a proxy that says who asks.
async fn refused_from(served: &Served, name: &str, address: &str) -> Answer {
    let anybody = served.anybody();
    let body = json!({ "name": name, "password": "not the password" });
    let ask = anybody.asking(Method::POST, "/session", &body);
    anybody.send(ask.header("x-forwarded-for", address)).await
}

#[tokio::test]
async fn behind_a_proxy_sign_ins_are_counted_by_who_asks_and_not_by_the_proxy() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    let host = platform
        .host()
        .with(&["--api-trusted-proxies", "127.0.0.0/8"]);
    let served = Served::start(host, "api").await;
    let admin = served.admin().await;
    for n in 1..=100 {
        let answer = refused_from(&served, &format!("nobody{n}"), "203.0.113.7").await;
        assert_eq!(answer.status, 422, "{n}: {answer:?}");
    }
    let many = refused_from(&served, "root", "198.51.100.1, 203.0.113.7").await;
    assert_eq!(many.status, 429, "{many:?}");
    let other = refused_from(&served, "root", "203.0.113.8").await;
    assert_eq!(other.status, 422, "{other:?}");
    let entries = admin.json("/audit?limit=1").await;
    assert_eq!(entries["items"][0]["action"], "session.refuse");
    assert_eq!(entries["items"][0]["detail"]["address"], "203.0.113.8");
    served.signed_in("root").await;
    served.host.stopped().await;
}

#[tokio::test]
async fn whoever_is_no_trusted_proxy_is_not_believed_who_asks() {
    let (_platform, served) = served(Kind::Sqlite).await;
    let admin = served.admin().await;
    refused_from(&served, "root", "203.0.113.7").await;
    let entries = admin.json("/audit?limit=1").await;
    assert_eq!(entries["items"][0]["detail"]["address"], "127.0.0.1");
    served.host.stopped().await;
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let (_platform, served) = served(Kind::Sqlite).await;
    served.admin().await;
    let (one, other) = (
        served.signed_in("root").await,
        served.signed_in("root").await,
    );
    let ask = |old: &str| json!({ "old": old, "new": "another horse battery" });
    let path = "/session/password";
    let wrong = one
        .change(Method::PUT, path, &ask("not the password"))
        .await;
    wrong.refused(422);
    let done = one.change(Method::PUT, path, &ask(PASSWORD)).await;
    assert_eq!(done.status, 204, "{done:?}");
    one.json("/session").await;
    other.get("/session").await.refused(401);
    served.host.stopped().await;
}

#[tokio::test]
async fn a_change_from_another_origin_is_refused() {
    let (_platform, served) = served(Kind::Sqlite).await;
    let admin = served.admin().await;
    let body = json!({ "name": "zoo" });
    for origin in [
        None,
        Some("https://evil.example"),
        Some("null"),
        Some("http://127.0.0.1:1"),
    ] {
        let other = admin.clone().from(origin);
        other.post("/tenants", &body).await.refused(403);
    }
    let site = admin.clone().from(None);
    let request = site
        .asking(Method::POST, "/tenants", &body)
        .header("sec-fetch-site", "cross-site");
    site.send(request).await.refused(403);
    assert_eq!(admin.post("/tenants", &body).await.status, 201);
    served.host.stopped().await;
}

async fn token(caller: &Caller, grants: Value) -> String {
    let body = json!({ "name": "ci", "grants": grants, "expires_in_days": 1 });
    let made = caller.post("/tokens", &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["secret"].as_str().expect("a secret").to_owned()
}

#[tokio::test]
async fn a_token_may_what_it_was_given_and_is_taken_back() {
    let (platform, served) = served(Kind::Sqlite).await;
    let admin = served.admin().await;
    let secret = token(&admin, json!([{ "tenant": null, "role": "viewer" }])).await;
    let program = served.anybody().from(None).with_token(&secret);
    let me = program.json("/session").await;
    assert_eq!(me["grants"], json!([{ "tenant": null, "role": "viewer" }]));
    let body = json!({ "name": "zoo" });
    program.post("/tenants", &body).await.refused(403);
    program.get("/users").await.refused(403);
    let more = json!({ "name": "more", "grants": me["grants"], "expires_in_days": 1 });
    program.post("/tokens", &more).await.refused(403);

    let kept = format!("SELECT COUNT(*) FROM api_tokens WHERE secret LIKE '%{secret}%'");
    assert_eq!(platform.database().await.number(&kept).await, 0);
    let id = admin.json("/tokens").await["items"][0]["id"].clone();
    let path = format!("/tokens/{id}");
    let takes_back = program.change(Method::DELETE, &path, &json!(null)).await;
    takes_back.refused(403);
    let gone = admin.change(Method::DELETE, &path, &json!(null)).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    program.get("/session").await.refused(401);

    let late = token(&admin, json!([{ "tenant": null, "role": "viewer" }])).await;
    platform
        .database()
        .await
        .execute("UPDATE api_tokens SET expires_at = 1")
        .await;
    let late = served.anybody().from(None).with_token(&late);
    late.get("/session").await.refused(401);
    served.host.stopped().await;
}

/// Sign-ins by one name are limited, over all processes and for an unknown name too.
async fn limited(kind: Kind) {
    let (_platform, served) = served(kind).await;
    served.admin().await;
    let anybody = served.anybody();
    let ask = |name: &str, password: &str| json!({ "name": name, "password": password });
    for name in ["root", "nobody"] {
        for _ in 0..10 {
            let failed = anybody
                .post("/session", &ask(name, "a wrong password"))
                .await;
            failed.refused(422);
        }
        let limited = anybody.post("/session", &ask(name, PASSWORD)).await;
        limited.refused(429);
        assert!(limited.headers.contains_key(header::RETRY_AFTER));
    }
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_sign_ins_are_limited() {
    limited(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_sign_ins_are_limited() {
    limited(Kind::Postgres).await;
}

#[tokio::test]
async fn a_host_that_is_read_only_changes_nothing() {
    let (platform, served) = served(Kind::Sqlite).await;
    served.admin().await;
    served.host.stopped().await;
    let host = platform.host().variable("RUNNEL_API_READ_ONLY", "true");
    let served = Served::start(host, "api").await;
    let root = served.signed_in("root").await;
    assert_eq!(root.json("/session").await["read_only"], true);
    let refused = root.post("/tenants", &json!({ "name": "zoo" })).await;
    refused.refused(403);
    assert_eq!(refused.json()["type"], "/problems/read-only");
    root.json("/tenants").await;
    served.host.stopped().await;
}

#[tokio::test]
async fn the_last_admin_stays() {
    let (_platform, served) = served(Kind::Sqlite).await;
    let root = served.admin().await;
    root.change(Method::DELETE, "/users/root", &json!(null))
        .await
        .refused(409);
    for change in [json!({ "disabled": true }), json!({ "grants": [] })] {
        let changed = root.change(Method::PATCH, "/users/root", &change).await;
        changed.refused(409);
    }
    root.add_user("other", json!([{ "tenant": null, "role": "admin" }]))
        .await;
    let gone = root
        .change(Method::DELETE, "/users/root", &json!(null))
        .await;
    assert_eq!(gone.status, 204, "{gone:?}");
    root.get("/session").await.refused(401);
    served.host.stopped().await;
}

/// The same change with the same key is made once.
async fn once(kind: Kind) {
    let (platform, served) = served(kind).await;
    let admin = served.admin().await;
    let send = async |caller: &Caller, key: &str, path: &str, body: &Value| {
        let request = caller.asking(Method::POST, path, body);
        caller.send(request.header("idempotency-key", key)).await
    };
    let user = json!({ "name": "eve", "password": PASSWORD, "grants": [] });
    let first = send(&admin, "k1", "/users", &user).await;
    assert_eq!(first.status, 201, "{first:?}");
    let again = send(&admin, "k1", "/users", &user).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    send(&admin, "k1", "/users", &json!({ "name": "eve" }))
        .await
        .refused(422);
    send(&admin, "k2", "/users", &user).await.refused(409);
    send(&admin, "a key", "/users", &user).await.refused(400);

    let grants = json!([{ "tenant": null, "role": "viewer" }]);
    let ask = json!({ "name": "ci", "grants": grants, "expires_in_days": 1 });
    let made = send(&admin, "k3", "/tokens", &ask).await;
    let again = send(&admin, "k3", "/tokens", &ask).await;
    assert!(made.json()["secret"].is_string(), "{made:?}");
    assert_eq!(again.json()["secret"], Value::Null, "it is shown once");
    // What is kept of a request is of no use without the secret that it came with.
    let secret = made.json()["secret"].as_str().expect("text").to_owned();
    let program = served.anybody().from(None).with_token(&secret);
    send(&program, "k3", "/tokens", &ask).await.refused(422);
    let tokens = "SELECT COUNT(*) FROM api_tokens";
    assert_eq!(platform.database().await.number(tokens).await, 1);
    let done = "SELECT COUNT(*) FROM audit_log WHERE action = 'user.add'";
    assert_eq!(platform.database().await.number(done).await, 2);
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_a_change_that_is_asked_for_twice_is_made_once() {
    once(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_a_change_that_is_asked_for_twice_is_made_once() {
    once(Kind::Postgres).await;
}

#[tokio::test]
async fn every_answer_has_its_security_headers_and_the_host_stops_while_somebody_watches() {
    let (_platform, served) = served(Kind::Sqlite).await;
    let admin = served.admin().await;
    for path in [
        "//",
        "//healthz",
        "//readyz",
        "//runs/7",
        "/session",
        "/no-such-route",
    ] {
        let answer = admin.get(path).await;
        let policy = answer.headers["content-security-policy"]
            .to_str()
            .expect("text");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    admin.get("/no-such-route").await.refused(404);
    let events = admin.request(Method::GET, "/events").send();
    let mut events = events.await.expect("a stream");
    let first = tokio::time::timeout(Duration::from_secs(10), events.chunk());
    let first = first.await.expect("in time").expect("a chunk");
    let first = String::from_utf8_lossy(&first.expect("an event")).into_owned();
    assert!(first.contains("event: flow"), "{first}");
    served.host.stopped().await;
}
