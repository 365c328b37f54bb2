//! `#[derive(Mapping)]`: what each attribute reads, and what is rejected.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics says where; clippy spares only the test functions themselves"
)]

use runnel_sdk::{Id, Json, Mapping, Reads, Rejection, Table, Timestamp, Transform, testing};
use serde_json::{Map, Value, json};

/// A thing.
#[derive(Mapping)]
#[table(name = "things", key = "external_id")]
struct Thing {
    /// The id.
    #[from("id")]
    external_id: Id,
    #[from("owner.account.login")]
    owner: String,
    #[from("owner.account.type", default)]
    owner_type: String,
    #[from("closer.login")]
    closer: Option<String>,
    closed_at: Option<Timestamp>,
    #[from("labels[].name")]
    labels: Json,
    #[from("topics[]")]
    topics: Option<Json>,
    #[from("files[].name", count)]
    files: Option<i64>,
    #[from("url", or = "address", with = number)]
    number: i64,
    #[context]
    found_by: String,
    #[lookup(table = "others", on = "number = number", take = "external_id")]
    other: Option<String>,
}

/// Of the same name as a column, which must not hide it.
fn number(address: String) -> Result<i64, std::num::ParseIntError> {
    address.trim_start_matches("/things/").parse()
}

fn whole() -> Value {
    json!({
        "id": 9_007_199_254_740_991_u64,
        "owner": { "account": { "login": "ada", "type": "User", "more": 1 } },
        "closer": { "login": "bob" },
        "closed_at": "2024-03-01T10:11:12Z",
        "labels": [{ "name": "bug" }, { "name": "\"quoted\"" }],
        "topics": ["a", "b"],
        "files": [{ "name": "x" }, { "name": "y" }],
        "url": "/things/12",
    })
}

fn map(payload: &Value) -> Result<Map<String, Value>, Rejection> {
    testing::map::<Thing>(&payload.to_string(), r#"{"found_by": "search", "more": 1}"#)
}

fn with(field: &str, value: Value) -> Value {
    let mut payload = whole();
    payload[field] = value;
    payload
}

fn without(field: &str) -> Value {
    let mut payload = whole();
    payload.as_object_mut().unwrap().remove(field);
    payload
}

#[test]
fn every_attribute_fills_its_column() {
    let row = map(&whole()).unwrap();
    let expected = json!({
        "external_id": "9007199254740991",
        "owner": "ada",
        "owner_type": "User",
        "closer": "bob",
        "closed_at": 1_709_287_872_000_000_i64,
        "labels": r#"["bug","\"quoted\""]"#,
        "topics": r#"["a","b"]"#,
        "files": 2,
        "number": 12,
        "found_by": "search",
        "other": null,
    });
    assert_eq!(Value::Object(row), expected);
}

#[test]
fn what_is_optional_is_null_where_it_or_what_it_is_in_is_missing_or_null() {
    for (field, column) in [
        ("closer", "closer"),
        ("closed_at", "closed_at"),
        ("topics", "topics"),
        ("files", "files"),
    ] {
        for payload in [with(field, Value::Null), without(field)] {
            assert_eq!(map(&payload).unwrap()[column], Value::Null, "{payload}");
        }
    }
}

#[test]
fn a_default_stands_in_for_what_is_missing() {
    let payload = with("owner", json!({ "account": { "login": "ada" } }));
    assert_eq!(map(&payload).unwrap()["owner_type"], "");
}

#[test]
fn a_field_may_have_another_name() {
    let mut payload = without("url");
    payload["address"] = json!("/things/13");
    assert_eq!(map(&payload).unwrap()["number"], 13);
}

#[test]
fn what_is_required_and_missing_or_of_another_type_is_rejected_with_its_path() {
    let account = |login: Value| json!({ "account": { "login": login } });
    for (payload, path, message) in [
        (
            with("owner", account(json!(7))),
            "owner.account.login",
            "expected a string",
        ),
        (
            with("owner", json!({ "account": {} })),
            "owner.account",
            "missing field `login`",
        ),
        (
            with("closed_at", json!("yesterday")),
            "closed_at",
            "RFC 3339",
        ),
        (with("id", json!(-1)), "id", "expected u64"),
        (with("url", json!("/things/x")), "url", "invalid digit"),
        (
            with("labels", json!([{ "title": 1 }])),
            "labels[0]",
            "missing field `name`",
        ),
    ] {
        let rejection = map(&payload).unwrap_err();
        assert_eq!(
            rejection.path.as_deref(),
            Some(path),
            "{}",
            rejection.message
        );
        assert!(rejection.message.contains(message), "{}", rejection.message);
    }
}

#[test]
fn exactly_the_paths_of_the_columns_are_read() {
    let mut paths = Vec::new();
    <Thing as Transform>::Payload::reads("", &mut paths);
    let expected = "id owner.account.login owner.account.type closer.login closed_at labels[].name topics[] files[].name url address";
    assert_eq!(paths.join(" "), expected);
}

#[test]
fn a_column_without_a_documentation_says_where_it_comes_from() {
    let declaration = Thing::declaration();
    let columns = declaration["columns"].as_array().unwrap();
    let docs: Vec<_> = ["external_id", "owner", "number", "found_by"]
        .iter()
        .map(|name| {
            &columns
                .iter()
                .find(|column| column["name"] == **name)
                .unwrap()["doc"]
        })
        .collect();
    assert_eq!(
        docs,
        ["The id.", "`owner.account.login`", "`url` or `address`", ""]
    );
}
