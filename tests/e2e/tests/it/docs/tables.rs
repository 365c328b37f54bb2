//! docs/tables.md is what the built plugins declare and what a sync makes of it.

use std::{fmt::Write, fs, process::Command};

use fake_github::Spec;
use runnel_e2e::{Database, JiraPlace, Workplace, binary};
use serde_json::Value;

use super::pages;

const PAGE: &str = "docs/tables.md";

const GITHUB: [&str; 5] = [
    "github_repositories",
    "github_prs",
    "github_commits",
    "github_reviews",
    "github_comments",
];
const JIRA: [&str; 8] = [
    "jira_projects",
    "jira_issues",
    "jira_changelogs",
    "jira_comments",
    "jira_worklogs",
    "jira_boards",
    "jira_sprints",
    "jira_fields",
];

/// The tables that a built plugin declares under no configuration.
fn declared(plugin: &str) -> Vec<Value> {
    let plugin = format!("../plugins/components/{plugin}.wasm");
    let output = Command::new(binary())
        .args(["plugin", "inspect", "--json"])
        .arg(binary().parent().unwrap().join(plugin))
        .output()
        .unwrap();
    let inspected: Value = serde_json::from_slice(&output.stdout).unwrap();
    inspected["descriptor"]["tables"]
        .as_array()
        .unwrap()
        .clone()
}

fn columns(table: &Value) -> &[Value] {
    table["columns"].as_array().unwrap()
}

/// A column that the host looks up is null until its value is there.
fn nullable(column: &Value) -> bool {
    column["nullable"] == true || !column["lookup"].is_null()
}

fn names(list: &Value) -> String {
    let names = list.as_array().unwrap().iter();
    let names: Vec<String> = names
        .map(|name| format!("`{}`", name.as_str().unwrap()))
        .collect();
    names.join(", ")
}

fn section(table: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut section = format!(
        "## {}\n\n{} Key: {}.",
        text(&table["name"]),
        text(&table["doc"]),
        names(&table["key"])
    );
    if let Some(version) = table["version"].as_str() {
        write!(section, " Version: `{version}`.").unwrap();
    }
    section += "\n\n| column | type | null | meaning |\n|---|---|---|---|\n";
    for column in columns(table) {
        let null = if nullable(column) { "yes" } else { "" };
        let [name, kind, doc] = ["name", "type", "doc"].map(|key| text(&column[key]));
        assert!(!doc.is_empty(), "{name} of {section} has no meaning");
        writeln!(section, "| `{name}` | {kind} | {null} | {doc} |").unwrap();
    }
    section
}

#[test]
fn the_page_of_the_tables_is_what_the_plugins_declare() {
    let plugins = GITHUB.iter().chain(&JIRA);
    let tables = plugins.flat_map(|plugin| declared(plugin));
    let sections: Vec<String> = tables.map(|table| section(&table)).collect();
    let expected = sections.join("\n");
    let page = pages::read(PAGE);
    let found = pages::between(&page, "tables");
    if found != expected && std::env::var_os("UPDATE_DOCS").is_some() {
        // With the mark, since there may be nothing to replace yet.
        let begin = "<!-- tables:begin -->\n";
        let (old, new) = (format!("{begin}{found}"), format!("{begin}{expected}"));
        fs::write(pages::repository().join(PAGE), page.replace(&old, &new)).unwrap();
        return;
    }
    assert!(
        found == expected,
        "{PAGE} has drifted: run this test once with UPDATE_DOCS=1. Expected:\n{expected}"
    );
}

/// The columns of the page's table of what the host adds.
fn added() -> Vec<(String, String)> {
    let page = pages::read(PAGE);
    let rows = pages::between(&page, "added")
        .lines()
        .filter(|line| line.starts_with("| `"));
    let cells = rows.map(|row| {
        row.split('|')
            .map(|cell| cell.trim().to_owned())
            .collect::<Vec<_>>()
    });
    cells
        .map(|cells| (cells[1].trim_matches('`').to_owned(), cells[2].clone()))
        .collect()
}

fn sql_type(kind: &str) -> &str {
    match kind {
        "integer" | "boolean" => "INTEGER",
        "float" => "REAL",
        _ => "TEXT",
    }
}

#[tokio::test]
async fn the_tables_of_a_sync_have_exactly_the_columns_of_the_page() {
    let place = Workplace::new(Spec {
        repositories: 1,
        pulls: 1,
        commits: 1,
        special: false,
        ..Spec::default()
    })
    .await;
    place.synced(&["acme"]).await;
    has_exactly(&place.database().await, &GITHUB).await;
}

#[tokio::test]
async fn without_columns_for_custom_fields_the_tables_of_jira_are_those_of_the_page() {
    let spec = fake_jira::Spec {
        issues: 5,
        ..fake_jira::Spec::default()
    };
    let place = JiraPlace::new(spec, fake_jira::Options::default()).await;
    let sync = place.sync(&["ACME"]);
    let sync = sync.with(&["--set", "custom_field_mode=document"]);
    sync.run().await.expect_status(0);
    has_exactly(&place.database().await, &JIRA).await;
}

async fn has_exactly(database: &Database, plugins: &[&str]) {
    for declared in plugins.iter().flat_map(|plugin| declared(plugin)) {
        let table = declared["name"].as_str().unwrap().to_owned();
        let mut expected: Vec<String> = columns(&declared)
            .iter()
            .map(|column| {
                let (name, kind) = (
                    column["name"].as_str().unwrap(),
                    column["type"].as_str().unwrap(),
                );
                let null = if nullable(column) { "" } else { " NOT NULL" };
                format!("{name} {}{null}", sql_type(kind))
            })
            .chain(added().iter().map(|(name, kind)| {
                let null = if name == "id" { "" } else { " NOT NULL" };
                format!("{name} {}{null}", sql_type(kind))
            }))
            .collect();
        let sql = format!(
            "SELECT json_quote(name || ' ' || type || iif(\"notnull\", ' NOT NULL', '')) FROM pragma_table_info('{table}')"
        );
        let found = database.query(&sql).await;
        let mut found: Vec<&str> = found.iter().map(|name| name.as_str().unwrap()).collect();
        expected.sort();
        found.sort_unstable();
        assert_eq!(found, expected, "{table}");
    }
}
