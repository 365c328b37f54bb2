//! The audit log has every change that the API knows, by the document itself.

use std::collections::BTreeSet;

use reqwest::{Method, RequestBuilder};
use runnel_e2e::{Caller, Kind, PASSWORD, Platform, Served, later_prs, pulls};
use serde_json::{Value, json};

/// What tries something out and changes nothing, and what the first user is made with.
const NO_CHANGES: [&str; 6] = [
    "POST /dead-letters/dry-run",
    "POST /diffs",
    "POST /integrations/test",
    "POST /integrations/{id}/test",
    "POST /replays/dry-run",
    "POST /setup",
];

/// Two dead letters, and a run that goes on.
const WORK: [&str; 2] = [
    "INSERT INTO dead_letters (tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version,
                               digest, error, created_at, fingerprint)
     SELECT r.tenant_id, r.integration_id, r.run_id, r.stream, r.id, 'github_prs', '1.0.0', 'd', 'e', 1,
            CAST(r.id AS TEXT)
     FROM raw_data r WHERE r.stream = 'github_prs'",
    "UPDATE job_runs SET state = 'running', finished_at = NULL
     WHERE id = (SELECT MAX(id) FROM job_runs WHERE job_id IS NOT NULL)",
];

/// A task of a run that was given up: of this one.
const GIVEN_UP: &str =
    "INSERT INTO tasks (tenant_id, run_id, queue, kind, state, rank, run_at, error)
                        SELECT tenant_id, id, 'etl.load.github', '{\"load\":1}', 'dead', 0, 0, 'e'
                        FROM job_runs WHERE id =";

/// An admin who changes things, and what was changed so far.
struct Changes {
    admin: Caller,
    made: BTreeSet<String>,
}

impl Changes {
    async fn newest(&self) -> i64 {
        let page = self.admin.json("/audit?limit=1").await;
        page["items"][0]["id"].as_i64().expect("an id")
    }

    /// Sends what is to change something, insists on a new row of the log, and answers
    /// what was answered.
    async fn row(&mut self, route: &str, request: RequestBuilder) -> Value {
        let before = self.newest().await;
        let answer = self.admin.send(request).await;
        assert!(answer.status.is_success(), "{route}: {answer:?}");
        assert!(self.newest().await > before, "{route} left no row");
        self.made.insert(route.to_owned());
        serde_json::from_str(&answer.text).unwrap_or_default()
    }

    /// The same of a route and a JSON body; `of` stands in the path for what is in
    /// braces.
    async fn change(&mut self, route: &str, of: &str, body: Value) -> Value {
        let (method, template) = route.split_once(' ').expect("a method and a path");
        let (start, end) = (template.find('{'), template.find('}'));
        let path = match start.zip(end) {
            Some((start, end)) => format!("{}{of}{}", &template[..start], &template[end + 1..]),
            None => template.to_owned(),
        };
        let method = method.parse().expect("a method");
        self.row(route, self.admin.asking(method, &path, &body))
            .await
    }
}

async fn of_people(changes: &mut Changes, served: &Served) {
    let grants = json!([{ "tenant": "zoo", "role": "viewer" }]);
    changes
        .change("POST /tenants", "", json!({ "name": "zoo" }))
        .await;
    let ann = json!({ "name": "ann", "password": PASSWORD, "grants": grants });
    changes.change("POST /users", "", ann).await;
    let grants = json!({ "grants": [{ "tenant": "zoo", "role": "operator" }] });
    changes.change("PATCH /users/{name}", "ann", grants).await;
    let signing = json!({ "name": "ann", "password": PASSWORD });
    let signing = served.anybody().asking(Method::POST, "/session", &signing);
    changes.row("POST /session", signing).await;
    let ann = served.signed_in("ann").await;
    let password = json!({ "old": PASSWORD, "new": "correct horse battery staple" });
    let password = ann.asking(Method::PUT, "/session/password", &password);
    changes.row("PUT /session/password", password).await;
    let out = ann.request(Method::DELETE, "/session");
    changes.row("DELETE /session", out).await;
    changes
        .change("DELETE /users/{name}", "ann", json!(null))
        .await;
    let token = json!({ "name": "t", "grants": [{ "tenant": null, "role": "viewer" }], "expires_in_days": 1 });
    changes.change("POST /tokens", "", token).await;
    let token = changes.admin.json("/tokens").await["items"][0]["id"].to_string();
    changes
        .change("DELETE /tokens/{id}", &token, json!(null))
        .await;
}

