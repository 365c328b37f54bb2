//! `github_commits`: the default branch since the cursor, by committer date: the
//! author's date survives a rebase.
//!
//! The head of the branch is asked for first, always by the same address, so that
//! a branch on which nothing has happened costs one conditional request.
//!
//! A merge puts commits on the branch that are older than the cursor, which
//! `since` never shows. Where one has come, the time before the cursor is read too.

use runnel_sdk::{
    Config, Decision, Failure, Kept, Page, Parent, Progress, Request, Response, Scope, Timestamp,
    get, next_page,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    pulls::floor,
    refusal,
    repository::{self, Repository, empty},
    token::Token,
};

const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// A walk down the branch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Walk {
    repository: Repository,
    /// Commits of this time are read, older ones are not.
    since: Option<String>,
    part: Part,
    /// Whether a merge was seen already.
    merged: bool,
}

/// Which part of the branch a page is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    /// The newest commits: only a look whether there is anything new.
    Head,
    /// The first page of the walk.
    First,
    /// A later one.
    Later,
    /// The time before the cursor, where a merge has brought older commits.
    Before,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    committed_at: Option<String>,
}

#[derive(Deserialize)]
struct Fields {
    sha: String,
    commit: Git,
    parents: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Git {
    committer: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    date: Option<String>,
}

impl Fields {
    fn date(&self) -> Option<&String> {
        self.commit.committer.as_ref()?.date.as_ref()
    }
}

pub(crate) fn plan(parent: &Parent, scope: &Scope) -> Result<Request, Failure> {
    let cursor: Cursor = parent.cursor.as_deref().map_or_else(Cursor::default, |c| {
        serde_json::from_str(c).unwrap_or_default()
    });
    let since = floor(cursor.committed_at, scope.since);
    // Without a bound the head is the first page of the walk.
    let part = if since.is_some() {
        Part::Head
    } else {
        Part::First
    };
    let walk = Walk {
        repository: repository::of(parent)?,
        since,
        part,
        merged: false,
    };
    Ok(Request {
        conditional: true,
        ..page_of(&walk, "")
    })
}

fn page_of(walk: &Walk, bounds: &str) -> Request {
    let Repository { id, name, .. } = &walk.repository;
    get(
        format!("/repos/{name}/commits?per_page=100{bounds}"),
        id.clone(),
        &Token::Commits(walk.clone()),
    )
}

pub(crate) fn read_list(
    mut walk: Walk,
    scope: &Scope,
    config: &Config,
    response: &Response,
) -> Result<Page, Failure> {
    if response.status == 409 {
        // Git Repository is empty: neither a failure nor worth a word.
        return Ok(empty());
    }
    if let Some(answer) = refusal::check(response, &walk.repository) {
        return answer;
    }
    if walk.part == Part::Head {
        let decisions = response.records.iter().map(|_| Decision::Skip).collect();
        return Ok(Page {
            decisions,
            requests: vec![since_cursor(walk)],
            ..empty()
        });
    }
    let fields: Vec<Fields> = response.fields()?;
    let stats = config
        .flag("commit_stats", false)
        .map_err(Failure::Refused)?;
    let newest = fields
        .iter()
        .filter_map(Fields::date)
        .max()
        .filter(|_| walk.part == Part::First)
        .cloned();
    let merge = walk.part != Part::Before && !walk.merged && brings_older(&walk, scope, &fields);
    walk.merged |= merge;
    let mut requests = if stats {
        alone(&walk, &fields)
    } else {
        Vec::new()
    };
    if merge {
        requests.extend(before_cursor(&walk, config)?);
    }
    requests.extend(further(&walk, response));
    Ok(Page {
        decisions: fields
            .iter()
            .map(|commit| decide(commit, &walk.repository, !stats))
            .collect(),
        requests,
        progress: newest.and_then(|newest| progress(&walk, newest)),
        skipped: None,
    })
}

fn since_cursor(walk: Walk) -> Request {
    let bounds = walk
        .since
        .as_ref()
        .map(|since| format!("&since={since}"))
        .unwrap_or_default();
    page_of(
        &Walk {
            part: Part::First,
            ..walk
        },
        &bounds,
    )
}

fn further(walk: &Walk, response: &Response) -> Option<Request> {
    let part = if walk.part == Part::Before {
        Part::Before
    } else {
        Part::Later
    };
    let token = Token::Commits(Walk {
        part,
        ..walk.clone()
    });
    response
        .header("link")
        .and_then(next_page)
        .map(|url| get(url, walk.repository.id.clone(), &token))
}

/// Whether there is a merge among commits that are newer than the cursor. The
/// first run has read everything anyway.
fn brings_older(walk: &Walk, scope: &Scope, fields: &[Fields]) -> bool {
    let newer = |commit: &&Fields| commit.date() > walk.since.as_ref();
    scope.cursor.is_some()
        && fields
            .iter()
            .filter(newer)
            .any(|commit| commit.parents.len() > 1)
}

fn before_cursor(walk: &Walk, config: &Config) -> Result<Option<Request>, Failure> {
    let days = config
        .count("commit_overlap_days", 30)
        .map_err(Failure::Refused)?;
    let cursor = walk
        .since
        .as_deref()
        .and_then(|since| Timestamp::parse(since).ok());
    Ok(cursor.filter(|_| days > 0).map(|Timestamp(at)| {
        let since = Timestamp(at - i64::from(days) * DAY).to_rfc3339();
        let until = Timestamp(at).to_rfc3339();
        let walk = Walk {
            part: Part::Before,
            since: Some(since.clone()),
            ..walk.clone()
        };
        page_of(&walk, &format!("&since={since}&until={until}"))
    }))
}

fn alone(walk: &Walk, fields: &[Fields]) -> Vec<Request> {
    let Repository { id, name, .. } = &walk.repository;
    let token = Token::Commit(walk.repository.clone());
    fields
        .iter()
        .map(|commit| {
            get(
                format!("/repos/{name}/commits/{}", commit.sha),
                id.clone(),
                &token,
            )
        })
        .collect()
}

fn decide(commit: &Fields, repository: &Repository, keep: bool) -> Decision {
    if !keep {
        return Decision::Skip;
    }
    let context = json!({ "repository_id": repository.id }).to_string();
    // A fork shares its commits with its origin.
    Decision::Keep(Kept {
        external_id: format!("{}:{}", repository.id, commit.sha),
        context,
    })
}

fn progress(walk: &Walk, newest: String) -> Option<Progress> {
    let cursor = serde_json::to_string(&Cursor {
        committed_at: Some(newest),
    })
    .ok()?;
    Some(Progress {
        partition: walk.repository.id.clone(),
        cursor,
    })
}

pub(crate) fn read_one(repository: &Repository, response: &Response) -> Result<Page, Failure> {
    if let Some(answer) = refusal::check(response, repository) {
        return answer;
    }
    let fields: Vec<Fields> = response.fields()?;
    Ok(Page {
        decisions: fields
            .iter()
            .map(|commit| decide(commit, repository, true))
            .collect(),
        ..empty()
    })
}
