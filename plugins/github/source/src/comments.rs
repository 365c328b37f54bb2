//! `github_comments`: both kinds, by the lists of the repository and not by a
//! request a pull request.
//!
//! The newest page is asked for first, always by the same address, so that a list
//! in which nothing has happened costs one conditional request. Where it reaches
//! down to the cursor it is all that is needed. Else the list is walked upwards,
//! the oldest change first, since what changes meanwhile then comes again.
//!
//! A list stops at some depth, with a 422 or with no further page. It is sorted
//! by the time of the last change, so it is gone on with as a new list, `since`
//! the newest time that was seen.

use runnel_sdk::{
    Decision, Failure, Kept, Page, Parent, Progress, Request, Response, Scope, get, next_page,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    pulls::floor,
    refusal,
    repository::{self, Repository, empty},
    token::Token,
};

/// A list that has given so many pages is not believed to have ended there.
const DEEP: u32 = 100;
/// Nor is one that ends with a page of as many as were asked for.
const FULL: usize = 100;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Of the conversations of issues and pull requests.
    Issue,
    /// On lines of code.
    Review,
}

/// A walk up a list, the oldest change first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Walk {
    repository: Repository,
    kind: Kind,
    /// Where the list begins.
    since: Option<String>,
    /// Whether this is the newest page.
    head: bool,
    /// The newest time seen.
    newest: Option<String>,
    /// Pages read of this list.
    pages: u32,
}

/// How far each list has been read.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    #[serde(default)]
    issue: Option<String>,
    #[serde(default)]
    review: Option<String>,
}

#[derive(Deserialize)]
struct Fields {
    id: u64,
    updated_at: String,
}

impl Walk {
    /// Comments of the cursor's own second may have come after the cursor.
    fn wants(&self, comment: &Fields) -> bool {
        self.since
            .as_ref()
            .is_none_or(|since| comment.updated_at >= *since)
    }
}

pub(crate) fn plan(parent: &Parent, scope: &Scope) -> Result<[Request; 2], Failure> {
    let cursor: Cursor = parent.cursor.as_deref().map_or_else(Cursor::default, |c| {
        serde_json::from_str(c).unwrap_or_default()
    });
    let repository = repository::of(parent)?;
    Ok(
        [(Kind::Issue, cursor.issue), (Kind::Review, cursor.review)].map(|(kind, cursor)| {
            let since = floor(cursor, scope.since);
            let walk = Walk {
                repository: repository.clone(),
                kind,
                since,
                head: true,
                newest: None,
                pages: 0,
            };
            Request {
                conditional: true,
                ..list(walk, "desc", "")
            }
        }),
    )
}

/// The first page of a list.
fn list(walk: Walk, direction: &str, since: &str) -> Request {
    let Repository { id, name, .. } = &walk.repository;
    let list = match walk.kind {
        Kind::Issue => "issues/comments",
        Kind::Review => "pulls/comments",
    };
    let url =
        format!("/repos/{name}/{list}?sort=updated&direction={direction}&per_page=100{since}");
    get(url, id.clone(), &Token::Comments(walk.clone()))
}

/// The list from `since` upwards.
fn upwards(walk: Walk) -> Request {
    let since = walk
        .since
        .as_ref()
        .map(|since| format!("&since={since}"))
        .unwrap_or_default();
    list(
        Walk {
            head: false,
            newest: None,
            pages: 0,
            ..walk
        },
        "asc",
        &since,
    )
}

pub(crate) fn read(mut walk: Walk, response: &Response) -> Result<Page, Failure> {
    if response.status == 410 && walk.kind == Kind::Issue {
        // Issues are switched off: a list that is not there, not a refusal.
        return Ok(empty());
    }
    if response.status == 422 && walk.pages > 0 {
        return onwards_from_newest(&walk).map(|request| Page {
            requests: vec![request],
            ..empty()
        });
    }
    if let Some(answer) = refusal::check(response, &walk.repository) {
        return answer;
    }
    let fields: Vec<Fields> = response.fields()?;
    let next = response.header("link").and_then(next_page);
    let full = fields.len() >= FULL;
    let more = next.is_some() || full;
    if walk.head && more && fields.iter().all(|comment| walk.wants(comment)) {
        let decisions = fields.iter().map(|_| Decision::Skip).collect();
        return Ok(Page {
            decisions,
            requests: vec![upwards(walk)],
            ..empty()
        });
    }
    walk.newest = fields
        .iter()
        .map(|comment| comment.updated_at.clone())
        .chain(walk.newest.take())
        .max();
    walk.pages += 1;
    let decisions = fields
        .iter()
        .map(|comment| decide(comment, &walk))
        .collect();
    let requests = match next {
        _ if walk.head => Vec::new(),
        Some(url) => vec![get(
            url,
            walk.repository.id.clone(),
            &Token::Comments(walk.clone()),
        )],
        None if (full || walk.pages >= DEEP) && walk.newest > walk.since => {
            vec![onwards_from_newest(&walk)?]
        }
        None => Vec::new(),
    };
    Ok(Page {
        decisions,
        requests,
        progress: progress(&walk),
        skipped: None,
    })
}

fn onwards_from_newest(walk: &Walk) -> Result<Request, Failure> {
    if walk.newest <= walk.since {
        let at = walk.since.as_deref().unwrap_or("the beginning");
        let name = &walk.repository.name;
        return Err(Failure::Refused(format!(
            "{name} has more comments of {at} than GitHub lists, and they cannot be told apart"
        )));
    }
    Ok(upwards(Walk {
        since: walk.newest.clone(),
        ..walk.clone()
    }))
}

fn decide(comment: &Fields, walk: &Walk) -> Decision {
    if !walk.wants(comment) {
        return Decision::Skip;
    }
    let kind = walk.kind.name();
    let context = json!({ "repository_id": walk.repository.id, "comment_type": kind }).to_string();
    Decision::Keep(Kept {
        external_id: format!("{kind}:{}", comment.id),
        context,
    })
}

fn progress(walk: &Walk) -> Option<Progress> {
    let newest = walk.newest.as_ref()?;
    let cursor = json!({ walk.kind.name(): newest }).to_string();
    Some(Progress {
        partition: walk.repository.id.clone(),
        cursor,
    })
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Review => "review",
        }
    }
}
