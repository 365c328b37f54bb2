//! `jira_projects`: those that are named, or all that the account may see.

use runnel_sdk::{Config, Decision, Failure, Kept, Page, Request, Response, get};
use serde::{Deserialize, Serialize};

use crate::{
    paging::Beside,
    project::Context,
    refusal::{self, empty},
    search::encoded,
    site::Site,
    token::Token,
};

/// A list of all projects.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct List {
    site: Site,
    start: u64,
}

#[derive(Deserialize)]
struct Fields {
    id: String,
}

pub(crate) fn plan(site: Site, config: &Config) -> Vec<Request> {
    if config.scope.is_empty() {
        return vec![page(List { site, start: 0 })];
    }
    let one = |key: &String| Request {
        answer: "one".to_owned(),
        ..get(
            format!("{}/project/{}", site.api(), encoded(key)),
            "",
            &Token::Project {
                key: key.clone(),
                cloud: site.cloud,
            },
        )
    };
    config.scope.iter().map(one).collect()
}

/// A Server has them all in one answer.
fn page(list: List) -> Request {
    let List { site, start } = list;
    let token = Token::Projects(list);
    if site.cloud {
        let url = format!(
            "{}/project/search?startAt={start}&maxResults=50",
            site.api()
        );
        get(url, "", &token)
    } else {
        Request {
            answer: "all".to_owned(),
            ..get(format!("{}/project", site.api()), "", &token)
        }
    }
}

pub(crate) fn read_list(list: List, response: &Response) -> Result<Page, Failure> {
    if response.status != 200 {
        return refusal::refused("the projects", true, response);
    }
    let decisions = keep(list.site, None, response)?;
    let next = Beside::of(&response.beside).next(list.start, decisions.len());
    let onwards = next.map(|start| page(List { start, ..list }));
    Ok(Page {
        decisions,
        requests: onwards.into_iter().collect(),
        ..empty()
    })
}

pub(crate) fn read_one(key: &str, cloud: bool, response: &Response) -> Result<Page, Failure> {
    if response.status != 200 {
        return refusal::refused(key, true, response);
    }
    Ok(Page {
        decisions: keep(Site { cloud }, Some(key.to_owned()), response)?,
        ..empty()
    })
}

/// What hangs on a project is told by its context on which kind of server it is.
fn keep(site: Site, entry: Option<String>, response: &Response) -> Result<Vec<Decision>, Failure> {
    let context = serde_json::to_string(&Context { site, entry }).unwrap_or_default();
    let projects: Vec<Fields> = response.fields()?;
    let keep = |project: Fields| {
        Decision::Keep(Kept {
            external_id: project.id,
            context: context.clone(),
        })
    };
    Ok(projects.into_iter().map(keep).collect())
}
