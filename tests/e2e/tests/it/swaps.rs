//! A thousand swaps during a sync. Within this process, since a person's commands
//! take longer than the swaps do; what they call is the same.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use fake_github::{Edit, Spec};
use runnel_control::SyncRequest;
use runnel_e2e::{Database, NEW_COLUMN, Row, Workplace, binary, components, later_prs};
use runnel_signatures::Signers;
use runnel_store::{Actor, DatabaseUrl, Store};
use serde_json::{Map, Value};
use tokio::process::Command;

const SWAPS: u32 = 1_000;
const PULLS: u32 = 150;

fn spec() -> Spec {
    Spec {
        repositories: 1,
        pulls: PULLS,
        issues: 0,
        commits: 1,
        special: false,
        ..Spec::default()
    }
}

async fn runnel(place: &Workplace, arguments: &[&str]) {
    let mut command = Command::new(binary());
    let output = command.args(arguments).current_dir(place.path(""));
    let output = output.output().await.expect("runnel runs");
    assert!(output.status.success(), "{output:?}");
}

fn request(place: &Workplace, database: &DatabaseUrl) -> SyncRequest {
    SyncRequest {
        source: "github".to_owned(),
        scope: vec!["acme".to_owned()],
        base_url: Some(place.github.url().to_owned()),
        token: None,
        token_origin: "nowhere".to_owned(),
        database: database.clone(),
        streams: vec!["github_prs".to_owned()],
        full: false,
        since: None,
        settings: Map::new(),
        plugins: components(),
        cache: Some(place.path("cache")),
        signers: Signers::default(),
        concurrency: 4,
        // Each swap is to be met, and not every hundredth.
        follow: Duration::from_millis(1),
    }
}

/// Activates the one version, then the other, and so on until it is told to end.
async fn swap(store: Arc<dyn Store>, swaps: Arc<AtomicU32>, end: Arc<AtomicBool>) {
    let versions = ["github_prs@0.1.0", "github_prs@2.0.0"].map(|text| text.parse());
    let versions = versions.map(|version| version.expect("a version"));
    let by = Actor::user("test");
    while !end.load(Ordering::Relaxed) {
        let next = &versions[swaps.load(Ordering::Relaxed) as usize % 2];
        store
            .activate(next, None, &by)
            .await
            .expect("an activation");
        swaps.fetch_add(1, Ordering::Relaxed);
        // Others want to write, too.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn touch_all(place: &Workplace, round: u32) {
    for number in 1..=PULLS {
        let touch = Edit::TouchPull {
            repository: Spec::repository(1),
            number,
            title: Some(format!("Round {round}")),
            state: None,
        };
        place.github.edit(touch).expect("an edit");
    }
}

async fn rows(place: &Workplace, database: &str) -> BTreeMap<String, Row> {
    let rows = Database::open(&place.path(database))
        .await
        .rows("prs")
        .await;
    let keyed = rows
        .into_iter()
        .map(|row| (row["external_id"].to_string(), row));
    keyed.collect()
}

/// Syncs until there were as many swaps meanwhile as are wanted.
async fn synced_while_swapping(place: &Workplace, url: &DatabaseUrl, store: &Arc<dyn Store>) {
    let swaps = Arc::new(AtomicU32::new(0));
    let end = Arc::new(AtomicBool::new(false));
    let swapping = swap(Arc::clone(store), Arc::clone(&swaps), Arc::clone(&end));
    let swapping = tokio::spawn(swapping);
    let mut round = 0;
    while swaps.load(Ordering::Relaxed) < SWAPS {
        round += 1;
        touch_all(place, round);
        let never = std::future::pending();
        let synced = runnel_control::sync(request(place, url), Arc::new(|_| ()), never);
        let summary = synced.await.expect("a summary");
        let well = summary.succeeded && summary.problems.is_empty();
        assert!(well, "{summary:?}");
    }
    end.store(true, Ordering::Relaxed);
    swapping.await.expect("all swaps");
}

/// What nothing disturbs: all by the later version.
async fn undisturbed(place: &Workplace, later: &str) -> BTreeMap<String, Row> {
    let database = ["--database", "sqlite:undisturbed.db"];
    for words in [["install", later], ["activate", "github_prs@2.0.0"]] {
        runnel(place, &[&["plugin"], &words[..], &database[..]].concat()).await;
    }
    let sync = place.sync(&["acme"]).with(&["--stream", "github_prs"]);
    sync.with(&database).run().await.expect_status(0);
    rows(place, "undisturbed.db").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_swaps_during_a_sync_every_row_is_right() {
    let place = Workplace::new(spec()).await;
    let later = later_prs("2.0.0", &place.path("")).await;
    let own = components().join("github_prs.wasm");
    let files = [&own, &later].map(|file| file.to_str().expect("a path"));
    for file in files {
        let words = ["plugin", "install", file, "--database", "sqlite:swaps.db"];
        runnel(&place, &words).await;
    }
    let url = format!("sqlite:{}", place.path("swaps.db").display());
    let url: DatabaseUrl = url.parse().expect("a URL");
    let store = runnel_store::open(&url).await.expect("a store");
    synced_while_swapping(&place, &url, &store).await;

    let expected = undisturbed(&place, files[1]).await;
    let found = rows(&place, "swaps.db").await;
    assert_eq!(found.len(), PULLS as usize);
    let versions = store.versions(None).await.expect("versions");
    let digests = versions.iter().map(|v| Value::from(v.digest.to_string()));
    let digests: Vec<Value> = digests.collect();
    let mut made = [0, 0];
    for (id, row) in &found {
        let digest = &row["transform_digest"];
        let by = digests.iter().position(|known| known == digest);
        let by = by.unwrap_or_else(|| panic!("no version made {row:?}"));
        made[by] += 1;
        right(row, &expected[id], by == 1);
    }
    assert!(made.iter().all(|rows| *rows > PULLS / 20), "{made:?}");
}

/// The new column is the later version's alone: the other leaves it as it finds it.
fn right(row: &Row, expected: &Row, by_the_later: bool) {
    for (column, value) in expected {
        match column.as_str() {
            "transform_digest" => {}
            NEW_COLUMN if !by_the_later && row[column].is_null() => {}
            _ => assert_eq!(row[column], *value, "{column} of {row:?}"),
        }
    }
}
