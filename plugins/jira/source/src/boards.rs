//! `jira_boards`: those of a project.

use runnel_sdk::{Decision, Failure, Kept, Page, Request, Response, get};
use serde::{Deserialize, Serialize};

use crate::{
    paging::Beside,
    project::Project,
    refusal::{self, empty},
    search::encoded,
    token::Token,
};

/// A page of a project's boards.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct List {
    project: Project,
    start: u64,
}

#[derive(Deserialize)]
struct Fields {
    id: u64,
}

pub(crate) fn plan(project: &Project) -> Request {
    page(List {
        project: project.clone(),
        start: 0,
    })
}

fn page(list: List) -> Request {
    let (key, start) = (encoded(&list.project.key), list.start);
    let url = format!("/rest/agile/1.0/board?projectKeyOrId={key}&startAt={start}&maxResults=50");
    get(url, list.project.id.clone(), &Token::Boards(list))
}

/// A site without Jira Software has no boards. A board may be found by several
/// projects: what is kept of it is the same by each.
pub(crate) fn read(list: List, response: &Response) -> Result<Page, Failure> {
    match response.status {
        200 => {}
        404 => return Ok(empty()),
        _ => {
            return refusal::refused(
                &format!("the boards of {}", list.project.key),
                false,
                response,
            );
        }
    }
    let boards: Vec<Fields> = response.fields()?;
    let next = Beside::of(&response.beside).next(list.start, boards.len());
    let context = serde_json::to_string(&list.project.site).unwrap_or_default();
    let keep = |board: Fields| {
        Decision::Keep(Kept {
            external_id: board.id.to_string(),
            context: context.clone(),
        })
    };
    Ok(Page {
        decisions: boards.into_iter().map(keep).collect(),
        requests: next
            .map(|start| page(List { start, ..list }))
            .into_iter()
            .collect(),
        ..empty()
    })
}
