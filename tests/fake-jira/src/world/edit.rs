//! What can be changed while the server runs.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::world::fields::FieldKind;

/// A change. `issue` is a key or an id.
/// Over HTTP: `{"touch_issue":{"issue":"ACME-3","summary":"New"}}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Changes an issue and moves its `updated`.
    TouchIssue {
        /// Which one.
        issue: String,
        /// The new summary, if it changes.
        #[serde(default)]
        summary: Option<String>,
        /// The name of the new status, if it changes.
        #[serde(default)]
        status: Option<String>,
    },
    /// Gives a custom field of an issue a value as it stands, whatever its type;
    /// `updated` moves.
    SetField {
        /// Which issue.
        issue: String,
        /// The field's id.
        field: String,
        /// The value as in the issue's payload.
        value: Value,
    },
    /// Makes an issue, the newest of its project.
    AddIssue {
        /// The project's key.
        project: String,
        /// Its summary.
        summary: String,
    },
    /// Moves an issue to another project: its key changes, its id does not.
    MoveIssue {
        /// Which one.
        issue: String,
        /// The other project's key.
        project: String,
    },
    /// Deletes an issue: no trace of it is left.
    DeleteIssue {
        /// Which one.
        issue: String,
    },
    /// Comments on an issue.
    AddComment {
        /// Which one.
        issue: String,
        /// The text.
        body: String,
    },
    /// Changes a comment.
    EditComment {
        /// The comment's issue.
        issue: String,
        /// Which one.
        id: u64,
        /// The new text.
        body: String,
    },
    /// Deletes a comment.
    DeleteComment {
        /// The comment's issue.
        issue: String,
        /// Which one.
        id: u64,
    },
    /// Logs work on an issue.
    AddWorklog {
        /// Which one.
        issue: String,
        /// How long it took.
        seconds: u32,
        /// What was done.
        comment: String,
    },
    /// Deletes a worklog.
    DeleteWorklog {
        /// The worklog's issue.
        issue: String,
        /// Which one.
        id: u64,
    },
    /// Adds a custom field, with values in the issues that exist.
    AddField {
        /// Its name, which need not be unique.
        name: String,
        /// Its type.
        kind: FieldKind,
    },
    /// Renames a custom field.
    RenameField {
        /// The field's id.
        field: String,
        /// The new name.
        name: String,
    },
    /// Deletes a custom field and its values.
    DeleteField {
        /// The field's id.
        field: String,
    },
    /// From now on a custom field's generated values are not of its type.
    BreakField {
        /// The field's id.
        field: String,
    },
    /// Deletes a project with its issues and boards.
    DeleteProject {
        /// Its key.
        project: String,
    },
    /// Adds an issue to a sprint.
    JoinSprint {
        /// Which issue.
        issue: String,
        /// The sprint's id.
        sprint: u64,
    },
    /// Takes an issue out of a sprint.
    LeaveSprint {
        /// Which issue.
        issue: String,
        /// The sprint's id.
        sprint: u64,
    },
    /// Closes a sprint; its issues do not move.
    CloseSprint {
        /// The sprint's id.
        sprint: u64,
    },
    /// Renames a sprint; its issues do not move.
    RenameSprint {
        /// The sprint's id.
        sprint: u64,
        /// The new name.
        name: String,
    },
    /// Anonymises a person.
    DeleteUser {
        /// The account id on Cloud, the key or the name on Server.
        user: String,
    },
    /// Makes the clock stand at a time, or (`None`) makes it the real one.
    SetClock {
        /// Milliseconds since 1970.
        at: Option<i64>,
    },
}

/// What came of an edit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// The id of what was added or changed.
    pub id: Option<String>,
    /// The key of the issue concerned.
    pub key: Option<String>,
    /// When it happened, on the server's clock, in milliseconds since 1970.
    pub at: i64,
}

/// Why an edit was impossible.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no {what} {name}")]
pub struct EditError {
    /// What is missing.
    pub what: &'static str,
    /// The name or id that was looked for.
    pub name: String,
}

impl EditError {
    /// Nothing of a kind has that name or id.
    pub(crate) fn missing(what: &'static str, name: impl ToString) -> Self {
        Self {
            what,
            name: name.to_string(),
        }
    }
}
