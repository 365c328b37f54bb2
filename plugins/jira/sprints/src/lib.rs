//! Maps a sprint of Jira's API to a row of `sprints`.
//!
//! <https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/>

use runnel_sdk::{Id, Mapping, Timestamp};

/// A sprint. Which issues are in it is in `issue_sprints`.
#[derive(Mapping)]
#[table(name = "sprints", key = "external_id", of_record)]
pub struct Sprint {
    /// The id of the sprint.
    #[from("id")]
    external_id: Id,
    name: String,
    /// `future`, `active` or `closed`.
    state: String,
    goal: Option<String>,
    /// Null of a sprint that has not been planned yet.
    #[from("startDate")]
    started_at: Option<Timestamp>,
    #[from("endDate")]
    ends_at: Option<Timestamp>,
    /// When it was closed.
    #[from("completeDate")]
    completed_at: Option<Timestamp>,
    /// The board that it was made on.
    #[from("originBoardId")]
    board_id: Option<Id>,
}

runnel_sdk::transform!(Sprint, source: "jira", entity: "jira_sprints");
