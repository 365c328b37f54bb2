//! Maps the history of an issue of Jira to rows of `issue_changelogs`, one a changed
//! field: all that a search has shown with the issue, or one entry of it that was
//! listed on its own.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/>

use jira_common::{Hanging, InIssue, Shown, User};
use runnel_sdk::{
    Changes, Config, ConfiguredTransform, Payload, Rejection, Shape, Table, Timestamp,
};
use serde::Deserialize;

/// What an issue shows of its history.
#[derive(Deserialize, Payload)]
pub struct Changelog {
    histories: Vec<History>,
}

/// An entry: what was changed together.
#[derive(Deserialize, Payload)]
pub struct History {
    id: Option<String>,
    author: Option<User>,
    created: Option<Timestamp>,
    items: Option<Vec<Item>>,
}

#[derive(Deserialize, Payload)]
struct Item {
    field: Option<String>,
    #[serde(rename = "fieldId")]
    field_id: Option<String>,
    fieldtype: Option<String>,
    from: Option<String>,
    #[serde(rename = "fromString")]
    from_string: Option<String>,
    to: Option<String>,
    #[serde(rename = "toString")]
    to_string: Option<String>,
}

impl Shown for Changelog {
    type Entry = History;

    const FIELD: &'static str = "changelog";

    fn entries(self) -> Vec<History> {
        self.histories
    }
}

/// A field of an issue that somebody changed.
#[derive(Table)]
#[table(name = "issue_changelogs", key = "external_id", of_record)]
struct Row {
    /// The id of the entry, and the place of the field in it: `10007:0`.
    external_id: String,
    /// The id of the entry: fields that were changed together have the same.
    history_id: String,
    /// The issue's `external_id`.
    issue_id: String,
    /// Null of a person who is not known any more.
    author_id: Option<String>,
    /// What the person is called now.
    author_name: Option<String>,
    /// What the field was called then.
    field: Option<String>,
    /// Null on servers that do not say.
    field_id: Option<String>,
    /// `jira` or `custom`.
    field_type: Option<String>,
    /// The value before, such as an id; null where there was none.
    from_value: Option<String>,
    /// The value before as people read it.
    from_text: Option<String>,
    /// The value after, such as an id; null where there is none.
    to_value: Option<String>,
    /// The value after as people read it.
    to_text: Option<String>,
    /// When it was changed.
    created_at: Timestamp,
}

/// The transform.
pub struct Changelogs;

impl ConfiguredTransform for Changelogs {
    type Payload = Hanging<Changelog, History>;
    type Context = InIssue;

    fn new(_: &Config) -> Result<Self, String> {
        Ok(Self)
    }

    fn describe(&self) -> Shape {
        Shape::new()
            .reads::<Hanging<Changelog, History>>()
            .table::<Row>()
    }

    fn map(&self, record: Self::Payload, issue: InIssue) -> Result<Changes, Rejection> {
        record.rows(&issue, rows)
    }
}

fn rows(history: History, issue: &InIssue) -> Result<Vec<Row>, Rejection> {
    let history_id = issue.needed(history.id, "id")?;
    let created_at = issue.needed(history.created, "created")?;
    let items = history.items.unwrap_or_default().into_iter().enumerate();
    let row = |(place, item): (usize, Item)| Row {
        external_id: format!("{history_id}:{place}"),
        history_id: history_id.clone(),
        issue_id: issue.issue_id.clone(),
        author_id: history.author.as_ref().and_then(User::id),
        author_name: history.author.as_ref().and_then(User::display_name),
        field: item.field,
        field_id: item.field_id,
        field_type: item.fieldtype,
        from_value: item.from,
        from_text: item.from_string,
        to_value: item.to,
        to_text: item.to_string,
        created_at,
    };
    Ok(items.map(row).collect())
}

runnel_sdk::transform!(configured Changelogs, source: "jira", entity: "jira_changelogs");
