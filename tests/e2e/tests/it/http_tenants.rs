//! What belongs to another tenant is not there, on every route that the document has.

use std::collections::BTreeMap;

use reqwest::Method;
use runnel_e2e::{Caller, Kind, Platform, Served, pulls};
use serde_json::{Value, json};

/// The tenant whose data nobody else is to see.
const HIDDEN: &str = "hidden-tenant";
const OPEN: &str = "open-tenant";

/// A host with two tenants that have read the same, and a dead letter of each.
async fn served(kind: Kind) -> (Platform, Served, Caller) {
    let platform = Platform::new(kind, pulls(1, 3)).await;
    for tenant in [HIDDEN, OPEN] {
        platform.json(&["tenant", "add", tenant]).await;
        let integration = platform.integration("acme");
        let name = format!("{tenant}-github");
        let added = integration.with(&["--tenant", tenant, "--name", &name]);
        added.run().await.expect_status(0);
    }
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = served.admin().await;
    platform.all_succeeded().await;
    let database = platform.database().await;
    database
        .execute(
            "INSERT INTO dead_letters (tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version,
                                       digest, error, created_at, fingerprint)
             SELECT r.tenant_id, r.integration_id, r.run_id, r.stream, r.id, 'github_prs', '1.0.0', 'd', 'e', 1, 'f'
             FROM raw_data r WHERE r.id IN (SELECT MIN(id) FROM raw_data WHERE stream = 'github_prs' GROUP BY tenant_id)",
        )
        .await;
    // Not of the stream with the dead letters: they would be settled by it.
    let replay = json!({ "entity": "github_repositories", "tenant": HIDDEN });
    let replay = admin.post("/replays", &replay).await;
    assert_eq!(replay.status, 201, "{replay:?}");
    (platform, served, admin)
}

/// The first item of a list of the hidden tenant.
async fn first(admin: &Caller, list: &str) -> Value {
    let page = admin.json(&format!("{list}?tenant={HIDDEN}")).await;
    page["items"][0].clone()
}

/// By the name that stands before `{id}` in a path: an id of the hidden tenant.
async fn hidden_ids(admin: &Caller) -> BTreeMap<&'static str, String> {
    let replay = admin.json("/replays").await["items"][0]["id"].to_string();
    let token = json!({ "name": "t", "grants": [{ "tenant": null, "role": "viewer" }], "expires_in_days": 1 });
    let token = admin.post("/tokens", &token).await.json()["id"].to_string();
    let row = first(admin, "/tables/prs/rows").await;
    BTreeMap::from([
        (
            "integrations",
            first(admin, "/integrations").await["id"].to_string(),
        ),
        ("jobs", first(admin, "/jobs").await["id"].to_string()),
        ("runs", first(admin, "/runs").await["id"].to_string()),
        (
            "dead-letters",
            first(admin, "/dead-letters").await["id"].to_string(),
        ),
        ("rows", row["_id"].to_string()),
        ("replays", replay),
        ("tokens", token),
        // There is none of anybody.
        ("trials", "1".to_owned()),
    ])
}

/// A body that is right but for whom it concerns; none: the route is not for users of
/// a single tenant at all, or knows no tenant.
fn body(path: &str, ids: &BTreeMap<&str, String>) -> Option<Value> {
    let letters = json!({ "ids": [ids["dead-letters"].parse::<i64>().expect("an id")] });
    let integration = json!({ "tenant": HIDDEN, "source": "github", "scope": ["acme"] });
    Some(match path {
        "/integrations" | "/integrations/test" => integration,
        "/integrations/{id}" => json!({ "paused": true }),
        "/jobs/{id}" => json!({ "priority": 7 }),
        "/plugins/{name}/activate" => json!({ "version": "1.0.0", "tenant": HIDDEN }),
        "/plugins/{name}/rollback" => json!({ "tenant": HIDDEN }),
        "/trials" => {
            json!({ "plugin": "github_prs", "version": "2.0.0", "kind": "shadow", "tenant": HIDDEN })
        }
        "/diffs" => json!({ "plugin": "github_prs", "to": "2.0.0", "tenant": HIDDEN }),
        "/replays" | "/replays/dry-run" => json!({ "entity": "github_prs", "tenant": HIDDEN }),
        "/dead-letters/replay" | "/dead-letters/drop" => letters,
        "/dead-letters/dry-run" => json!({ "ids": letters["ids"], "version": "1.0.0" }),
        path if path.contains("{id}") => json!({}),
        _ => return None,
    })
}

