//! `github_prs`: newest first, down to the cursor; then each new or changed one
//! on its own, for the counts that the list lacks.
//!
//! The list has no `since`, and rows move to its head while it is read, so that a
//! row may be on no page at all. A walk of several pages is therefore followed by
//! a second look at the head, down to where the first look began.

use runnel_sdk::{
    Config, Decision, Failure, Kept, Page, Parent, Progress, Request, Response, Scope, Timestamp,
    get, next_page,
};
use serde::{Deserialize, Serialize};

use crate::{
    refusal,
    repository::{self, Repository, empty},
    token::Token,
};

/// A walk down the list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Walk {
    repository: Repository,
    /// Where to stop: pull requests of this time are read, older ones are not.
    floor: Option<String>,
    /// The newest time on the walk's first page.
    head: Option<String>,
    /// Whether this is the second look.
    again: bool,
}

/// How far the list has been read.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    updated_at: Option<String>,
}

#[derive(Deserialize)]
struct Fields {
    id: u64,
    number: u64,
    updated_at: String,
}

impl Walk {
    /// Pull requests of the cursor's own second may have come after the cursor.
    /// The second look leaves those of its floor's second to the next run.
    fn wants(&self, pull: &Fields) -> bool {
        self.floor.as_ref().is_none_or(|floor| {
            pull.updated_at > *floor || (pull.updated_at == *floor && !self.again)
        })
    }
}

pub(crate) fn plan(parent: &Parent, scope: &Scope) -> Result<Request, Failure> {
    let cursor: Cursor = parent.cursor.as_deref().map_or_else(Cursor::default, |c| {
        serde_json::from_str(c).unwrap_or_default()
    });
    let walk = Walk {
        repository: repository::of(parent)?,
        floor: floor(cursor.updated_at, scope.since),
        head: None,
        again: false,
    };
    Ok(Request {
        conditional: true,
        ..first_page(walk)
    })
}

/// The older of the cursor and what is asked for.
pub(crate) fn floor(cursor: Option<String>, since: Option<i64>) -> Option<String> {
    let since = since.map(|since| Timestamp(since).to_rfc3339());
    match (cursor, since) {
        (Some(cursor), Some(since)) => Some(cursor.min(since)),
        (cursor, since) => cursor.or(since),
    }
}

fn first_page(walk: Walk) -> Request {
    let Repository { id, name, .. } = &walk.repository;
    let url = format!("/repos/{name}/pulls?state=all&sort=updated&direction=desc&per_page=100");
    get(url, id.clone(), &Token::Pulls(walk.clone()))
}

pub(crate) fn read_list(
    mut walk: Walk,
    config: &Config,
    response: &Response,
) -> Result<Page, Failure> {
    if let Some(answer) = refusal::check(response, &walk.repository) {
        return answer;
    }
    let fields: Vec<Fields> = response.fields()?;
    let first = walk.head.is_none();
    let head = walk
        .head
        .take()
        .or_else(|| fields.iter().map(|pull| pull.updated_at.clone()).max());
    walk.head.clone_from(&head);
    let new = |pull: &&Fields| walk.wants(pull);
    let wanted = fields.iter().filter(new).count();
    let next = response
        .header("link")
        .and_then(next_page)
        .filter(|_| wanted == fields.len());
    let details = config
        .flag("pull_request_details", true)
        .map_err(Failure::Refused)?;
    let mut requests = if details {
        details_of(&walk, fields.iter().filter(new))
    } else {
        Vec::new()
    };
    requests.extend(onwards(&walk, next, first));
    Ok(Page {
        decisions: fields
            .iter()
            .map(|pull| decide(pull, new(&pull) && !details))
            .collect(),
        requests,
        progress: progress(&walk, first, head),
        skipped: None,
    })
}

fn decide(pull: &Fields, keep: bool) -> Decision {
    if keep {
        Decision::Keep(Kept {
            external_id: pull.id.to_string(),
            context: "{}".to_owned(),
        })
    } else {
        Decision::Skip
    }
}

fn details_of<'a>(walk: &Walk, pulls: impl Iterator<Item = &'a Fields>) -> Vec<Request> {
    let Repository { id, name, .. } = &walk.repository;
    let token = Token::Pull(walk.repository.clone());
    pulls
        .map(|pull| {
            get(
                format!("/repos/{name}/pulls/{}", pull.number),
                id.clone(),
                &token,
            )
        })
        .collect()
}

/// The next page; or, at the end of a walk of several, the second look.
fn onwards(walk: &Walk, next: Option<&str>, first: bool) -> Option<Request> {
    if let Some(url) = next {
        return Some(get(
            url,
            walk.repository.id.clone(),
            &Token::Pulls(walk.clone()),
        ));
    }
    let look = !first && !walk.again;
    look.then(|| {
        first_page(Walk {
            floor: walk.head.clone(),
            head: None,
            again: true,
            ..walk.clone()
        })
    })
}

/// The first walk's head is how far everything has been read. What the second
/// look finds newer is read again by the next run.
fn progress(walk: &Walk, first: bool, head: Option<String>) -> Option<Progress> {
    if !first || walk.again || head.is_none() {
        return None;
    }
    let cursor = serde_json::to_string(&Cursor { updated_at: head }).ok()?;
    Some(Progress {
        partition: walk.repository.id.clone(),
        cursor,
    })
}

/// One that is gone by now is nobody's failure.
pub(crate) fn read_one(repository: &Repository, response: &Response) -> Result<Page, Failure> {
    if matches!(response.status, 404 | 410) {
        return Ok(empty());
    }
    if let Some(answer) = refusal::check(response, repository) {
        return answer;
    }
    let fields: Vec<Fields> = response.fields()?;
    Ok(Page {
        decisions: fields.iter().map(|pull| decide(pull, true)).collect(),
        ..empty()
    })
}
