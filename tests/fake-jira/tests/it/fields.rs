//! Fields and their values.

use std::collections::HashSet;

use fake_jira::{Edit, FieldKind, Options, Spec};
use serde_json::{Value, json};

use crate::harness::Harness;

/// Whether a value is of a type.
type Is = fn(&Value) -> bool;

async fn fields(jira: &Harness) -> Vec<Value> {
    jira.get("/rest/api/2/field").await.items()
}

async fn one(jira: &Harness, id: &str) -> Value {
    let all = fields(jira).await;
    all.into_iter().find(|field| field["id"] == id).unwrap()
}

#[tokio::test]
async fn every_type_has_a_field_with_its_schema() {
    let jira = Harness::cloud().await;
    let fields = fields(&jira).await;
    let schemas: HashSet<String> = fields
        .iter()
        .map(|field| {
            let schema = &field["schema"];
            format!("{} {}", schema["type"], schema["items"]).replace('"', "")
        })
        .collect();
    for schema in [
        "number null",
        "string null",
        "date null",
        "datetime null",
        "option null",
        "array option",
        "user null",
        "array user",
        "array string",
        "option-with-child null",
        "version null",
        "array version",
        "group null",
        "array group",
        "project null",
        "array json",
        "any null",
    ] {
        assert!(schemas.contains(schema), "{schema}");
    }
    let sprint = one(&jira, "customfield_10002").await;
    assert_eq!(
        sprint["schema"]["custom"],
        "com.pyxis.greenhopper.jira:gh-sprint"
    );
    assert_eq!(sprint["schema"]["customId"], 10_002);
    let server = Harness::server().await;
    let sprint = one(&server, "customfield_10002").await;
    assert_eq!(sprint["schema"]["items"], "string");
}

#[tokio::test]
async fn values_are_of_their_fields_types() {
    let jira = Harness::cloud().await;
    let issues = jira.issues("project = ACME", "*all").await;
    let is: [(&str, Is); 12] = [
        ("customfield_10000", Value::is_number),
        ("customfield_10001", |one| one["value"].is_string()),
        ("customfield_10002", |one| one[0]["boardId"].is_number()),
        ("customfield_10003", |one| one["type"] == "doc"),
        ("customfield_10004", |one| one["accountId"].is_string()),
        ("customfield_10005", |one| {
            one.as_str().is_some_and(|text| text.len() == 28)
        }),
        ("customfield_10007", Value::is_string),
        ("customfield_10008", |one| {
            one.as_str().is_some_and(|text| text.len() == 10)
        }),
        ("customfield_10009", |one| one[1]["value"].is_string()),
        ("customfield_10011", |one| one[1] == "tag-1"),
        ("customfield_10013", |one| one["released"].is_boolean()),
        ("customfield_10017", |one| one["key"] == "ACME"),
    ];
    for (id, is) in is {
        let values = issues.iter().map(|issue| &issue["fields"][id]);
        let values: Vec<_> = values.filter(|value| !value.is_null()).collect();
        assert!(!values.is_empty(), "{id}");
        assert!(values.iter().all(|value| is(value)), "{id}: {values:?}");
    }
    let children = issues
        .iter()
        .filter(|one| one["fields"]["customfield_10010"]["child"]["value"].is_string());
    assert!(children.count() > 0);
}

#[tokio::test]
async fn a_field_may_be_unused_or_without_a_context_or_of_anothers_name() {
    let jira = Harness::cloud().await;
    let issue = jira.json("/rest/api/3/issue/ACME-1").await;
    assert_eq!(issue["fields"][Spec::UNUSED_FIELD], Value::Null);
    assert!(issue["fields"].get(Spec::UNUSED_FIELD).is_some());
    assert!(issue["fields"].get(Spec::ORPHAN_FIELD).is_none());
    let context = async |id: &str| {
        jira.get(&format!("/rest/api/3/field/{id}/context"))
            .await
            .status
    };
    assert_eq!(context(Spec::UNUSED_FIELD).await, 200);
    assert_eq!(context(Spec::ORPHAN_FIELD).await, 404);
    let (first, other) = (
        one(&jira, "customfield_10000").await,
        one(&jira, Spec::NAMESAKE_FIELD).await,
    );
    assert_eq!(first["name"], other["name"]);
    assert_ne!(first["schema"]["type"], other["schema"]["type"]);
}

