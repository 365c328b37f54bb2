//! Maps comments on an issue of Jira to rows of `issue_comments`: all that a search has
//! shown with the issue, or one that was listed on its own.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/>

use jira_common::{Hanging, InIssue, Shown, User, plain, raw};
use runnel_sdk::{
    Changes, Config, ConfiguredTransform, Json, Payload, Rejection, Shape, Table, Timestamp,
};
use serde::Deserialize;
use serde_json::Value;

/// What an issue shows of its comments.
#[derive(Deserialize, Payload)]
pub struct Fields {
    comment: Option<List>,
}

#[derive(Deserialize, Payload)]
struct List {
    comments: Vec<Comment>,
}

/// A comment.
#[derive(Deserialize, Payload)]
pub struct Comment {
    id: Option<String>,
    author: Option<User>,
    body: Option<Value>,
    created: Option<Timestamp>,
    updated: Option<Timestamp>,
}

impl Shown for Fields {
    type Entry = Comment;

    const FIELD: &'static str = "fields";

    fn entries(self) -> Vec<Comment> {
        self.comment.map_or_else(Vec::new, |list| list.comments)
    }
}

/// A comment on an issue.
#[derive(Table)]
#[table(
    name = "issue_comments",
    key = "external_id",
    version = "updated_at",
    embed = "body",
    of_record
)]
struct Row {
    /// The id of the comment.
    external_id: String,
    /// The issue's `external_id`.
    issue_id: String,
    /// Null of a person who is not known any more.
    author_id: Option<String>,
    /// What the person is called now.
    author_name: Option<String>,
    /// The comment as plain text, a line a paragraph.
    body: Option<String>,
    /// The comment as it came: a document on Cloud, text on a Server.
    body_raw: Option<Json>,
    /// When it was written.
    created_at: Timestamp,
    /// When it was changed last.
    updated_at: Timestamp,
}

/// The transform.
pub struct Comments;

impl ConfiguredTransform for Comments {
    type Payload = Hanging<Fields, Comment>;
    type Context = InIssue;

    fn new(_: &Config) -> Result<Self, String> {
        Ok(Self)
    }

    fn describe(&self) -> Shape {
        Shape::new()
            .reads::<Hanging<Fields, Comment>>()
            .table::<Row>()
    }

    fn map(&self, record: Self::Payload, issue: InIssue) -> Result<Changes, Rejection> {
        record.rows(&issue, |comment, issue| Ok([row(comment, issue)?]))
    }
}

fn row(comment: Comment, issue: &InIssue) -> Result<Row, Rejection> {
    let created_at = issue.needed(comment.created, "created")?;
    let body = comment.body.unwrap_or_default();
    Ok(Row {
        external_id: issue.needed(comment.id, "id")?,
        issue_id: issue.issue_id.clone(),
        author_id: comment.author.as_ref().and_then(User::id),
        author_name: comment.author.as_ref().and_then(User::display_name),
        body: plain(&body),
        body_raw: raw(&body),
        created_at,
        updated_at: comment.updated.unwrap_or(created_at),
    })
}

runnel_sdk::transform!(configured Comments, source: "jira", entity: "jira_comments");
