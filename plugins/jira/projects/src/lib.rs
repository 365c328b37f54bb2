//! Maps a project of Jira's API to a row of `jira_projects`.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/>

use runnel_sdk::Mapping;

/// A project.
#[derive(Mapping)]
#[table(name = "jira_projects", key = "external_id")]
pub struct Project {
    /// The id of the project: it stays when its key changes.
    #[from("id")]
    external_id: String,
    /// What its issues' keys begin with.
    key: String,
    name: String,
    /// `software`, `business` or `service_desk`.
    #[from("projectTypeKey")]
    project_type: Option<String>,
    /// Null where a list of projects does not say.
    description: Option<String>,
    #[from("projectCategory.name")]
    category: Option<String>,
    /// The id of the account that leads it (Cloud).
    #[from("lead.accountId")]
    lead_id: Option<String>,
    /// The key of the user who leads it (Server).
    #[from("lead.key")]
    lead_key: Option<String>,
    #[from("lead.displayName")]
    lead_name: Option<String>,
    /// Whether each project has fields and types of its own (Cloud).
    #[from("simplified")]
    is_simplified: Option<bool>,
    #[from("archived", default)]
    is_archived: bool,
}

runnel_sdk::transform!(Project, source: "jira", entity: "jira_projects");
