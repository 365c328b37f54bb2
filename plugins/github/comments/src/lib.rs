//! Maps a comment of GitHub's API, of either kind, to a row of `comments`.
//!
//! <https://docs.github.com/en/rest/issues/comments>,
//! <https://docs.github.com/en/rest/pulls/comments>

use runnel_sdk::{Payload, Rejection, Table, Timestamp, Transform};
use serde::Deserialize;

/// What is read of a comment. What stands on a line of code has a place; a
/// comment of a conversation has none.
#[derive(Deserialize, Payload)]
pub struct Payloads {
    id: u64,
    body: Option<String>,
    user: Option<Account>,
    created_at: Timestamp,
    updated_at: Timestamp,
    author_association: Option<String>,
    html_url: Option<String>,
    issue_url: Option<String>,
    pull_request_url: Option<String>,
    path: Option<String>,
    line: Option<i64>,
    position: Option<i64>,
    commit_id: Option<String>,
    in_reply_to_id: Option<u64>,
    pull_request_review_id: Option<u64>,
    diff_hunk: Option<String>,
}

#[derive(Deserialize, Payload)]
struct Account {
    login: String,
    id: u64,
}

/// What the source adds.
#[derive(Deserialize)]
pub struct Context {
    repository_id: String,
    comment_type: String,
}

/// A comment on an issue, on a pull request, or on a line of one.
#[derive(Table)]
#[table(
    name = "comments",
    key = "comment_type, external_id",
    version = "updated_at",
    embed = "body"
)]
pub struct Comment {
    /// The id of the comment: the two kinds have separate ids.
    external_id: String,
    /// `issue` (a conversation's) or `review` (on a line).
    comment_type: String,
    /// The number of the issue or pull request.
    number: i64,
    /// The pull request's `external_id`; null where it is an issue's comment.
    #[lookup(
        table = "prs",
        on = "repository_id = repository_id, number = number",
        take = "external_id"
    )]
    pr_id: Option<String>,
    body: Option<String>,
    /// Null where the account was deleted.
    author_login: Option<String>,
    author_id: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    author_association: Option<String>,
    html_url: Option<String>,
    path: Option<String>,
    line: Option<i64>,
    position: Option<i64>,
    commit_id: Option<String>,
    in_reply_to_id: Option<String>,
    review_id: Option<String>,
    diff_hunk: Option<String>,
    /// The repository's `external_id`.
    repository_id: String,
}

/// The transform.
pub struct Comments;

impl Transform for Comments {
    type Payload = Payloads;
    type Context = Context;
    type Row = Comment;

    fn map(comment: Payloads, context: Context) -> Result<Comment, Rejection> {
        let number = number(&comment)?;
        let (author_login, author_id) = comment
            .user
            .map(|user| (user.login, user.id.to_string()))
            .unzip();
        Ok(Comment {
            external_id: comment.id.to_string(),
            comment_type: context.comment_type,
            number,
            pr_id: None,
            body: comment.body,
            author_login,
            author_id,
            created_at: comment.created_at,
            updated_at: comment.updated_at,
            author_association: comment.author_association,
            html_url: comment.html_url,
            path: comment.path,
            line: comment.line,
            position: comment.position,
            commit_id: comment.commit_id,
            in_reply_to_id: comment.in_reply_to_id.map(|id| id.to_string()),
            review_id: comment.pull_request_review_id.map(|id| id.to_string()),
            diff_hunk: comment.diff_hunk,
            repository_id: context.repository_id,
        })
    }
}

/// A comment names its issue or pull request by address alone.
fn number(comment: &Payloads) -> Result<i64, Rejection> {
    let address = comment
        .pull_request_url
        .as_ref()
        .or(comment.issue_url.as_ref());
    let number = address.and_then(|address| address.rsplit('/').next()?.parse().ok());
    number.ok_or_else(|| Rejection {
        message: format!("neither pull_request_url nor issue_url ends with a number: {address:?}"),
        path: Some("issue_url".to_owned()),
    })
}

runnel_sdk::transform!(Comments, source: "github", entity: "github_comments");
