//! Boards and sprints.

use serde_json::{Value, json};

use crate::api::Answer;
use crate::api::call::{Access, Call};
use crate::api::paging::Page;
use crate::api::refusal::Refusal;
use crate::api::search::{issues, matches};
use crate::render::agile;
use crate::world::issue::Issue;
use crate::world::sprints::{Board, Sprint};

const PAGE: usize = 50;

/// Finds who answers a path below the API of boards.
pub(crate) fn answer(call: &Call<'_>, segments: &[&str]) -> Answer {
    match segments {
        ["board"] => boards(call),
        ["board", id] => Ok(agile::board(call.view, board(call, id)?)),
        ["board", id, "sprint"] => sprints(call, board(call, id)?),
        ["board", id, "issue"] => {
            let board = board(call, id)?;
            of(call, |issue| issue.project == board.project)
        }
        ["sprint", id] => Ok(agile::sprint(call.view, sprint(call, id)?)),
        ["sprint", id, "issue"] => {
            let sprint = sprint(call, id)?;
            of(call, |issue| {
                call.view.world.sprints_of(issue).contains(&sprint.id)
            })
        }
        _ => Err(Refusal::no_such_path()),
    }
}

fn boards(call: &Call<'_>) -> Answer {
    let world = call.view.world;
    let project = match call.params.get("projectKeyOrId") {
        Some(key) => Some(world.project(&key).ok_or_else(|| {
            Refusal::bad(format!("No project could be found with key or id '{key}'."))
        })?),
        None => None,
    };
    let kinds = call.params.list("type");
    let kind = |board: &Board| if board.scrum { "scrum" } else { "kanban" };
    let shown = |board: &&Board| {
        !world.projects[board.project].deleted
            && project.is_none_or(|place| board.project == place)
            && (kinds.is_empty() || kinds.iter().any(|one| one == kind(board)))
    };
    let boards: Vec<&Board> = world.boards.iter().filter(shown).collect();
    Ok(Page::of(call, PAGE, PAGE).values(&boards, |one| agile::board(call.view, one)))
}

fn sprints(call: &Call<'_>, board: &Board) -> Answer {
    if !board.scrum {
        return Err(Refusal::bad("The board does not support sprints"));
    }
    let states = call.params.list("state");
    let shown = |sprint: &&Sprint| {
        let asked = states.is_empty() || states.iter().any(|one| one == sprint.state.name());
        sprint.board == board.id && asked
    };
    let sprints: Vec<&Sprint> = call.view.world.sprints.iter().filter(shown).collect();
    let page = Page::of(call, PAGE, PAGE);
    let mut values = page.values(&sprints, |one| agile::sprint(call.view, one));
    // Of sprints Jira does not count the whole.
    if let Some(values) = values.as_object_mut() {
        values.remove("total");
    }
    Ok(values)
}

/// The issues that pass, and that the query in `jql` means, if there is one.
fn of(call: &Call<'_>, passes: impl Fn(&Issue) -> bool) -> Answer {
    let mut found: Vec<&Issue> = match call.params.get("jql") {
        _ if call.access == Access::Stranger => Vec::new(),
        Some(jql) => matches(call, &jql)?,
        None => call.view.world.issues.iter().collect(),
    };
    found.retain(|issue| passes(issue));
    let page = Page::of(call, PAGE, call.view.options.search.page_limit);
    let shown: Value = issues(call, page.rows(&found))?;
    Ok(json!({
        "expand": "schema,names",
        "startAt": page.start, "maxResults": page.most, "total": found.len(), "issues": shown,
    }))
}

fn board<'a>(call: &Call<'a>, id: &str) -> Result<&'a Board, Refusal> {
    let message = || format!("Board does not exist or you do not have permission to see it: {id}");
    let board = call.view.world.board(id);
    board.ok_or_else(|| Refusal::missing(message()))
}

fn sprint<'a>(call: &Call<'a>, id: &str) -> Result<&'a Sprint, Refusal> {
    let id = id.parse().unwrap_or(0);
    let sprint = call.view.world.sprint(id);
    sprint.ok_or_else(|| Refusal::missing("Sprint does not exist"))
}