async fn of_work(changes: &mut Changes, platform: &Platform) {
    let integration = json!({
        "tenant": "default", "name": "second", "source": "github",
        "base_url": platform.github.url(), "scope": ["acme"],
    });
    let made = changes.change("POST /integrations", "", integration).await;
    let id = made["id"].to_string();
    let paused = json!({ "paused": true });
    changes
        .change("PATCH /integrations/{id}", &id, paused)
        .await;
    changes
        .change("DELETE /integrations/{id}", &id, json!(null))
        .await;
    let run = changes.admin.json("/runs?state=running").await["items"][0].clone();
    let job = run["job_id"].to_string();
    let priority = json!({ "priority": 3 });
    changes.change("PATCH /jobs/{id}", &job, priority).await;
    changes.change("POST /jobs/{id}/run", &job, json!({})).await;
    let run = run["id"].to_string();
    changes
        .change("POST /runs/{id}/cancel", &run, json!({}))
        .await;
    let database = platform.database().await;
    database.execute(&format!("{GIVEN_UP} {run}")).await;
    changes
        .change("POST /runs/{id}/retry", &run, json!({}))
        .await;
    database.execute(WORK[1]).await;
    changes
        .change("POST /jobs/{id}/cancel", &job, json!({}))
        .await;
    let letters = changes.admin.json("/dead-letters").await["items"].clone();
    for (i, what) in ["drop", "replay"].iter().enumerate() {
        let one = json!({ "ids": [letters[i]["id"]] });
        let route = format!("POST /dead-letters/{what}");
        changes.change(&route, "", one).await;
    }
}

async fn of_plugins(changes: &mut Changes, platform: &Platform) {
    let later = later_prs("2.0.0", &platform.path("")).await;
    let component = changes.admin.request(Method::POST, "/plugins");
    let component = component.header("content-type", "application/wasm");
    let component = component.body(std::fs::read(later).expect("a component"));
    changes.row("POST /plugins", component).await;
    let (version, name) = (json!({ "version": "2.0.0" }), "github_prs");
    let active = "POST /plugins/{name}/activate";
    changes.change(active, name, version.clone()).await;
    let back = "POST /plugins/{name}/rollback";
    changes.change(back, name, json!({})).await;
    let trial = json!({ "plugin": name, "version": "2.0.0", "kind": "shadow" });
    changes.change("POST /trials", "", trial).await;
    changes.change(back, name, json!({})).await;
    let retire = "POST /plugins/{name}/retire";
    changes.change(retire, name, version).await;
    let replay = json!({ "entity": name });
    let begun = changes.change("POST /replays", "", replay).await;
    let id = begun["id"].to_string();
    for what in ["pause", "resume", "cancel"] {
        let route = format!("POST /replays/{{id}}/{what}");
        changes.change(&route, &id, json!({})).await;
    }
}

/// What the document has that is no question.
async fn documented(admin: &Caller) -> BTreeSet<String> {
    let document = admin.json("/openapi.json").await;
    let paths = document["paths"].as_object().expect("paths").iter();
    let changes = paths.flat_map(|(path, of)| {
        let methods = of.as_object().expect("methods").keys();
        let methods = methods.map(|method| method.to_uppercase());
        let path = path.trim_start_matches("/api/v1");
        methods.map(move |method| format!("{method} {path}"))
    });
    changes.filter(|route| !route.starts_with("GET ")).collect()
}

#[tokio::test]
async fn every_change_of_the_document_leaves_a_row() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 3)).await;
    platform.add("acme").await;
    let host = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    host.admin().await;
    platform.all_succeeded().await;
    host.host.stopped().await;
    let database = platform.database().await;
    for sql in WORK {
        database.execute(sql).await;
    }
    let served = Served::start(platform.host(), "api").await;
    let admin = served.signed_in("root").await;
    let mut changes = Changes {
        admin: admin.clone(),
        made: NO_CHANGES.map(str::to_owned).into(),
    };
    of_people(&mut changes, &served).await;
    of_work(&mut changes, &platform).await;
    of_plugins(&mut changes, &platform).await;
    assert_eq!(changes.made, documented(&admin).await);
    served.host.stopped().await;
}
