//! Maps a pull request of GitHub's API to a row of `prs`.
//!
//! <https://docs.github.com/en/rest/pulls/pulls>

use runnel_sdk::{Id, Mapping, Timestamp};

/// A pull request.
#[derive(Mapping)]
#[table(
    name = "prs",
    key = "external_id",
    version = "updated_at",
    embed = "title, body"
)]
pub struct Pr {
    /// The id of the pull request.
    #[from("id")]
    external_id: Id,
    /// The number within its repository.
    number: i64,
    title: String,
    body: Option<String>,
    /// `open` or `closed`.
    state: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    closed_at: Option<Timestamp>,
    merged_at: Option<Timestamp>,
    /// Null where the account was deleted.
    #[from("user.login")]
    author_login: Option<String>,
    #[from("user.id")]
    author_id: Option<Id>,
    #[from("assignee.login")]
    assignee_login: Option<String>,
    #[from("assignee.id")]
    assignee_id: Option<Id>,
    /// The branch that it is to be merged into.
    #[from("base.ref")]
    base_branch: String,
    #[from("head.ref")]
    head_branch: String,
    #[from("base.sha")]
    base_sha: String,
    #[from("head.sha")]
    head_sha: String,
    #[from("draft", default)]
    is_draft: bool,
    /// Null where pull requests are not read on their own, as are all counts.
    additions: Option<i64>,
    deletions: Option<i64>,
    changed_files: Option<i64>,
    #[from("commits")]
    commits_count: Option<i64>,
    #[from("comments")]
    comments_count: Option<i64>,
    #[from("review_comments")]
    review_comments_count: Option<i64>,
    /// The repository's `external_id`.
    #[from("base.repo.id")]
    repository_id: Id,
}

runnel_sdk::transform!(Pr, source: "github", entity: "github_prs");
