//! Maps time that was spent on an issue of Jira to rows of `issue_worklogs`: all that a
//! search has shown with the issue, or one entry that was listed on its own.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-worklogs/>

use jira_common::{Hanging, InIssue, Shown, User, plain, raw};
use runnel_sdk::{
    Changes, Config, ConfiguredTransform, Json, Payload, Rejection, Shape, Table, Timestamp,
};
use serde::Deserialize;
use serde_json::Value;

/// What an issue shows of its worklogs.
#[derive(Deserialize, Payload)]
pub struct Fields {
    worklog: Option<List>,
}

#[derive(Deserialize, Payload)]
struct List {
    worklogs: Vec<Worklog>,
}

/// A worklog.
#[derive(Deserialize, Payload)]
pub struct Worklog {
    id: Option<String>,
    author: Option<User>,
    comment: Option<Value>,
    created: Option<Timestamp>,
    updated: Option<Timestamp>,
    started: Option<Timestamp>,
    #[serde(rename = "timeSpentSeconds")]
    seconds: Option<i64>,
}

impl Shown for Fields {
    type Entry = Worklog;

    const FIELD: &'static str = "fields";

    fn entries(self) -> Vec<Worklog> {
        self.worklog.map_or_else(Vec::new, |list| list.worklogs)
    }
}

/// Time that somebody spent on an issue.
#[derive(Table)]
#[table(
    name = "issue_worklogs",
    key = "external_id",
    version = "updated_at",
    of_record
)]
struct Row {
    /// The id of the worklog.
    external_id: String,
    /// The issue's `external_id`.
    issue_id: String,
    /// Null of a person who is not known any more.
    author_id: Option<String>,
    /// What the person is called now.
    author_name: Option<String>,
    /// What was done, as plain text.
    comment: Option<String>,
    /// The same as it came: a document on Cloud, text on a Server.
    comment_raw: Option<Json>,
    /// How long it took.
    time_spent_seconds: i64,
    /// When the work began.
    started_at: Option<Timestamp>,
    /// When it was entered.
    created_at: Timestamp,
    /// When the entry was changed last.
    updated_at: Timestamp,
}

/// The transform.
pub struct Worklogs;

impl ConfiguredTransform for Worklogs {
    type Payload = Hanging<Fields, Worklog>;
    type Context = InIssue;

    fn new(_: &Config) -> Result<Self, String> {
        Ok(Self)
    }

    fn describe(&self) -> Shape {
        Shape::new()
            .reads::<Hanging<Fields, Worklog>>()
            .table::<Row>()
    }

    fn map(&self, record: Self::Payload, issue: InIssue) -> Result<Changes, Rejection> {
        record.rows(&issue, |worklog, issue| Ok([row(worklog, issue)?]))
    }
}

fn row(worklog: Worklog, issue: &InIssue) -> Result<Row, Rejection> {
    let created_at = issue.needed(worklog.created, "created")?;
    let comment = worklog.comment.unwrap_or_default();
    Ok(Row {
        external_id: issue.needed(worklog.id, "id")?,
        issue_id: issue.issue_id.clone(),
        author_id: worklog.author.as_ref().and_then(User::id),
        author_name: worklog.author.as_ref().and_then(User::display_name),
        comment: plain(&comment),
        comment_raw: raw(&comment),
        time_spent_seconds: issue.needed(worklog.seconds, "timeSpentSeconds")?,
        started_at: worklog.started,
        created_at,
        updated_at: worklog.updated.unwrap_or(created_at),
    })
}

runnel_sdk::transform!(configured Worklogs, source: "jira", entity: "jira_worklogs");
