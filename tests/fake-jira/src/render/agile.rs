//! Boards and sprints.

use serde_json::{Value, json};

use crate::render::View;
use crate::stamp::{Millis, instant, written_with_colon};
use crate::world::sprints::{Board, Sprint, State};

/// A board.
pub(crate) fn board(view: View<'_>, board: &Board) -> Value {
    let project = &view.world.projects[board.project];
    let mut payload = json!({
        "id": board.id, "name": board.name,
        "self": view.agile(&format!("board/{}", board.id)),
        "type": if board.scrum { "scrum" } else { "kanban" },
    });
    // Servers of the time of the old sprints do not say where a board is.
    if view.world.is_cloud() || !view.options.old_sprints {
        payload["location"] = json!({
            "projectId": project.id, "projectKey": project.key, "projectName": project.name,
            "projectTypeKey": "software", "name": format!("{} ({})", project.name, project.key),
            "displayName": format!("{} ({})", project.name, project.key),
            "avatarURI": "/secure/projectavatar",
        });
    }
    payload
}

/// A sprint, as the API of boards shows it.
pub(crate) fn sprint(view: View<'_>, sprint: &Sprint) -> Value {
    let mut payload = json!({
        "id": sprint.id, "name": sprint.name, "state": sprint.state.name(),
        "self": view.agile(&format!("sprint/{}", sprint.id)),
        "originBoardId": sprint.board,
    });
    if let Some(goal) = &sprint.goal {
        payload["goal"] = goal.as_str().into();
    }
    dates(view, &mut payload, sprint);
    payload
}

/// A sprint in an issue's field.
pub(crate) fn in_issue(view: View<'_>, sprint: &Sprint) -> Value {
    if !view.world.is_cloud() && view.options.old_sprints {
        return old(view, sprint).into();
    }
    let mut payload = json!({
        "id": sprint.id, "name": sprint.name, "state": sprint.state.name(),
        "boardId": sprint.board, "goal": sprint.goal.as_deref().unwrap_or_default(),
    });
    dates(view, &mut payload, sprint);
    payload
}

fn dates(view: View<'_>, payload: &mut Value, sprint: &Sprint) {
    if sprint.state == State::Future {
        return;
    }
    payload["startDate"] = date(view, sprint.start).into();
    payload["endDate"] = date(view, sprint.end).into();
    if let Some(at) = sprint.complete {
        payload["completeDate"] = date(view, at).into();
    }
}

fn date(view: View<'_>, at: Millis) -> String {
    if view.world.is_cloud() {
        instant(at)
    } else {
        written_with_colon(at, view.options.zone)
    }
}

/// What Java made of a sprint by default: nothing in it is escaped.
fn old(view: View<'_>, sprint: &Sprint) -> String {
    let started = sprint.state != State::Future;
    let date = |at: Option<Millis>| match at.filter(|_| started) {
        Some(at) => date(view, at),
        None => "<null>".to_owned(),
    };
    format!(
        "com.atlassian.greenhopper.service.sprint.Sprint@{:x}[id={},rapidViewId={},state={},\
         name={},goal={},startDate={},endDate={},completeDate={},sequence={}]",
        0x1f + sprint.id,
        sprint.id,
        sprint.board,
        sprint.state.name().to_uppercase(),
        sprint.name,
        sprint.goal.as_deref().unwrap_or_default(),
        date(Some(sprint.start)),
        date(Some(sprint.end)),
        date(sprint.complete),
        sprint.id,
    )
}
