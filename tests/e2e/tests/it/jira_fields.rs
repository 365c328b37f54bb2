//! Custom fields of Jira: columns that follow from what a site has.

use fake_jira::{Edit, FieldKind, Options, Spec};
use runnel_e2e::JiraPlace;
use serde_json::{Value, json};

/// A number, an option, a sprint and a text, and fields that are odd.
const POINTS: &str = "customfield_10000";

fn spec() -> Spec {
    Spec {
        projects: 1,
        issues: 40,
        custom_fields: 20,
        comments: 0,
        worklogs: 0,
        long_history: 0,
        long_worklog: 0,
        boards: 1,
        ..Spec::default()
    }
}

async fn place() -> JiraPlace {
    JiraPlace::new(spec(), Options::default()).await
}

/// Issues and what they need, with these words more.
async fn issues(place: &JiraPlace, words: &[&str]) -> runnel_e2e::Outcome {
    let sync = place.sync(&["ACME"]).with(&["--stream", "jira_issues"]);
    sync.with(words).run().await
}

async fn columns(place: &JiraPlace, of: &str) -> Vec<String> {
    let row = place.database().await.all(of).await.remove(0);
    row.into_keys().collect()
}

fn column(field: &str) -> String {
    field.replace("customfield", "cf")
}

/// The name of the view of this place's only integration.
async fn view(place: &JiraPlace) -> String {
    let view = "SELECT view_name FROM integration_views WHERE table_name = 'issues'";
    let views = place.database().await.query(view).await;
    views[0].as_str().expect("a name").to_owned()
}

async fn discovered(place: JiraPlace) {
    issues(&place, &[]).await.expect_status(0);
    let columns = columns(&place, "issues").await;
    for index in 0..20 {
        let name = column(&Spec::field(index));
        assert!(columns.contains(&name), "{name} is not among {columns:?}");
    }
    for unused in [Spec::UNUSED_FIELD, Spec::ORPHAN_FIELD] {
        assert!(!columns.contains(&column(unused)), "{unused}");
    }
    let database = place.database().await;
    // The name of the number is that of a text too.
    let (points, view) = (column(POINTS), view(&place).await);
    let name = "SELECT name FROM custom_fields WHERE external_id = 'customfield_10000'";
    let name = database.query(name).await.remove(0);
    let labelled = format!("\"{} ({points})\"", name.as_str().expect("a name"));
    let both = format!(
        "SELECT COUNT(*) FROM {view} v JOIN issues i ON i.id = v.id
                        WHERE v.{labelled} = i.{points} AND i.{points} IS NOT NULL"
    );
    assert!(database.number(&both).await > 0);
    let rest =
        "SELECT COUNT(*) FROM issues WHERE CAST(custom_fields AS TEXT) NOT IN ('{}', 'null')";
    assert_eq!(
        database.number(rest).await,
        0,
        "each field that is used has a column"
    );
}

#[tokio::test]
async fn each_custom_field_in_use_has_a_column_and_a_name_in_the_view() {
    discovered(place().await).await;
}

#[tokio::test]
async fn each_custom_field_in_use_has_a_column_and_a_name_in_the_view_on_postgresql() {
    discovered(place().await.on_postgres()).await;
}

#[tokio::test]
async fn a_field_that_is_renamed_is_renamed_in_the_view_and_touches_no_row() {
    let place = place().await;
    issues(&place, &[]).await.expect_status(0);
    let before = place.database().await.all("issues").await;
    let renamed = Edit::RenameField {
        field: Spec::field(1),
        name: "Quite \"new\"".to_owned(),
    };
    place.jira.edit(renamed).unwrap();
    // The view follows when the next issue is mapped.
    touch(&place, "ACME-1");
    issues(&place, &[]).await.expect_status(0);
    let shown = format!(
        "SELECT COUNT(\"Quite \"\"new\"\"\") FROM {}",
        view(&place).await
    );
    assert!(place.database().await.number(&shown).await > 0);
    let after = place.database().await.all("issues").await;
    let others = |rows: &[runnel_e2e::Row]| {
        let rows = rows.iter().filter(|row| row["key"] != "ACME-1");
        rows.cloned().collect::<Vec<_>>()
    };
    assert_eq!(others(&before), others(&after));
}

fn touch(place: &JiraPlace, issue: &str) {
    let touched = Edit::TouchIssue {
        issue: issue.to_owned(),
        summary: Some("touched".to_owned()),
        status: None,
    };
    place.jira.edit(touched).expect("an issue");
}

#[tokio::test]
async fn a_field_that_is_new_gets_its_column_when_it_first_appears() {
    let place = place().await;
    issues(&place, &[]).await.expect_status(0);
    let before = columns(&place, "issues").await;
    let added = Edit::AddField {
        name: "Risk".to_owned(),
        kind: FieldKind::Number,
    };
    place.jira.edit(added).unwrap();
    issues(&place, &["--full"]).await.expect_status(0);
    let after = columns(&place, "issues").await;
    let new: Vec<&String> = after.iter().filter(|name| !before.contains(name)).collect();
    assert_eq!(new.len(), 1, "{new:?}");
    let filled = format!("SELECT COUNT({}) FROM issues", new[0]);
    assert!(place.database().await.number(&filled).await > 0);
}

#[tokio::test]
async fn columns_are_added_in_bulk_and_not_once_a_record() {
    let place = place().await;
    issues(&place, &[]).await.expect_status(0);
    let descriptors = "SELECT COUNT(*) FROM descriptors WHERE plugin = 'jira_issues'";
    let descriptors = place.database().await.number(descriptors).await;
    assert!(descriptors <= 4, "{descriptors} steps for 20 fields");
}

