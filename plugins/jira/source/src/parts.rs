//! `jira_changelogs`, `jira_comments`, `jira_worklogs`: what hangs on issues.
//!
//! A search shows them within the issues, so that most issues cost no request of their
//! own; but it cuts long lists, and says only by `total` that it did. A list that is
//! whole is kept with its issue, one that is cut is read page by page.

use runnel_sdk::{Config, Decision, Failure, Kept, Page, Request, Response, Scope, get};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    paging::Beside,
    project::{Cursor, Project},
    refusal::{self, empty},
    search::Walk,
    token::Token,
};

/// What hangs on an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Changelog,
    Comment,
    Worklog,
}

/// A page of what hangs on one issue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct List {
    kind: Kind,
    project: Project,
    issue: Issue,
    start: u64,
}

/// An issue, as its parts are told of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Issue {
    id: String,
    key: String,
}

#[derive(Deserialize)]
struct Part {
    id: String,
}

impl Kind {
    pub(crate) fn of(stream: &str) -> Option<Self> {
        match stream {
            "jira_changelogs" => Some(Self::Changelog),
            "jira_comments" => Some(Self::Comment),
            "jira_worklogs" => Some(Self::Worklog),
            _ => None,
        }
    }

    /// What is asked of each issue.
    fn wanted(self) -> &'static str {
        match self {
            Self::Changelog => "fields=updated&expand=changelog",
            Self::Comment => "fields=comment",
            Self::Worklog => "fields=worklog",
        }
    }

    /// Where an issue has its list, and where the list has its items.
    fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::Changelog => ("/changelog", "histories"),
            Self::Comment => ("/fields/comment", "comments"),
            Self::Worklog => ("/fields/worklog", "worklogs"),
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Changelog => "changelog",
            Self::Comment => "comment",
            Self::Worklog => "worklog",
        }
    }

    /// Whether the issue's own list has all of it.
    fn is_whole(self, issue: &Value) -> Option<bool> {
        let (list, items) = self.place();
        let list = issue.pointer(list)?;
        let shown = list.get(items)?.as_array()?.len();
        // A Server that counts nothing shows everything.
        let total = list.get("total").and_then(Value::as_u64);
        Some(total.is_none_or(|total| total <= shown as u64))
    }
}

pub(crate) fn plan(
    kind: Kind,
    project: &Project,
    cursor: Option<Cursor>,
    scope: &Scope,
) -> Result<Request, Failure> {
    Ok(page_of_issues(kind, Walk::new(project, cursor, scope)))
}

fn page_of_issues(kind: Kind, walk: Walk) -> Request {
    walk.request(kind.wanted(), |walk| Token::Parts(kind, walk))
}

pub(crate) fn read(
    kind: Kind,
    walk: Walk,
    config: &Config,
    response: &Response,
) -> Result<Page, Failure> {
    let project = walk.project.clone();
    if response.status != 200 {
        return refusal::refused(&project.key, project.named, response);
    }
    let issues: Vec<Value> = response.fields()?;
    let (mut decisions, mut requests, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for head in issues {
        let issue: Issue = serde_json::from_value(head.clone())
            .map_err(|error| Failure::Broken(format!("an issue of {}: {error}", response.url)))?;
        ids.push(issue.id.clone());
        let whole = kind.is_whole(&head).unwrap_or(false);
        // An older Server may have nothing but what it shows here.
        let all_there_is = kind == Kind::Changelog && !project.site.cloud;
        decisions.push(if whole || all_there_is {
            Decision::Keep(Kept {
                external_id: issue.id.clone(),
                context: issue.context(),
            })
        } else {
            Decision::Skip
        });
        if !whole {
            requests.push(page_of_parts(List {
                kind,
                project: project.clone(),
                issue,
                start: 0,
            }));
        }
    }
    let progress = walk.progress(config, response)?;
    let onwards = walk.onwards(&ids, response)?;
    requests.extend(onwards.map(|walk| page_of_issues(kind, walk)));
    Ok(Page {
        decisions,
        requests,
        progress,
        ..empty()
    })
}

fn page_of_parts(list: List) -> Request {
    let api = list.project.site.api();
    let (path, start) = (list.kind.path(), list.start);
    let url = format!(
        "{api}/issue/{}/{path}?startAt={start}&maxResults=100",
        list.issue.id
    );
    Request {
        answer: path.to_owned(),
        ..get(url, list.project.id.clone(), &Token::Part(list))
    }
}

/// An issue that is gone by now is nobody's failure, and neither is a Server of an
/// older version, which has no address for changes: what it cut stays cut.
pub(crate) fn read_list(list: List, response: &Response) -> Result<Page, Failure> {
    match response.status {
        200 => {}
        404 => return Ok(empty()),
        _ => return refusal::refused(&list.issue.key, false, response),
    }
    let parts: Vec<Part> = response.fields()?;
    let next = Beside::of(&response.beside).next(list.start, parts.len());
    // Its own id is one among others of its kind; that of an issue may be the same.
    let keep = |part: &Part| {
        Decision::Keep(Kept {
            external_id: format!("{}/{}", list.issue.id, part.id),
            context: list.issue.context(),
        })
    };
    Ok(Page {
        decisions: parts.iter().map(keep).collect(),
        requests: next
            .map(|start| {
                page_of_parts(List {
                    start,
                    ..list.clone()
                })
            })
            .into_iter()
            .collect(),
        ..empty()
    })
}

impl Issue {
    fn context(&self) -> String {
        json!({ "issue_id": self.id, "issue_key": self.key }).to_string()
    }
}
