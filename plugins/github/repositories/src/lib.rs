//! Maps a repository of GitHub's API to a row of `repositories`.
//!
//! <https://docs.github.com/en/rest/repos/repos>

use runnel_sdk::{Json, NoContext, Payload, Rejection, Table, Timestamp, Transform};
use serde::Deserialize;

/// What is read of a repository.
#[derive(Deserialize, Payload)]
pub struct Payloads {
    id: u64,
    name: String,
    full_name: String,
    owner: Owner,
    description: Option<String>,
    private: bool,
    fork: bool,
    archived: Option<bool>,
    disabled: Option<bool>,
    visibility: Option<String>,
    default_branch: Option<String>,
    language: Option<String>,
    license: Option<License>,
    topics: Option<Vec<String>>,
    homepage: Option<String>,
    stargazers_count: Option<i64>,
    watchers_count: Option<i64>,
    forks_count: Option<i64>,
    open_issues_count: Option<i64>,
    size: Option<i64>,
    has_issues: Option<bool>,
    html_url: String,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    pushed_at: Option<Timestamp>,
}

#[derive(Deserialize, Payload)]
struct Owner {
    login: String,
    id: u64,
}

#[derive(Deserialize, Payload)]
struct License {
    spdx_id: Option<String>,
}

/// A repository.
#[derive(Table)]
#[table(name = "repositories", key = "external_id", embed = "description")]
pub struct Repository {
    /// The id of the repository: it stays when the repository is renamed.
    external_id: String,
    name: String,
    /// `owner/name`.
    full_name: String,
    owner_login: String,
    owner_id: String,
    description: Option<String>,
    private: bool,
    fork: bool,
    archived: Option<bool>,
    disabled: Option<bool>,
    /// `public`, `private` or `internal`.
    visibility: Option<String>,
    default_branch: Option<String>,
    language: Option<String>,
    /// The SPDX identifier.
    license: Option<String>,
    /// A JSON array of texts.
    topics: Option<Json>,
    homepage: Option<String>,
    stargazers_count: Option<i64>,
    watchers_count: Option<i64>,
    forks_count: Option<i64>,
    open_issues_count: Option<i64>,
    /// In KiB.
    size: Option<i64>,
    has_issues: Option<bool>,
    html_url: String,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    pushed_at: Option<Timestamp>,
}

/// The transform.
pub struct Repositories;

impl Transform for Repositories {
    type Payload = Payloads;
    type Context = NoContext;
    type Row = Repository;

    fn map(repository: Payloads, _: NoContext) -> Result<Repository, Rejection> {
        Ok(Repository {
            external_id: repository.id.to_string(),
            name: repository.name,
            full_name: repository.full_name,
            owner_login: repository.owner.login,
            owner_id: repository.owner.id.to_string(),
            description: repository.description,
            private: repository.private,
            fork: repository.fork,
            archived: repository.archived,
            disabled: repository.disabled,
            visibility: repository.visibility,
            default_branch: repository.default_branch,
            language: repository.language,
            license: repository.license.and_then(|license| license.spdx_id),
            topics: repository.topics.map(|topics| Json::array(&topics)),
            homepage: repository.homepage,
            stargazers_count: repository.stargazers_count,
            watchers_count: repository.watchers_count,
            forks_count: repository.forks_count,
            open_issues_count: repository.open_issues_count,
            size: repository.size,
            has_issues: repository.has_issues,
            html_url: repository.html_url,
            created_at: repository.created_at,
            updated_at: repository.updated_at,
            pushed_at: repository.pushed_at,
        })
    }
}

runnel_sdk::transform!(Repositories, source: "github", entity: "github_repositories");
