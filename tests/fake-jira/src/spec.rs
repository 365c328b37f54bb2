//! What the generated site holds.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Which Jira it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Flavour {
    /// Atlassian's own: REST v2 and v3, rich text as documents, account ids.
    Cloud,
    /// Server or Data Center: REST v2 alone, wiki markup, user names.
    Server,
}

/// The generated data; the same `Spec` always makes the same records.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Everything random follows from this number.
    pub seed: u64,
    /// Cloud or Server.
    pub flavour: Flavour,
    /// How many projects: `ACME`, `BETA`, `P3`, `P4`, and so on.
    pub projects: u32,
    /// Issues in each project.
    pub issues: u32,
    /// Custom fields with values; their types take turns, see
    /// [`FieldKind`](crate::FieldKind).
    pub custom_fields: u32,
    /// Adds the custom fields that are special, see [`Spec::UNUSED_FIELD`],
    /// [`Spec::ORPHAN_FIELD`] and [`Spec::NAMESAKE_FIELD`].
    pub odd_fields: bool,
    /// Comments on each issue.
    pub comments: u32,
    /// Worklogs of each issue.
    pub worklogs: u32,
    /// History entries of each issue.
    pub histories: u32,
    /// History entries of every fiftieth issue of a project, the seventh first,
    /// if that is more.
    pub long_history: u32,
    /// Worklogs of those issues, if that is more.
    pub long_worklog: u32,
    /// Boards of each project: the first is a Scrum board, the second a Kanban
    /// board, and so on in turn.
    pub boards: u32,
    /// Sprints of each Scrum board.
    pub sprints: u32,
    /// How many people there are, besides those who have left.
    pub users: u32,
    /// Whether now and then a history entry is nobody's, as those of automations.
    /// Off for clients that cannot read it (gouqi).
    pub ghosts: bool,
    /// The server's time in milliseconds since 1970; `None`: the real one. A
    /// fixed clock stands still until [`Edit::SetClock`](crate::Edit::SetClock).
    pub clock: Option<i64>,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            seed: 1,
            flavour: Flavour::Cloud,
            projects: 2,
            issues: 30,
            custom_fields: 24,
            odd_fields: true,
            comments: 2,
            worklogs: 2,
            histories: 3,
            long_history: 130,
            long_worklog: 25,
            boards: 2,
            sprints: 4,
            users: 8,
            ghosts: true,
            clock: None,
        }
    }
}

impl Spec {
    /// The field that no issue has a value of.
    pub const UNUSED_FIELD: &'static str = "customfield_19001";
    /// The field without a context: no issue has it, and its contexts are 404.
    pub const ORPHAN_FIELD: &'static str = "customfield_19002";
    /// The text field with the name of the number field `customfield_10000`.
    pub const NAMESAKE_FIELD: &'static str = "customfield_19003";

    /// A Server with the defaults.
    pub fn server() -> Self {
        Self {
            flavour: Flavour::Server,
            ..Self::default()
        }
    }

    /// The key of the `index`th project, from 1.
    pub fn project(index: u32) -> String {
        match index {
            1 => "ACME".to_owned(),
            2 => "BETA".to_owned(),
            _ => format!("P{index}"),
        }
    }

    /// The id of the `index`th custom field, from 0.
    pub fn field(index: u32) -> String {
        format!("customfield_{}", 10_000 + index)
    }
}
