//! What hangs on an issue.

use serde_json::Value;

use crate::stamp::Millis;
use crate::world::doc::Doc;
use crate::world::users::Who;

/// A comment.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) author: Who,
    pub(crate) created: Millis,
    pub(crate) updated: Millis,
    pub(crate) body: Doc,
    /// Whether only administrators see it.
    pub(crate) restricted: bool,
}

/// Work that somebody logged.
#[derive(Clone, Debug)]
pub(crate) struct Worklog {
    pub(crate) id: u64,
    pub(crate) author: Who,
    pub(crate) created: Millis,
    pub(crate) updated: Millis,
    pub(crate) started: Millis,
    pub(crate) seconds: u32,
    pub(crate) comment: Option<Doc>,
}

/// A history entry: what somebody changed at once.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) id: u64,
    pub(crate) author: Who,
    pub(crate) created: Millis,
    pub(crate) items: Vec<Item>,
}

/// A change of one field.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The field's name; of a custom field the name at that time.
    pub(crate) field: String,
    pub(crate) field_id: String,
    pub(crate) from: Side,
    pub(crate) to: Side,
}

/// What a field was or became: an id, if the value has one, and how it is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Side {
    pub(crate) id: Option<String>,
    pub(crate) text: Option<String>,
}

impl Side {
    /// A value without an id.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self {
            id: None,
            text: Some(text.into()),
        }
    }

    /// A value with an id.
    pub(crate) fn of(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            id: Some(id.into()),
            text: Some(text.into()),
        }
    }
}

/// What edits have made of an issue: whatever is not here follows from the seed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edits {
    pub(crate) summary: Option<String>,
    pub(crate) status: Option<usize>,
    /// Custom fields with the values that they were given.
    pub(crate) fields: Vec<(String, Value)>,
    pub(crate) comments: Option<Vec<Comment>>,
    pub(crate) worklogs: Option<Vec<Worklog>>,
    pub(crate) histories: Option<Vec<History>>,
    /// The ids of the sprints.
    pub(crate) sprints: Option<Vec<u64>>,
}
