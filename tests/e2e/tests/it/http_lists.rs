//! Lists, rows and what is done with jobs, through the HTTP API.

use std::collections::BTreeSet;

use reqwest::Method;
use runnel_e2e::{Caller, Kind, Platform, Served, pulls};
use serde_json::{Value, json};

async fn served(kind: Kind) -> (Platform, Served, Caller) {
    let platform = Platform::new(kind, pulls(2, 5)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = served.admin().await;
    platform.all_succeeded().await;
    (platform, served, admin)
}

/// Every item of a list, two a page.
async fn all(caller: &Caller, list: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mark = if list.contains('?') { '&' } else { '?' };
    let mut path = format!("{list}{mark}limit=2");
    loop {
        let page = caller.json(&path).await;
        let found = page["items"].as_array().expect("items");
        assert!(found.len() <= 2, "{page}");
        items.extend(found.iter().cloned());
        match page["next"].as_str() {
            Some(next) => path = format!("{list}{mark}limit=2&cursor={next}"),
            None => return items,
        }
    }
}

/// Lists, each with the query that counts what it has.
const COUNTED: [(&str, &str); 5] = [
    ("/jobs", "SELECT COUNT(*) FROM etl_jobs"),
    ("/runs", "SELECT COUNT(*) FROM job_runs"),
    (
        "/tables/prs/rows?tenant=default",
        "SELECT COUNT(*) FROM prs",
    ),
    (
        "/tables/prs/rows?tenant=default&sort=-title",
        "SELECT COUNT(*) FROM prs",
    ),
    (
        "/tables/prs/rows?tenant=default&sort=merged_at",
        "SELECT COUNT(*) FROM prs",
    ),
];
const NOT_EMPTY: [&str; 7] = [
    "/tenants",
    "/integrations",
    "/sources",
    "/plugins",
    "/tables",
    "/quotas",
    "/users",
];
const EMPTY: [&str; 5] = [
    "/tokens",
    "/trials",
    "/replays",
    "/dead-letters",
    "/dead-letters/groups",
];

async fn pages(kind: Kind) {
    let (platform, served, admin) = served(kind).await;
    let database = platform.database().await;
    for (list, count) in COUNTED {
        let items = all(&admin, list).await;
        let key = if list.contains("/rows") { "_id" } else { "id" };
        let ids: BTreeSet<String> = items.iter().map(|item| item[key].to_string()).collect();
        let count = database.number(count).await;
        assert_eq!(ids.len() as i64, count, "{list}: {items:?}");
        assert_eq!(items.len() as i64, count, "{list}: none twice");
    }
    for list in NOT_EMPTY {
        assert!(!all(&admin, list).await.is_empty(), "{list}");
    }
    for list in EMPTY {
        assert_eq!(all(&admin, list).await, [Value::Null; 0], "{list}");
    }
    admin.json("/queues").await;
    admin.get("/jobs?limit=0").await.refused(400);
    admin.get("/jobs?cursor=made-up").await.refused(400);
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_a_list_comes_page_by_page_with_nothing_twice() {
    pages(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_a_list_comes_page_by_page_with_nothing_twice() {
    pages(Kind::Postgres).await;
}

/// Rows with these conditions, sorted by number.
async fn numbers(caller: &Caller, conditions: &str) -> Vec<i64> {
    let path = format!("/tables/prs/rows?tenant=default&sort=number&limit=200&{conditions}");
    let page = caller.json(&path).await;
    let items = page["items"].as_array().expect("items");
    let number = |row: &Value| row["number"].as_i64().expect("a number");
    items.iter().map(number).collect()
}

async fn filters(kind: Kind) {
    let (platform, served, admin) = served(kind).await;
    platform
        .database()
        .await
        .execute("UPDATE prs SET title = 'A 100% <b>strange</b> Titel von ÄRGER' WHERE number = 3")
        .await;
    let every = numbers(&admin, "").await;
    let two: Vec<i64> = every
        .iter()
        .copied()
        .filter(|number| *number <= 2)
        .collect();
    assert_eq!(numbers(&admin, "where=number:le:2").await, two);
    assert_eq!(
        numbers(&admin, "where=number:ge:2&where=number:lt:3")
            .await
            .len(),
        2
    );
    assert_eq!(numbers(&admin, "where=title:contains:100%25").await, [3, 3]);
    assert_eq!(numbers(&admin, "q=STRANGE").await, [3, 3]);
    assert_eq!(numbers(&admin, "q=Ärger").await, [3, 3]);
    let arger = "where=title:contains:von%20ä";
    assert_eq!(numbers(&admin, arger).await, [3, 3]);
    assert!(numbers(&admin, "q=%25_%25").await.is_empty());
    assert_eq!(
        numbers(&admin, "where=created_at:gt:1990-01-01T00:00:00Z").await,
        every
    );
    assert!(
        numbers(&admin, "where=created_at:lt:1990-01-01")
            .await
            .is_empty()
    );
    assert!(numbers(&admin, "where=title:null").await.is_empty());
    for wrong in [
        "where=number:le:two",
        "where=no_such:eq:1",
        "where=number",
        "sort=no_such",
        "where=created_at:eq:yesterday",
    ] {
        let path = format!("/tables/prs/rows?tenant=default&{wrong}");
        admin.get(&path).await.refused(400);
    }
    let row = admin.json("/tables/prs/rows?tenant=default&limit=1").await;
    let row = &row["items"][0];
    assert!(
        row["_integration"].is_i64() && row["number"].is_i64(),
        "{row}"
    );
    let created = row["created_at"].as_str().expect("a time");
    assert!(created.ends_with('Z') && created.len() == 27, "{created}");
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_rows_are_filtered_and_sorted() {
    filters(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_rows_are_filtered_and_sorted() {
    filters(Kind::Postgres).await;
}

#[tokio::test]
async fn a_job_is_paused_run_and_tells_what_it_waits_for() {
    let (platform, served, admin) = served(Kind::Sqlite).await;
    let jobs = admin.json("/jobs?q=github_prs").await;
    let job = &jobs["items"][0];
    let path = format!("/jobs/{}", job["id"]);
    let body = json!({ "paused": true, "every_minutes": 90, "overlap": "buffer" });
    let changed = admin.change(Method::PATCH, &path, &body).await.json();
    assert_eq!(
        (
            &changed["state"],
            &changed["every_minutes"],
            &changed["overlap"]
        ),
        (&json!("paused"), &json!(90), &json!("buffer"))
    );
    let waits = admin.json(&format!("{path}/waits")).await;
    assert!(
        !waits["items"].as_array().expect("items").is_empty(),
        "{waits}"
    );
    let paused = admin.json("/jobs?state=paused").await;
    assert_eq!(
        paused["items"].as_array().map(Vec::len),
        Some(1),
        "{paused}"
    );
    let runs = "SELECT COUNT(*) FROM job_runs WHERE state = 'succeeded'";
    let before = platform.database().await.number(runs).await;
    let asked = admin.post(&format!("{path}/run"), &json!({})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    platform.until(runs, before + 1).await;
    let itself = json!({ "depends_on": [job["name"]] });
    admin
        .change(Method::PATCH, &path, &itself)
        .await
        .refused(422);
    let flow = admin.json("/flow").await;
    assert_eq!(flow["sources"][0]["name"], "github", "{flow}");
    assert!(
        !flow["transforms"]
            .as_array()
            .expect("transforms")
            .is_empty(),
        "{flow}"
    );
    served.host.stopped().await;
}

#[tokio::test]
async fn what_is_chosen_is_found_by_its_name() {
    let (_platform, served, admin) = served(Kind::Sqlite).await;
    for name in ["zoo", "Zoological", "acme"] {
        admin.post("/tenants", &json!({ "name": name })).await;
    }
    let count = async |list: &str| {
        let page = admin.json(list).await;
        page["items"].as_array().expect("items").len()
    };
    assert_eq!(count("/tenants?q=ZOO").await, 2);
    assert_eq!(count("/tenants?q=no-such").await, 0);
    assert_eq!(count("/plugins?name=github_prs").await, 1);
    assert_eq!(count("/plugins?name=github").await, 1);
    assert_eq!(count("/plugins?name=no_such").await, 0);
    served.host.stopped().await;
}

#[tokio::test]
async fn an_integration_says_whose_budget_its_requests_are_counted_against() {
    let (platform, served, admin) = served(Kind::Sqlite).await;
    let other = "INSERT INTO quotas (account, host) VALUES ('other', '127.0.0.1')";
    platform.database().await.execute(other).await;
    let integration = admin.json("/integrations").await["items"][0].clone();
    let account = integration["account"].as_str().expect("an account");
    let quotas = admin.json(&format!("/quotas?account={account}")).await;
    let quotas = quotas["items"].as_array().expect("items").clone();
    assert_eq!(quotas.len(), 1, "{quotas:?}");
    assert_eq!(quotas[0]["account"], account);
    served.host.stopped().await;
}

#[tokio::test]
async fn an_integration_is_tried_added_paused_and_removed() {
    let (platform, served, admin) = served(Kind::Sqlite).await;
    let body = json!({
        "tenant": "default", "name": "second", "source": "github",
        "base_url": platform.github.url(), "scope": ["acme"],
    });
    let tested = admin.post("/integrations/test", &body).await;
    assert_eq!(tested.json()["ok"], true, "{tested:?}");
    let added = admin.post("/integrations", &body).await;
    assert_eq!(added.status, 201, "{added:?}");
    admin.post("/integrations", &body).await.refused(409);
    let path = format!("/integrations/{}", added.json()["id"]);
    let paused = admin
        .change(Method::PATCH, &path, &json!({ "paused": true }))
        .await;
    assert_eq!(paused.json()["paused"], true, "{paused:?}");
    let tested = admin.post(&format!("{path}/test"), &json!({})).await;
    assert_eq!(tested.json()["ok"], true, "{tested:?}");
    let gone = admin.change(Method::DELETE, &path, &json!(null)).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    admin.get(&path).await.refused(404);
    let mut unknown = body.clone();
    unknown["settings"] = json!({ "no_such": 1 });
    admin.post("/integrations", &unknown).await.refused(422);
    let mut secret = body;
    secret["token"] = json!("a secret of a service");
    let refused = admin.post("/integrations", &secret).await;
    refused.refused(409);
    assert!(!served.host.log().contains("a secret of a service"));
    served.host.stopped().await;
}
