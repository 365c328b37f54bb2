//! Maps a repository of GitHub's API to a row of `repositories`.
//!
//! <https://docs.github.com/en/rest/repos/repos>

use runnel_sdk::{Id, Json, Mapping, Timestamp};

/// A repository.
#[derive(Mapping)]
#[table(name = "repositories", key = "external_id", embed = "description")]
pub struct Repository {
    /// The id of the repository: it stays when the repository is renamed.
    #[from("id")]
    external_id: Id,
    name: String,
    /// `owner/name`.
    full_name: String,
    #[from("owner.login")]
    owner_login: String,
    #[from("owner.id")]
    owner_id: Id,
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
    #[from("license.spdx_id")]
    license: Option<String>,
    /// A JSON array of texts.
    #[from("topics[]")]
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

runnel_sdk::transform!(Repository, source: "github", entity: "github_repositories");
