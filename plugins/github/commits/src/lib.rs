//! Maps a commit of GitHub's API to a row of `commits`.
//!
//! <https://docs.github.com/en/rest/commits/commits>

use runnel_sdk::{Id, Json, Mapping, Timestamp};

/// A commit of a default branch.
#[derive(Mapping)]
#[table(
    name = "commits",
    key = "repository_id, external_id",
    embed = "message"
)]
pub struct Commit {
    /// The hash.
    #[from("sha")]
    external_id: String,
    #[from("commit.message")]
    message: String,
    #[from("commit.author.name")]
    author_name: Option<String>,
    #[from("commit.author.email")]
    author_email: Option<String>,
    /// It survives a rebase; `committed_at` does not.
    #[from("commit.author.date")]
    authored_at: Option<Timestamp>,
    /// Null where the e-mail address matches no account.
    #[from("author.login")]
    author_login: Option<String>,
    #[from("author.id")]
    author_id: Option<Id>,
    #[from("commit.committer.name")]
    committer_name: Option<String>,
    #[from("commit.committer.email")]
    committer_email: Option<String>,
    #[from("commit.committer.date")]
    committed_at: Option<Timestamp>,
    #[from("committer.login")]
    committer_login: Option<String>,
    #[from("committer.id")]
    committer_id: Option<Id>,
    /// A JSON array of hashes.
    #[from("parents[].sha")]
    parent_shas: Json,
    #[from("commit.verification.verified")]
    verified: Option<bool>,
    html_url: Option<String>,
    /// Null where commits are not read on their own, as are deletions and files.
    #[from("stats.additions")]
    additions: Option<i64>,
    #[from("stats.deletions")]
    deletions: Option<i64>,
    /// At most 300 are told.
    #[from("files[].filename", count)]
    changed_files: Option<i64>,
    /// The repository's `external_id`.
    #[context]
    repository_id: String,
}

runnel_sdk::transform!(Commit, source: "github", entity: "github_commits");
