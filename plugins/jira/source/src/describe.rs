//! What the source says of itself.

use runnel_sdk::Config;
use serde_json::{Value, json};

use crate::search::OVERLAP_MINUTES;

/// Nothing but a look at everything finds what was deleted.
const CENSUS_DAYS: u32 = 7;

/// Checks the settings' values.
pub(crate) fn check(config: &Config) -> Result<(), String> {
    config.flag("anonymous", false)?;
    config.text("email")?;
    config.count("overlap_minutes", OVERLAP_MINUTES)?;
    Ok(())
}

pub(crate) fn descriptor() -> Value {
    json!({
        "name": "jira",
        "version": env!("CARGO_PKG_VERSION"),
        "doc": "Projects, issues, changes, comments, worklogs, boards and sprints of Jira, Cloud or Server",
        // Each site has its own.
        "base_url": "",
        "basic_user": "email",
        "headers": { "accept": "application/json" },
        "streams": streams(),
        "settings": {
            "type": "object",
            "properties": {
                "email": {
                    "type": "string",
                    "description": "The address of the account whose API token it is (Cloud)",
                },
                "anonymous": {
                    "type": "boolean", "default": false,
                    "description": "Read what is public, without asking whose account it is",
                },
                "overlap_minutes": {
                    "type": "integer", "default": OVERLAP_MINUTES,
                    "description": "How far a run goes back behind the one before",
                },
            },
        },
    })
}

fn streams() -> Value {
    let projects = json!({ "stream": "jira_projects", "fields": ["key"] });
    json!([
        {
            "name": "jira_fields", "doc": "The fields that the users of a site have made",
            "every_minutes": 360, "census_days": CENSUS_DAYS, "priority": 30,
            "answers": {
                "": { "fields": ["id", "custom"] },
                "site": site(), "myself": myself(),
            },
        },
        {
            "name": "jira_projects", "doc": "The projects that are named, or all",
            "every_minutes": 360, "priority": 30,
            "answers": {
                "": { "records": "values", "fields": ["id"], "beside": ["isLast", "total"] },
                "all": { "fields": ["id"] }, "one": { "fields": ["id"] },
                "site": site(), "myself": myself(),
            },
        },
        {
            "name": "jira_issues", "doc": "Issues with all their fields",
            "every_minutes": 15, "census_days": CENSUS_DAYS, "priority": 20,
            "depends_on": ["jira_fields"], "parents": projects,
            "answers": { "": issues(&["id"]) },
        },
        parts("jira_changelogs", "Who changed which field of an issue", "changelog",
            &["id", "key", "changelog.total", "changelog.histories[].id"], "values"),
        parts("jira_comments", "Comments on issues", "comment",
            &["id", "key", "fields.comment.total", "fields.comment.comments[].id"], "comments"),
        parts("jira_worklogs", "Time spent on issues", "worklog",
            &["id", "key", "fields.worklog.total", "fields.worklog.worklogs[].id"], "worklogs"),
        {
            "name": "jira_boards", "doc": "Boards, where there is Jira Software",
            "every_minutes": 360, "census_days": CENSUS_DAYS, "priority": 10, "parents": projects,
            "answers": { "": { "records": "values", "fields": ["id"], "beside": ["isLast", "total"] } },
        },
        {
            "name": "jira_sprints", "doc": "Sprints of boards",
            "every_minutes": 60, "census_days": CENSUS_DAYS, "priority": 10,
            "parents": { "stream": "jira_boards", "fields": ["type"] },
            "answers": { "": { "records": "values", "fields": ["id"], "beside": ["isLast", "total"] } },
        },
    ])
}

fn parts(name: &str, doc: &str, answer: &str, fields: &[&str], records: &str) -> Value {
    json!({
        "name": name, "doc": doc, "every_minutes": 30, "census_days": CENSUS_DAYS, "priority": 15,
        "depends_on": ["jira_issues"],
        "parents": { "stream": "jira_projects", "fields": ["key"] },
        "answers": {
            "": issues(fields),
            answer: { "records": records, "fields": ["id"], "beside": ["isLast", "total"] },
        },
    })
}

/// A page of a search.
fn issues(fields: &[&str]) -> Value {
    json!({ "records": "issues", "fields": fields, "beside": ["nextPageToken", "isLast", "total"] })
}

fn site() -> Value {
    json!({ "fields": ["deploymentType"] })
}

fn myself() -> Value {
    json!({ "fields": ["active"] })
}