#[tokio::test]
async fn a_project_may_not_show_a_field() {
    let jira = Harness::cloud().await;
    // 10,008 is 5 modulo 7.
    let has = async |key: &str| {
        let issue = jira.json(&format!("/rest/api/3/issue/{key}")).await;
        issue["fields"].get("customfield_10008").is_some()
    };
    assert!(has("ACME-1").await);
    assert!(!has("BETA-1").await);
}

#[tokio::test]
async fn fields_are_added_renamed_broken_and_deleted() {
    let jira = Harness::cloud().await;
    let added = Edit::AddField {
        name: "New".to_owned(),
        kind: FieldKind::Number,
    };
    let id = jira.server.edit(added).unwrap().id.unwrap();
    assert_eq!(one(&jira, &id).await["name"], "New");
    let values = async |id: &str| {
        let issues = jira.issues("project = ACME", id).await;
        let values = issues.into_iter().map(|one| one["fields"][id].clone());
        values.filter(|value| !value.is_null()).collect::<Vec<_>>()
    };
    assert!(values(&id).await.iter().all(Value::is_number));
    let renamed = Edit::RenameField {
        field: id.clone(),
        name: "Newer".to_owned(),
    };
    jira.server.edit(renamed).unwrap();
    assert_eq!(one(&jira, &id).await["name"], "Newer");
    let broken = Edit::BreakField { field: id.clone() };
    jira.server.edit(broken).unwrap();
    assert!(
        values(&id)
            .await
            .iter()
            .all(|value| value.is_string() || value.is_object())
    );
    let given = Edit::SetField {
        issue: "ACME-1".to_owned(),
        field: id.clone(),
        value: json!([1, "two"]),
    };
    jira.server.edit(given).unwrap();
    let issue = jira.json("/rest/api/3/issue/ACME-1").await;
    assert_eq!(issue["fields"][&id], json!([1, "two"]));
    let deleted = Edit::DeleteField { field: id.clone() };
    jira.server.edit(deleted).unwrap();
    assert!(
        fields(&jira)
            .await
            .iter()
            .all(|field| field["id"] != id.as_str())
    );
    let issue = jira.json("/rest/api/3/issue/ACME-1").await;
    assert!(issue["fields"].get(&id).is_none());
}

#[tokio::test]
async fn rich_text_is_a_document_on_v3_and_wiki_markup_on_v2() {
    let jira = Harness::cloud().await;
    let document = jira.json("/rest/api/3/issue/ACME-1").await;
    assert_eq!(document["fields"]["description"]["type"], "doc");
    let wiki = jira.json("/rest/api/2/issue/ACME-1").await;
    assert!(wiki["fields"]["description"].is_string());
}

#[tokio::test]
async fn documents_hold_every_kind_of_node() {
    let spec = Spec {
        issues: 100,
        ..Spec::default()
    };
    let jira = Harness::with(spec, Options::default()).await;
    let issues = jira.issues("project = ACME", "description,comment").await;
    let text = Value::from(issues).to_string();
    for kind in [
        "paragraph",
        "heading",
        "bulletList",
        "orderedList",
        "listItem",
        "codeBlock",
        "blockquote",
        "rule",
        "panel",
        "table",
        "tableHeader",
        "tableCell",
        "mediaSingle",
        "media",
        "taskList",
        "mention",
        "emoji",
        "hardBreak",
        "inlineCard",
        "date",
        "link",
        "strong",
        "futureWidget",
    ] {
        assert!(text.contains(&format!("\"type\":\"{kind}\"")), "{kind}");
    }
}

#[tokio::test]
async fn an_old_server_writes_sprints_as_java_does() {
    let options = Options {
        old_sprints: true,
        ..Options::default()
    };
    let jira = Harness::with(Spec::server(), options).await;
    let issues = jira.issues("project = ACME", "customfield_10002").await;
    let fields = issues.iter().map(|one| &one["fields"]["customfield_10002"]);
    let texts: Vec<&str> = fields.filter_map(|value| value[0].as_str()).collect();
    assert!(
        texts
            .iter()
            .all(|text| text.starts_with("com.atlassian.greenhopper.service.sprint.Sprint@"))
    );
    assert!(
        texts
            .iter()
            .any(|text| text.contains("name=Sprint, 1,goal=Ship, learn [and rest],"))
    );
    assert!(
        texts
            .iter()
            .any(|text| text.contains("state=FUTURE") && text.contains("startDate=<null>"))
    );
}