/// The path with names and ids of the hidden tenant.
fn filled(path: &str, ids: &BTreeMap<&str, String>) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let fill = |(i, part): (usize, &&str)| match *part {
        "{id}" => ids[parts[i - 1]].clone(),
        "{name}" if parts[i - 1] == "tables" => "prs".to_owned(),
        "{name}" if parts[i - 1] == "users" => "root".to_owned(),
        "{name}" => "github_prs".to_owned(),
        part => part.to_owned(),
    };
    let filled: Vec<String> = parts.iter().enumerate().map(fill).collect();
    filled.join("/")
}

/// Every user of another tenant, whatever the role, meets this at a route.
async fn walk(caller: &Caller, document: &Value, ids: &BTreeMap<&str, String>) -> usize {
    let paths = document["paths"].as_object().expect("paths");
    let mut walked = 0;
    for (path, item) in paths {
        let Some(path) = path.strip_prefix("/api/v1") else {
            continue;
        };
        for (method, operation) in item.as_object().expect("operations") {
            let method: Method = method.to_uppercase().parse().expect("a method");
            walked += 1;
            at(caller, (&method, path), operation, ids).await;
        }
    }
    walked
}

async fn at(
    caller: &Caller,
    (method, path): (&Method, &str),
    operation: &Value,
    ids: &BTreeMap<&str, String>,
) {
    let target = filled(path, ids);
    let takes = |name: &str| {
        let parameters = operation["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|one| one["name"] == name))
    };
    if *method == Method::GET {
        if path == "/events" {
            return;
        }
        if takes("tenant") {
            let answer = caller.get(&format!("{target}?tenant={HIDDEN}")).await;
            answer.refused(404);
        }
        let answer = caller.get(&target).await;
        if path.contains("{id}") {
            answer.refused(404);
        } else {
            assert!(!answer.status.is_server_error(), "{target}: {answer:?}");
            assert!(!answer.text.contains(HIDDEN), "{target}: {answer:?}");
        }
        return;
    }
    if let Some(body) = body(path, ids) {
        let answer = caller.change(method.clone(), &target, &body).await;
        assert_eq!(answer.status, 404, "{method} {target}: {answer:?}");
    } else if !path.starts_with("/session") && path != "/setup" && path != "/tokens" {
        let answer = caller.change(method.clone(), &target, &json!({})).await;
        let refused = matches!(answer.status.as_u16(), 403 | 415 | 422);
        assert!(refused, "{method} {target}: {answer:?}");
    }
}

async fn hidden(kind: Kind) {
    let (platform, served, admin) = served(kind).await;
    let ids = hidden_ids(&admin).await;
    let document = admin.json("/openapi.json").await;
    let counts =
        "SELECT (SELECT COUNT(*) FROM dead_letters) + (SELECT COUNT(*) FROM integrations) +
                      (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM api_tokens)";
    for role in ["viewer", "operator", "admin"] {
        admin
            .add_user(role, json!([{ "tenant": OPEN, "role": role }]))
            .await;
    }
    admin.add_user("nobody", json!([])).await;
    let before = platform.database().await.number(counts).await;
    for name in ["viewer", "operator", "admin", "nobody"] {
        let caller = served.signed_in(name).await;
        let walked = walk(&caller, &document, &ids).await;
        assert!(walked >= 60, "the document has {walked} operations");
    }
    assert_eq!(platform.database().await.number(counts).await, before);
    // Of two tenants whose letters are alike, each has a group of its own.
    let groups = admin.json("/dead-letters/groups").await;
    let groups = groups["items"].as_array().expect("groups").iter();
    let mut tenants: Vec<_> = groups
        .filter_map(|group| group["tenant"].as_str())
        .collect();
    tenants.sort_unstable();
    assert_eq!(tenants, [HIDDEN, OPEN]);
    // What is not there for them is there for whom it is.
    for (list, id) in [("jobs", &ids["jobs"]), ("runs", &ids["runs"])] {
        admin.json(&format!("/{list}/{id}")).await;
    }
    let path = format!("/tables/prs/rows/{}/lineage", ids["rows"]);
    let lineage = admin.json(&path).await;
    assert_eq!(lineage["plugin"]["name"], "github_prs", "{lineage}");
    assert!(lineage["raw"]["payload"].is_object(), "{lineage}");
    let text = lineage["raw"]["payload_text"].as_str().expect("a text");
    let payload: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(payload, lineage["raw"]["payload"], "{lineage}");
    assert_eq!(lineage["request"]["method"], "GET", "{lineage}");
    let url = lineage["request"]["url"].as_str().expect("a URL");
    assert!(url.contains("/pulls/"), "{lineage}");
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_a_user_of_another_tenant_sees_nothing_on_any_route() {
    hidden(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_a_user_of_another_tenant_sees_nothing_on_any_route() {
    hidden(Kind::PostgresAndRabbit).await;
}

/// What a role may do of its own tenant.
#[tokio::test]
async fn a_role_may_what_is_its_and_no_more() {
    let (platform, served, admin) = served(Kind::Sqlite).await;
    let of = |list: &str| format!("{list}?tenant={OPEN}");
    let job = admin.json(&of("/jobs")).await["items"][0]["id"].clone();
    let integration = admin.json(&of("/integrations")).await["items"][0]["id"].clone();
    let letter = admin.json(&of("/dead-letters")).await["items"][0]["id"].clone();
    let expected = [
        ("viewer", 403, 403),
        ("operator", 200, 403),
        ("admin", 200, 200),
    ];
    for (role, operates, configures) in expected {
        let grants = json!([{ "tenant": OPEN, "role": role }]);
        admin.add_user(role, grants).await;
        let caller = served.signed_in(role).await;
        caller.json(&format!("/jobs/{job}")).await;
        let changed = caller
            .change(
                Method::PATCH,
                &format!("/jobs/{job}"),
                &json!({ "priority": 3 }),
            )
            .await;
        assert_eq!(changed.status, operates, "{role}: {changed:?}");
        let dry = json!({ "ids": [letter], "version": "9.9.9" });
        let dry = caller.post("/dead-letters/dry-run", &dry).await;
        assert_eq!(dry.status == 403, operates == 403, "{role}: {dry:?}");
        let path = format!("/integrations/{integration}");
        let paused = caller
            .change(Method::PATCH, &path, &json!({ "paused": true }))
            .await;
        assert_eq!(paused.status, configures, "{role}: {paused:?}");
        let seen = caller.get("/audit").await;
        assert_eq!(seen.status, configures, "{role}: {seen:?}");
        caller.get("/users").await.refused(403);
    }
    let audit = served.signed_in("admin").await.json("/audit").await;
    let entries = audit["items"].as_array().expect("entries");
    let has = |actor: &str, action: &str| {
        let is_it = |entry: &&Value| entry["actor"] == actor && entry["action"] == action;
        entries.iter().any(|entry| is_it(&entry))
    };
    assert!(
        has("operator", "job.change") && has("admin", "integration.pause"),
        "{audit}"
    );
    assert!(
        entries.iter().all(|entry| entry["tenant"] == OPEN),
        "{audit}"
    );
    drop(platform);
    served.host.stopped().await;
}
