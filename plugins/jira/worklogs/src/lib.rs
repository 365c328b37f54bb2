//! Maps time that was spent on an issue of Jira to rows of `issue_worklogs`: all that a
//! search has shown with the issue, or one entry that was listed on its own.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-worklogs/>

use jira_common::{InIssue, User, plain, raw};
use runnel_sdk::{
    Changes, Config, ConfiguredTransform, Json, Payload, Rejection, Shape, Table, Timestamp,
};
use serde::Deserialize;
use serde_json::Value;

/// An issue with its worklogs, or a worklog.
#[derive(Deserialize, Payload)]
pub struct Record {
    fields: Option<Fields>,
    id: Option<String>,
    author: Option<User>,
    comment: Option<Value>,
    created: Option<Timestamp>,
    updated: Option<Timestamp>,
    started: Option<Timestamp>,
    #[serde(rename = "timeSpentSeconds")]
    seconds: Option<i64>,
}

#[derive(Deserialize, Payload)]
struct Fields {
    worklog: Option<List>,
}

#[derive(Deserialize, Payload)]
struct List {
    worklogs: Vec<Worklog>,
}

#[derive(Deserialize, Payload)]
struct Worklog {
    id: Option<String>,
    author: Option<User>,
    comment: Option<Value>,
    created: Option<Timestamp>,
    updated: Option<Timestamp>,
    started: Option<Timestamp>,
    #[serde(rename = "timeSpentSeconds")]
    seconds: Option<i64>,
}

/// Time that somebody spent on an issue.
#[derive(Table)]
#[table(name = "issue_worklogs", key = "external_id", version = "updated_at")]
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
    type Payload = Record;
    type Context = InIssue;

    fn new(_: &Config) -> Result<Self, String> {
        Ok(Self)
    }

    fn describe(&self) -> Shape {
        Shape::new().reads::<Record>().table::<Row>()
    }

    fn map(&self, record: Record, issue: InIssue) -> Result<Changes, Rejection> {
        let worklogs = match record.fields {
            Some(fields) => fields.worklog.map_or_else(Vec::new, |list| list.worklogs),
            None => vec![Worklog {
                id: record.id,
                author: record.author,
                comment: record.comment,
                created: record.created,
                updated: record.updated,
                started: record.started,
                seconds: record.seconds,
            }],
        };
        let rows = worklogs.into_iter().map(|worklog| row(worklog, &issue));
        rows.collect::<Result<Vec<_>, _>>()
            .map(|rows| rows.into_iter().collect())
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