#[tokio::test]
async fn a_mapped_field_has_the_name_and_type_that_were_asked_for_and_the_others_are_kept() {
    let place = place().await;
    let mapping = [
        "--set",
        "custom_fields.story_points=customfield_10000:float",
    ];
    issues(&place, &mapping).await.expect_status(0);
    let columns = columns(&place, "issues").await;
    assert!(columns.contains(&"story_points".to_owned()), "{columns:?}");
    assert!(
        !columns.iter().any(|name| name.starts_with("cf_")),
        "{columns:?}"
    );
    let database = place.database().await;
    assert!(
        database
            .number("SELECT COUNT(story_points) FROM issues")
            .await
            > 0
    );
    for row in database.all("issues").await {
        let rest = document(&row["custom_fields"]);
        assert!(rest.get(POINTS).is_none(), "{rest}");
    }
}

/// A JSON column's value: SQLite has it as text.
fn document(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).expect("JSON"),
        other => other.clone(),
    }
}

#[tokio::test]
async fn as_a_document_every_field_is_in_one_column() {
    let place = place().await;
    issues(&place, &["--set", "custom_field_mode=document"])
        .await
        .expect_status(0);
    let columns = columns(&place, "issues").await;
    assert!(
        !columns.iter().any(|name| name.starts_with("cf_")),
        "{columns:?}"
    );
    let rows = place.database().await.all("issues").await;
    let with_points = rows
        .iter()
        .filter(|row| document(&row["custom_fields"]).get(POINTS).is_some());
    assert!(with_points.count() > 0);
}

#[tokio::test]
async fn a_mapping_that_makes_no_sense_is_refused_before_anything_is_read() {
    let place = place().await;
    for (setting, expected) in [
        ("custom_fields.summary=customfield_10000:float", "summary"),
        ("custom_fields.points=customfield_10000:decimal", "decimal"),
        ("custom_fields.points=cf:float", "customfield_10016"),
        ("custom_field_mode=all", "discovered"),
        ("custom_field_misfit=json", "custom_field_misfits"),
    ] {
        let outcome = issues(&place, &["--set", setting]).await.expect_status(2);
        assert!(
            outcome.line().contains(expected),
            "{setting}: {}",
            outcome.line()
        );
    }
    assert_eq!(place.jira.requests().len(), 0);
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_a_dead_letter_with_the_fields_name() {
    let place = place().await;
    issues(&place, &[]).await.expect_status(0);
    let spoilt = Edit::SetField {
        issue: "ACME-3".to_owned(),
        field: POINTS.to_owned(),
        value: json!("many"),
    };
    place.jira.edit(spoilt).unwrap();
    let outcome = issues(&place, &[]).await;
    assert_eq!(
        outcome.count("jira_issues", "dead"),
        1,
        "{}",
        outcome.stdout
    );
    let letters = place
        .database()
        .await
        .query("SELECT error || ' ' || path FROM dead_letters")
        .await;
    let said = letters[0].as_str().unwrap();
    assert!(
        said.contains("many") && said.contains("fields.customfield_10000"),
        "{said}"
    );
}

#[tokio::test]
async fn a_value_that_does_not_fit_goes_to_the_document_where_that_is_asked_for() {
    let place = place().await;
    let json_beside = ["--set", "custom_field_misfits=json"];
    issues(&place, &json_beside).await.expect_status(0);
    let spoilt = Edit::SetField {
        issue: "ACME-3".to_owned(),
        field: POINTS.to_owned(),
        value: json!("many"),
    };
    place.jira.edit(spoilt).unwrap();
    issues(&place, &json_beside).await.expect_status(0);
    let rows = place.database().await.all("issues").await;
    let row = rows.iter().find(|row| row["key"] == "ACME-3").unwrap();
    assert_eq!(row[&column(POINTS)], Value::Null);
    assert_eq!(document(&row["custom_fields"])[POINTS], "many");
}

#[tokio::test]
async fn two_sites_whose_field_of_one_id_has_two_types_have_a_column_each() {
    let place = place().await;
    issues(&place, &[]).await.expect_status(0);
    let shifted = Spec {
        seed: 2,
        custom_fields: 0,
        odd_fields: false,
        ..spec()
    };
    let other = fake_jira::FakeJira::start(shifted, Options::default())
        .await
        .unwrap();
    // There the number one is an option.
    let number = Edit::AddField {
        name: "Size".to_owned(),
        kind: FieldKind::Number,
    };
    other.edit(number).unwrap();
    let sync = place
        .sync(&["ACME"])
        .at(other.url())
        .with(&["--stream", "jira_issues"]);
    let outcome = sync.run().await.expect_status(0);
    assert_eq!(outcome.total("dead"), 0, "{}", outcome.stdout);
    let columns = columns(&place, "issues").await;
    let names = columns.iter().filter(|name| name.starts_with("cf_10001"));
    assert_eq!(names.collect::<Vec<_>>(), ["cf_10001", "cf_10001_float"]);
}

#[tokio::test]
async fn another_mapping_is_filled_by_a_replay_and_nobody_is_asked() {
    let place = place().await;
    issues(&place, &["--set", "custom_field_mode=document"])
        .await
        .expect_status(0);
    // What is asked for from now on; the issues are not read again.
    let mapping = [
        "--set",
        "custom_fields.story_points=customfield_10000:float",
    ];
    let sync = place.sync(&["ACME"]).with(&["--stream", "jira_fields"]);
    sync.with(&mapping).run().await.expect_status(0);
    let asked = place.jira.requests().len();
    let done = place.runnel(&["replay", "--entity", "jira_issues"]).await;
    assert_eq!(done["state"], "succeeded", "{done:#}");
    assert_eq!(place.jira.requests().len(), asked);
    let filled = "SELECT COUNT(story_points) FROM issues";
    assert!(place.database().await.number(filled).await > 0);
}
