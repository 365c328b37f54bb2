//! Maps a commit of GitHub's API to a row of `commits`.
//!
//! <https://docs.github.com/en/rest/commits/commits>

use runnel_sdk::{Json, Payload, Rejection, Table, Timestamp, Transform};
use serde::Deserialize;

/// What is read of a commit. The accounts are null where the e-mail address
/// matches none; statistics and files are there only where it was read on its own.
#[derive(Deserialize, Payload)]
pub struct Payloads {
    sha: String,
    commit: Git,
    author: Option<Account>,
    committer: Option<Account>,
    parents: Vec<Parent>,
    html_url: Option<String>,
    stats: Option<Stats>,
    files: Option<Vec<File>>,
}

#[derive(Deserialize, Payload)]
struct Git {
    message: String,
    author: Option<Person>,
    committer: Option<Person>,
    verification: Option<Verification>,
}

#[derive(Deserialize, Payload)]
struct Person {
    name: Option<String>,
    email: Option<String>,
    date: Option<Timestamp>,
}

#[derive(Deserialize, Payload)]
struct Verification {
    verified: bool,
}

#[derive(Deserialize, Payload)]
struct Account {
    login: Option<String>,
    id: Option<u64>,
}

#[derive(Deserialize, Payload)]
struct Parent {
    sha: String,
}

#[derive(Deserialize, Payload)]
struct Stats {
    additions: i64,
    deletions: i64,
}

#[derive(Deserialize, Payload)]
struct File {
    #[serde(rename = "filename")]
    _name: String,
}

/// What the source adds.
#[derive(Deserialize)]
pub struct Context {
    repository_id: String,
}

/// A commit of a default branch.
#[derive(Table)]
#[table(
    name = "commits",
    key = "repository_id, external_id",
    embed = "message"
)]
pub struct Commit {
    /// The hash.
    external_id: String,
    message: String,
    author_name: Option<String>,
    author_email: Option<String>,
    /// It survives a rebase; `committed_at` does not.
    authored_at: Option<Timestamp>,
    /// Null where the e-mail address matches no account.
    author_login: Option<String>,
    author_id: Option<String>,
    committer_name: Option<String>,
    committer_email: Option<String>,
    committed_at: Option<Timestamp>,
    committer_login: Option<String>,
    committer_id: Option<String>,
    /// A JSON array of hashes.
    parent_shas: Json,
    verified: Option<bool>,
    html_url: Option<String>,
    /// Null where commits are not read on their own.
    additions: Option<i64>,
    deletions: Option<i64>,
    /// At most 300 are told.
    changed_files: Option<i64>,
    /// The repository's `external_id`.
    repository_id: String,
}

/// The transform.
pub struct Commits;

impl Transform for Commits {
    type Payload = Payloads;
    type Context = Context;
    type Row = Commit;

    fn map(payload: Payloads, context: Context) -> Result<Commit, Rejection> {
        let Git {
            message,
            author,
            committer,
            verification,
        } = payload.commit;
        let [author, committer] = [author, committer].map(|person| {
            person.unwrap_or(Person {
                name: None,
                email: None,
                date: None,
            })
        });
        let [(author_login, author_id), (committer_login, committer_id)] =
            [payload.author, payload.committer].map(|account| {
                account.map_or((None, None), |a| (a.login, a.id.map(|id| id.to_string())))
            });
        let parents: Vec<String> = payload
            .parents
            .into_iter()
            .map(|parent| parent.sha)
            .collect();
        let (additions, deletions) = payload
            .stats
            .map(|stats| (stats.additions, stats.deletions))
            .unzip();
        Ok(Commit {
            external_id: payload.sha,
            message,
            author_name: author.name,
            author_email: author.email,
            authored_at: author.date,
            author_login,
            author_id,
            committer_name: committer.name,
            committer_email: committer.email,
            committed_at: committer.date,
            committer_login,
            committer_id,
            parent_shas: Json::array(&parents),
            verified: verification.map(|verification| verification.verified),
            html_url: payload.html_url,
            additions,
            deletions,
            changed_files: payload
                .files
                .and_then(|files| i64::try_from(files.len()).ok()),
            repository_id: context.repository_id,
        })
    }
}

runnel_sdk::transform!(Commits, source: "github", entity: "github_commits");
