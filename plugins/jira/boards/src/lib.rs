//! Maps a board of Jira's API to a row of `boards`.
//!
//! <https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/>

use runnel_sdk::{Id, Mapping};

/// A board.
#[derive(Mapping)]
#[table(name = "boards", key = "external_id", of_record)]
pub struct Board {
    /// The id of the board.
    #[from("id")]
    external_id: Id,
    name: String,
    /// `scrum`, `kanban` or `simple`.
    #[from("type")]
    board_type: String,
    /// The project that it is at home in; null where the server does not say.
    #[from("location.projectId")]
    project_id: Option<Id>,
    #[from("location.projectKey")]
    project_key: Option<String>,
}

runnel_sdk::transform!(Board, source: "jira", entity: "jira_boards");
