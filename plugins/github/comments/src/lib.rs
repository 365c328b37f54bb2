//! Maps a comment of GitHub's API, of either kind, to a row of `comments`.
//!
//! <https://docs.github.com/en/rest/issues/comments>,
//! <https://docs.github.com/en/rest/pulls/comments>

use runnel_sdk::{Id, Mapping, Timestamp};

/// A comment on an issue, on a pull request, or on a line of one.
#[derive(Mapping)]
#[table(
    name = "comments",
    key = "comment_type, external_id",
    version = "updated_at",
    embed = "body"
)]
pub struct Comment {
    /// The id of the comment: the two kinds have separate ids.
    #[from("id")]
    external_id: Id,
    /// `issue` (a conversation's) or `review` (on a line).
    #[context]
    comment_type: String,
    /// The number of the issue or pull request.
    #[from("pull_request_url", or = "issue_url", with = number)]
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
    #[from("user.login")]
    author_login: Option<String>,
    #[from("user.id")]
    author_id: Option<Id>,
    created_at: Timestamp,
    updated_at: Timestamp,
    author_association: Option<String>,
    html_url: Option<String>,
    /// Where on the diff; null for a comment of a conversation.
    path: Option<String>,
    line: Option<i64>,
    position: Option<i64>,
    commit_id: Option<String>,
    in_reply_to_id: Option<Id>,
    #[from("pull_request_review_id")]
    review_id: Option<Id>,
    diff_hunk: Option<String>,
    /// The repository's `external_id`.
    #[context]
    repository_id: String,
}

/// A comment names its issue or pull request by address alone.
fn number(address: String) -> Result<i64, String> {
    let number = address
        .rsplit('/')
        .next()
        .and_then(|last| last.parse().ok());
    number.ok_or_else(|| format!("{address:?} does not end with a number"))
}

runnel_sdk::transform!(Comment, source: "github", entity: "github_comments");
