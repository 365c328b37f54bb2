//! Maps a pull request of GitHub's API to a row of `prs`.
//!
//! <https://docs.github.com/en/rest/pulls/pulls>

use runnel_sdk::{NoContext, Payload, Rejection, Table, Timestamp, Transform};
use serde::Deserialize;

/// What is read of a pull request. The counts are there only where it was read
/// on its own, not in a list.
#[derive(Deserialize, Payload)]
pub struct Pull {
    id: u64,
    number: i64,
    title: String,
    body: Option<String>,
    state: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    closed_at: Option<Timestamp>,
    merged_at: Option<Timestamp>,
    user: Option<Account>,
    assignee: Option<Account>,
    base: Base,
    head: Head,
    draft: Option<bool>,
    additions: Option<i64>,
    deletions: Option<i64>,
    changed_files: Option<i64>,
    commits: Option<i64>,
    comments: Option<i64>,
    review_comments: Option<i64>,
}

#[derive(Deserialize, Payload)]
struct Account {
    login: String,
    id: u64,
}

#[derive(Deserialize, Payload)]
struct Base {
    #[serde(rename = "ref")]
    branch: String,
    sha: String,
    repo: Repository,
}

#[derive(Deserialize, Payload)]
struct Head {
    #[serde(rename = "ref")]
    branch: String,
    sha: String,
}

#[derive(Deserialize, Payload)]
struct Repository {
    id: u64,
}

/// A pull request.
#[derive(Table)]
#[table(
    name = "prs",
    key = "external_id",
    version = "updated_at",
    embed = "title, body"
)]
pub struct Pr {
    /// The id of the pull request.
    external_id: String,
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
    author_login: Option<String>,
    author_id: Option<String>,
    assignee_login: Option<String>,
    assignee_id: Option<String>,
    /// The branch that it is to be merged into.
    base_branch: String,
    head_branch: String,
    base_sha: String,
    head_sha: String,
    is_draft: bool,
    /// Null where pull requests are not read on their own.
    additions: Option<i64>,
    deletions: Option<i64>,
    changed_files: Option<i64>,
    commits_count: Option<i64>,
    comments_count: Option<i64>,
    review_comments_count: Option<i64>,
    /// The repository's `external_id`.
    repository_id: String,
}

/// The transform.
pub struct Prs;

impl Transform for Prs {
    type Payload = Pull;
    type Context = NoContext;
    type Row = Pr;

    fn map(pull: Pull, _: NoContext) -> Result<Pr, Rejection> {
        let (author_login, author_id) = pull
            .user
            .map(|user| (user.login, user.id.to_string()))
            .unzip();
        let (assignee_login, assignee_id) = pull
            .assignee
            .map(|user| (user.login, user.id.to_string()))
            .unzip();
        Ok(Pr {
            external_id: pull.id.to_string(),
            number: pull.number,
            title: pull.title,
            body: pull.body,
            state: pull.state,
            created_at: pull.created_at,
            updated_at: pull.updated_at,
            closed_at: pull.closed_at,
            merged_at: pull.merged_at,
            author_login,
            author_id,
            assignee_login,
            assignee_id,
            base_branch: pull.base.branch,
            head_branch: pull.head.branch,
            base_sha: pull.base.sha,
            head_sha: pull.head.sha,
            is_draft: pull.draft.unwrap_or(false),
            additions: pull.additions,
            deletions: pull.deletions,
            changed_files: pull.changed_files,
            commits_count: pull.commits,
            comments_count: pull.comments,
            review_comments_count: pull.review_comments,
            repository_id: pull.base.repo.id.to_string(),
        })
    }
}

runnel_sdk::transform!(Prs, source: "github", entity: "github_prs");
