//! What the source says of itself.

use runnel_sdk::Config;
use serde_json::{Value, json};

/// Checks the settings' values.
pub(crate) fn check(config: &Config) -> Result<(), String> {
    config.flag("pull_request_details", true)?;
    config.flag("commit_stats", false)?;
    config.count("commit_overlap_days", 30)?;
    Ok(())
}

pub(crate) fn descriptor() -> Value {
    json!({
        "name": "github",
        "version": env!("CARGO_PKG_VERSION"),
        "doc": "Repositories, pull requests, commits, reviews and comments of GitHub",
        "base_url": "https://api.github.com",
        "headers": {
            "accept": "application/vnd.github+json",
            "x-github-api-version": "2022-11-28",
        },
        "pace": { "concurrent": 100, "per_minute": 900 },
        "streams": streams(),
        "settings": {
            "type": "object",
            "properties": {
                "pull_request_details": {
                    "type": "boolean", "default": true,
                    "description": "Read each new or changed pull request on its own, for its counts",
                },
                "commit_stats": {
                    "type": "boolean", "default": false,
                    "description": "Read each commit on its own, for additions, deletions and changed files",
                },
                "commit_overlap_days": {
                    "type": "integer", "default": 30,
                    "description": "How far before the cursor commits are looked for after a merge",
                },
            },
        },
    })
}

fn streams() -> Value {
    let of_repositories = json!({ "stream": "github_repositories", "fields": ["full_name"] });
    json!([
        {
            "name": "github_repositories", "doc": "The named repositories, or all of an owner",
            "every_minutes": 1440, "priority": 1, "depends_on": [],
            "answers": { "": { "records": "", "fields": ["id"] } },
        },
        {
            "name": "github_prs", "doc": "Pull requests",
            "every_minutes": 240, "priority": 5, "depends_on": ["github_repositories"],
            "parents": of_repositories,
            "answers": { "": { "records": "", "fields": ["id", "number", "updated_at"] } },
        },
        {
            "name": "github_commits", "doc": "Commits of the default branch",
            "every_minutes": 360, "priority": 4, "depends_on": ["github_prs"],
            "parents": of_repositories,
            "answers": { "": { "records": "", "fields": ["sha", "commit.committer.date", "parents[].sha"] } },
        },
        {
            "name": "github_reviews", "doc": "Reviews of every pull request that changed",
            "every_minutes": 480, "priority": 3, "depends_on": ["github_prs"],
            "parents": {
                "stream": "github_prs", "changed": true,
                "fields": ["number", "base.repo.id", "base.repo.full_name"],
            },
            "answers": { "": { "records": "", "fields": ["id"] } },
        },
        {
            "name": "github_comments", "doc": "Comments on issues, pull requests and lines of code",
            "every_minutes": 720, "priority": 2, "depends_on": ["github_prs"],
            "parents": of_repositories,
            "answers": { "": { "records": "", "fields": ["id", "updated_at"] } },
        },
    ])
}
