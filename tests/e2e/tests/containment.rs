//! A transform that does harm, in a service beside good ones.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics says where; clippy spares only the test functions themselves"
)]

use std::{collections::BTreeMap, fs};

use fake_github::Spec;
use runnel_e2e::{Kind, Platform, Row, components, undisturbed};
use serde_json::Value;

/// A review for each last digit: each that never ends costs two deadlines.
fn spec() -> Spec {
    Spec {
        repositories: 1,
        pulls: 4,
        reviews: 3,
        commits: 20,
        special: false,
        ..Spec::default()
    }
}

/// The built plugins, with one of `test_guests` in the place of that for reviews.
fn with_hostile_reviews(platform: &mut Platform) {
    let folder = platform.path("plugins");
    fs::create_dir(&folder).unwrap();
    for entry in fs::read_dir(components()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
    }
    let hostile = folder.join("github_reviews.wasm");
    assert!(hostile.exists(), "there is nothing to replace");
    fs::write(hostile, test_guests::reviews()).unwrap();
    platform.set("RUNNEL_PLUGINS", folder.to_str().unwrap());
}

/// The rows of a tenant, without what says whose they are.
async fn rows_of(platform: &Platform, table: &str, tenant: i64) -> Vec<Row> {
    let rows = platform.database().await.rows(table).await;
    let mut own: Vec<Row> = rows
        .into_iter()
        .filter(|row| row["tenant_id"] == tenant)
        .map(nameless)
        .collect();
    own.sort_by_key(|row| serde_json::json!(row).to_string());
    own
}

fn nameless(mut row: Row) -> Row {
    row.retain(|column, _| !["tenant_id", "integration_id"].contains(&column.as_str()));
    row
}

/// Whether the transform of `reviews.wat` does harm with a review.
fn is_harmful(id: &str) -> bool {
    id.ends_with(['5', '6', '7', '8'])
}

fn ids(reviews: &[Row]) -> Vec<String> {
    let id = |row: &Row| match &row["external_id"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut ids: Vec<String> = reviews.iter().map(id).collect();
    ids.sort();
    ids
}

async fn everything_else_is_there(
    platform: &Platform,
    tenant: i64,
    expected: &BTreeMap<&'static str, Vec<Row>>,
) {
    for table in ["repositories", "prs", "commits", "comments"] {
        let mut rows: Vec<Row> = expected[table].iter().cloned().map(nameless).collect();
        rows.sort_by_key(|row| serde_json::json!(row).to_string());
        let found = rows_of(platform, table, tenant).await;
        assert!(
            !rows.is_empty() && found == rows,
            "{table} of tenant {tenant}"
        );
    }
}

#[tokio::test]
async fn a_hostile_transform_costs_its_own_records_and_nobody_elses() {
    let mut platform = Platform::new(Kind::Sqlite, spec()).await;
    with_hostile_reviews(&mut platform);
    let mut tenants = Vec::new();
    for name in ["one", "another"] {
        platform.json(&["tenant", "add", name]).await;
        let added = platform.integration("acme").with(&["--tenant", name]);
        added.run().await.expect_status(0);
        let id = format!("SELECT id FROM tenants WHERE name = '{name}'");
        tenants.push(platform.database().await.number(&id).await);
    }
    let host = platform.host().start().await;
    platform.all_succeeded().await;

    let expected = undisturbed(spec(), "acme").await;
    let (harmful, harmless): (Vec<String>, Vec<String>) = ids(&expected["reviews"])
        .into_iter()
        .partition(|id| is_harmful(id));
    assert!(
        harmful.len() >= 4 && harmless.len() >= 4,
        "{harmful:?} {harmless:?}"
    );
    for tenant in tenants {
        everything_else_is_there(&platform, tenant, &expected).await;
        let rows = rows_of(&platform, "hostile_reviews", tenant).await;
        assert_eq!(ids(&rows), harmless, "of tenant {tenant}");
    }
    each_dead_letter_names_the_plugin(&platform, 2 * harmful.len()).await;
    host.stopped().await;
}

async fn each_dead_letter_names_the_plugin(platform: &Platform, expected: usize) {
    let letters = platform
        .database()
        .await
        .query("SELECT json_array(stream, error) FROM dead_letters")
        .await;
    assert_eq!(letters.len(), expected, "{letters:#?}");
    let digest = digest(platform).await;
    let named = format!("github_reviews 6.6.6 ({digest}): ");
    for letter in &letters {
        assert_eq!(letter[0], "github_reviews", "{letter}");
        let error = letter[1].as_str().unwrap();
        assert!(error.starts_with(&named), "{error} does not name {named}");
    }
    for said in ["panicked", "past the deadline", "not declared", "of memory"] {
        let says = |letter: &Value| letter[1].as_str().unwrap().contains(said);
        assert!(
            letters.iter().any(says),
            "nothing of {said:?}: {letters:#?}"
        );
    }
}

/// The first digits of the hostile plugin's digest, as its descriptor was stored.
async fn digest(platform: &Platform) -> String {
    let stored = platform
        .database()
        .await
        .query("SELECT json_quote(substr(digest, 1, 12)) FROM descriptors WHERE version = '6.6.6'")
        .await;
    stored[0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_component_whose_file_changes_under_a_running_service_goes_on_as_it_was_loaded() {
    let mut platform = Platform::new(Kind::Sqlite, spec()).await;
    with_hostile_reviews(&mut platform);
    let good = components().join("github_reviews.wasm");
    let file = platform.path("plugins").join("github_reviews.wasm");
    fs::copy(good, &file).unwrap();
    let host = platform.host().start().await;
    // In place, where a mapped file would change under the running code.
    fs::write(&file, test_guests::reviews()).unwrap();
    platform.add("acme").await;
    platform.all_succeeded().await;
    platform.has(&undisturbed(spec(), "acme").await).await;
    let database = platform.database().await;
    let other = "SELECT COUNT(*) FROM descriptors WHERE version = '6.6.6'";
    assert_eq!(database.number(other).await, 0);
    host.stopped().await;
}
