//! Whoever watches is told which lists have changed.

use std::{collections::BTreeSet, time::Duration};

use reqwest::Method;
use runnel_e2e::{Caller, Kind, Platform, Served, pulls};
use serde_json::{Value, json};

/// How long something may take until it is told of: the host looks every two seconds.
const SOON: Duration = Duration::from_secs(8);

/// A stream of events, read bit by bit.
pub(crate) struct Events {
    stream: reqwest::Response,
    text: String,
}

impl Events {
    pub(crate) async fn of(caller: &Caller) -> Self {
        let request = caller.request(Method::GET, "/events");
        let stream = request.send().await.expect("a stream");
        let text = String::new();
        let mut events = Self { stream, text };
        events.until(&["jobs", "audit"]).await;
        events
    }

    /// Waits until all of these were told of; what else was.
    pub(crate) async fn until(&mut self, wanted: &[&str]) -> BTreeSet<String> {
        let mut told = BTreeSet::new();
        while !wanted.iter().all(|list| told.contains(*list)) {
            let next = tokio::time::timeout(SOON, self.next()).await;
            let next = next.unwrap_or_else(|_| panic!("{wanted:?} and not {told:?}"));
            told.extend(next);
        }
        told
    }

    /// The lists of the next event that names any.
    async fn next(&mut self) -> Vec<String> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                if event.contains("event: changed") {
                    return lists(&event);
                }
                continue;
            }
            let chunk = self.stream.chunk().await.expect("a chunk").expect("more");
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

fn lists(event: &str) -> Vec<String> {
    let data = event.lines().find_map(|line| line.strip_prefix("data: "));
    let data: Value = serde_json::from_str(data.expect("data")).expect("JSON");
    let what = data["what"].as_array().expect("lists").iter();
    what.map(|list| list.as_str().expect("a list").to_owned())
        .collect()
}

async fn told(kind: Kind) {
    let platform = Platform::new(kind, pulls(1, 3)).await;
    platform.add("acme").await;
    let served = Served::start(platform.host(), "scheduler,relay,worker,api").await;
    let admin = served.admin().await;
    platform.all_succeeded().await;
    let mut events = Events::of(&admin).await;
    admin
        .change(Method::PATCH, "/integrations/1", &json!({ "paused": true }))
        .await;
    events.until(&["integrations", "jobs", "audit"]).await;
    admin.add_user("eve", json!([])).await;
    events.until(&["users", "audit"]).await;
    platform.json(&["tenant", "add", "zoo"]).await;
    events.until(&["tenants", "audit"]).await;
    let grants = json!([{ "tenant": null, "role": "viewer" }]);
    let token = json!({ "name": "ci", "grants": grants, "expires_in_days": 1 });
    admin.post("/tokens", &token).await;
    events.until(&["tokens", "audit"]).await;
    let replay = json!({ "entity": "github_repositories" });
    let begun = admin.post("/replays", &replay).await;
    assert_eq!(begun.status, 201, "{begun:?}");
    events.until(&["replays", "audit"]).await;
    let database = platform.database().await;
    database.execute("UPDATE quotas SET remaining = 7").await;
    events.until(&["quotas"]).await;
    served.host.stopped().await;
}

#[tokio::test]
async fn on_sqlite_whoever_watches_is_told_which_lists_have_changed() {
    told(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgresql_whoever_watches_is_told_which_lists_have_changed() {
    told(Kind::Postgres).await;
}

#[tokio::test]
async fn a_tenants_user_is_told_of_nothing_that_is_not_the_tenants() {
    let platform = Platform::new(Kind::Sqlite, pulls(1, 1)).await;
    platform.add("acme").await;
    platform.json(&["tenant", "add", "zoo"]).await;
    let served = Served::start(platform.host(), "api").await;
    let admin = served.admin().await;
    admin
        .add_user("eve", json!([{ "tenant": "zoo", "role": "admin" }]))
        .await;
    let eve = served.signed_in("eve").await;
    let (mut hers, mut all) = (Events::of(&eve).await, Events::of(&admin).await);
    admin.add_user("bob", json!([])).await;
    let pause = json!({ "paused": true });
    admin.change(Method::PATCH, "/integrations/1", &pause).await;
    all.until(&["integrations", "users"]).await;
    let zoo = platform.integration("acme").with(&["--tenant", "zoo"]);
    zoo.run().await.expect_status(0);
    let told = hers.until(&["integrations", "audit"]).await;
    assert!(!told.contains("users"), "{told:?}");
    let rows = eve.json("/audit").await;
    let actions: BTreeSet<&str> = rows["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|row| row["action"].as_str())
        .collect();
    assert_eq!(actions, BTreeSet::from(["integration.add", "tenant.add"]));
    served.host.stopped().await;
}
