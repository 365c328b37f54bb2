//! Issues: what is kept of each, and what follows from it.

use crate::stamp::Millis;
use crate::world::World;
use crate::world::dice::{Purpose, dice};
use crate::world::doc::{self, Doc, words};
use crate::world::records::Edits;
use crate::world::sprints::Board;
use crate::world::users::Who;

/// An issue. Texts, fields, comments and so on are made when somebody asks.
#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    /// The place of its project.
    pub(crate) project: usize,
    pub(crate) number: u32,
    /// The number that it began with: what follows from it survives a move.
    pub(crate) ordinal: u32,
    pub(crate) created: Millis,
    pub(crate) updated: Millis,
    /// What was edited, if anything was.
    pub(crate) edits: Option<Box<Edits>>,
}

/// What kind of issue it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Epic,
    Story,
    Bug,
    Task,
    Subtask,
}

impl Kind {
    /// All kinds.
    pub(crate) const ALL: [Self; 5] = [
        Self::Epic,
        Self::Story,
        Self::Bug,
        Self::Task,
        Self::Subtask,
    ];

    /// The id and the name.
    pub(crate) const fn facts(self) -> (u64, &'static str) {
        match self {
            Self::Epic => (10_000, "Epic"),
            Self::Story => (10_001, "Story"),
            Self::Bug => (10_002, "Bug"),
            Self::Task => (10_003, "Task"),
            Self::Subtask => (10_004, "Sub-task"),
        }
    }
}

/// A status: its id, its name, and the id, key, colour and name of its category.
pub(crate) type Status = (
    &'static str,
    &'static str,
    (u32, &'static str, &'static str, &'static str),
);

/// The statuses of the workflow; the last is the end.
pub(crate) const STATUSES: [Status; 3] = [
    ("10000", "To Do", (2, "new", "blue-gray", "To Do")),
    (
        "3",
        "In Progress",
        (4, "indeterminate", "yellow", "In Progress"),
    ),
    ("10001", "Done", (3, "done", "green", "Done")),
];

/// The place of the last status.
pub(crate) const DONE: usize = STATUSES.len() - 1;

impl Issue {
    /// Every ten issues begin with an epic; the fifth is a part of the fourth.
    pub(crate) fn kind(&self) -> Kind {
        match self.ordinal % 10 {
            1 => Kind::Epic,
            5 => Kind::Subtask,
            2 | 6 | 9 => Kind::Story,
            3 | 8 => Kind::Bug,
            _ => Kind::Task,
        }
    }

    /// The number of the issue above, in the same project; a move parts them.
    pub(crate) fn parent(&self) -> Option<u32> {
        match self.kind() {
            _ if self.number != self.ordinal => None,
            Kind::Epic => None,
            Kind::Subtask => Some(self.number - 1),
            _ => self.number.checked_sub(2).map(|below| below / 10 * 10 + 1),
        }
    }

    /// The edits, to add one.
    pub(crate) fn edits_mut(&mut self) -> &mut Edits {
        self.edits.get_or_insert_default()
    }

    /// Whether it is one of those with a long history and many worklogs.
    pub(crate) fn is_long(&self) -> bool {
        self.ordinal % 50 == 7
    }
}

impl World {
    /// Which status an issue has.
    pub(crate) fn status(&self, issue: &Issue) -> usize {
        let edited = issue.edits.as_ref().and_then(|edits| edits.status);
        edited.unwrap_or_else(|| self.rolled_status(issue))
    }

    /// Which status it had before any edit.
    pub(crate) fn rolled_status(&self, issue: &Issue) -> usize {
        dice(self.seed, Purpose::Issue, issue.id, 1).usize(..STATUSES.len())
    }

    /// The one-line text.
    pub(crate) fn summary(&self, issue: &Issue) -> String {
        let edited = issue.edits.as_ref().and_then(|edits| edits.summary.clone());
        edited.unwrap_or_else(|| {
            let mut rng = dice(self.seed, Purpose::Summary, issue.id, 0);
            let count = rng.usize(3..8);
            words(&mut rng, count)
        })
    }

    /// The long text; some issues have none.
    pub(crate) fn description(&self, issue: &Issue) -> Option<Doc> {
        let mut rng = dice(self.seed, Purpose::Description, issue.id, 0);
        (issue.ordinal % 11 != 6).then(|| doc::generated(&mut rng, self.users.len()))
    }

    /// Where it happened; most issues do not say.
    pub(crate) fn environment(&self, issue: &Issue) -> Option<Doc> {
        let mut rng = dice(self.seed, Purpose::Environment, issue.id, 0);
        (issue.ordinal % 5 == 3).then(|| doc::plain(&words(&mut rng, 4)))
    }

    /// The assignee, reporter and creator: nobody for some, and now and then
    /// somebody who has left.
    pub(crate) fn people(&self, issue: &Issue) -> [Who; 3] {
        let mut rng = dice(self.seed, Purpose::Issue, issue.id, 2);
        let mut one = || Some(rng.usize(..self.users.len()));
        let assignee = one().filter(|_| !issue.ordinal.is_multiple_of(4));
        let reporter = one().filter(|_| issue.ordinal % 13 != 12);
        [assignee, reporter, one()]
    }

    /// The ids of the sprints that an issue was or is in, oldest first.
    pub(crate) fn sprints_of(&self, issue: &Issue) -> Vec<u64> {
        let edited = issue.edits.as_ref().and_then(|edits| edits.sprints.clone());
        edited.unwrap_or_else(|| self.rolled_sprints(issue))
    }

    /// One sprint of the project's first Scrum board, and the one that followed
    /// if the work was not done by then.
    fn rolled_sprints(&self, issue: &Issue) -> Vec<u64> {
        let scrum = |board: &&Board| board.project == issue.project && board.scrum;
        let Some(board) = self.boards.iter().find(scrum) else {
            return Vec::new();
        };
        let of_board = self.sprints.iter().filter(|one| one.board == board.id);
        let ids: Vec<u64> = of_board.map(|sprint| sprint.id).collect();
        if ids.is_empty() || issue.kind() == Kind::Epic || issue.ordinal % 4 == 3 {
            return Vec::new();
        }
        let first = dice(self.seed, Purpose::Issue, issue.id, 6).usize(..ids.len());
        let moved_on = self.rolled_status(issue) != DONE && issue.ordinal.is_multiple_of(3);
        ids.into_iter()
            .skip(first)
            .take(1 + usize::from(moved_on))
            .collect()
    }
}
