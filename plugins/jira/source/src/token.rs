//! What a request's answer has to be told of it.

use serde::{Deserialize, Serialize};

use crate::{
    boards,
    parts::{self, Kind},
    projects,
    search::Walk,
    site::Site,
    sprints,
};

/// The note that goes with a request and comes back with its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Token {
    /// Which kind of server it is.
    Site,
    /// Whether the credential is good.
    Myself(Site),
    /// All fields.
    Fields,
    /// A page of all projects.
    Projects(projects::List),
    /// A project that was named.
    Project { key: String, cloud: bool },
    /// A page of issues.
    Issues(Walk),
    /// A page of issues, for what hangs on them.
    Parts(Kind, Walk),
    /// A page of what hangs on one issue.
    Part(parts::List),
    /// A page of a project's boards.
    Boards(boards::List),
    /// A page of a board's sprints.
    Sprints(sprints::List),
}
