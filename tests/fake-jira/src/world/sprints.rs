//! Boards and sprints.

use serde::{Deserialize, Serialize};

use crate::spec::Spec;
use crate::stamp::{DAY, Millis};

/// A board of a project.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    pub(crate) id: u64,
    /// The place of its project.
    pub(crate) project: usize,
    pub(crate) name: String,
    /// Whether it has sprints; otherwise it is a Kanban board.
    pub(crate) scrum: bool,
}

/// Where a sprint stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Future,
    Active,
    Closed,
}

impl State {
    /// As the API of boards writes it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Future => "future",
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }
}

/// A sprint.
#[derive(Clone, Debug)]
pub(crate) struct Sprint {
    pub(crate) id: u64,
    /// The id of its board.
    pub(crate) board: u64,
    pub(crate) name: String,
    pub(crate) state: State,
    pub(crate) goal: Option<String>,
    pub(crate) start: Millis,
    pub(crate) end: Millis,
    pub(crate) complete: Option<Millis>,
}

/// The boards of all projects.
pub(crate) fn boards(spec: &Spec) -> Vec<Board> {
    let board = |place: u32| {
        let project = place / spec.boards;
        let scrum = (place % spec.boards).is_multiple_of(2);
        let kind = if scrum { "Scrum" } else { "Kanban" };
        let key = Spec::project(project + 1);
        Board {
            id: u64::from(place) + 1,
            project: project as usize,
            name: format!("{key} {kind}"),
            scrum,
        }
    };
    (0..spec.projects * spec.boards).map(board).collect()
}

/// The sprints of all Scrum boards: closed ones, one active, one of the future.
pub(crate) fn sprints(spec: &Spec, boards: &[Board], last: Millis) -> Vec<Sprint> {
    let mut all = Vec::new();
    for board in boards.iter().filter(|board| board.scrum) {
        for place in 0..spec.sprints {
            let left = i64::from(spec.sprints) - i64::from(place);
            let start = last - (left - 1) * 14 * DAY + 7 * DAY;
            let state = match left {
                1 => State::Future,
                2 => State::Active,
                _ => State::Closed,
            };
            let end = start + 14 * DAY;
            all.push(Sprint {
                id: all.len() as u64 + 1,
                board: board.id,
                name: name(board, place + 1),
                state,
                goal: place
                    .is_multiple_of(2)
                    .then(|| "Ship, learn [and rest]".to_owned()),
                start,
                end,
                complete: (state == State::Closed).then_some(end),
            });
        }
    }
    all
}

/// Names hold what a reader of `Sprint@1f[id=7,name=...]` would stumble over.
fn name(board: &Board, number: u32) -> String {
    match number % 3 {
        1 => format!("Sprint, {number}"),
        2 => format!("{} Sprint {number} [late, id=9]", board.name),
        _ => format!("{} Sprint {number}", board.name),
    }
}
