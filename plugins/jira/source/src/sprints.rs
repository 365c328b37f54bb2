//! `jira_sprints`: those of a board.

use runnel_sdk::{Decision, Failure, Kept, Page, Parent, Request, Response, get};
use serde::{Deserialize, Serialize};

use crate::{
    paging::Beside,
    project::stored,
    refusal::{self, empty},
    token::Token,
};

/// A page of a board's sprints.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct List {
    board: String,
    start: u64,
}

#[derive(Deserialize)]
struct Board {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Fields {
    id: u64,
}

/// Of boards that can have sprints. Where a board is at home says nothing of the projects
/// that it was found by, so none is left out for that.
pub(crate) fn plan(parents: &[Parent]) -> Result<Vec<Request>, Failure> {
    let mut requests = Vec::new();
    for parent in parents {
        let board: Board = stored(parent, &parent.fields)?;
        if board.kind != "kanban" {
            requests.push(page(List {
                board: parent.external_id.clone(),
                start: 0,
            }));
        }
    }
    Ok(requests)
}

fn page(list: List) -> Request {
    let List { board, start } = &list;
    let url = format!("/rest/agile/1.0/board/{board}/sprint?startAt={start}&maxResults=50");
    get(url, board.clone(), &Token::Sprints(list))
}

/// 400: a board that has none after all. 404: it is gone by now.
pub(crate) fn read(list: List, response: &Response) -> Result<Page, Failure> {
    match response.status {
        200 => {}
        400 | 404 => return Ok(empty()),
        _ => {
            return refusal::refused(
                &format!("the sprints of board {}", list.board),
                false,
                response,
            );
        }
    }
    let sprints: Vec<Fields> = response.fields()?;
    let next = Beside::of(&response.beside).next(list.start, sprints.len());
    let keep = |sprint: Fields| {
        Decision::Keep(Kept {
            external_id: sprint.id.to_string(),
            context: "{}".to_owned(),
        })
    };
    Ok(Page {
        decisions: sprints.into_iter().map(keep).collect(),
        requests: next
            .map(|start| page(List { start, ..list }))
            .into_iter()
            .collect(),
        ..empty()
    })
}
