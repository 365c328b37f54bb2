//! `jira_issues`: those of a project that changed, with all their fields but what has
//! streams of its own.

use runnel_sdk::{Config, Decision, Failure, Kept, Page, Request, Response, Scope};
use serde::Deserialize;

use crate::{
    project::{Cursor, Project},
    refusal::{self, empty},
    search::Walk,
    token::Token,
};

/// All fields: a list of them by name breaks the query once it is long.
const WANTED: &str = "fields=*all,-comment,-worklog";

#[derive(Deserialize)]
struct Fields {
    id: String,
}

pub(crate) fn plan(
    project: &Project,
    cursor: Option<Cursor>,
    scope: &Scope,
) -> Result<Request, Failure> {
    Ok(Walk::new(project, cursor, scope).request(WANTED, Token::Issues))
}

pub(crate) fn read(walk: Walk, config: &Config, response: &Response) -> Result<Page, Failure> {
    if response.status != 200 {
        let Project { key, named, .. } = &walk.project;
        return refusal::refused(key, *named, response);
    }
    let issues: Vec<Fields> = response.fields()?;
    let ids: Vec<String> = issues.into_iter().map(|issue| issue.id).collect();
    let keep = |id: &String| {
        Decision::Keep(Kept {
            external_id: id.clone(),
            context: "{}".to_owned(),
        })
    };
    let decisions = ids.iter().map(keep).collect();
    let progress = walk.progress(config, response)?;
    let onwards = walk.onwards(&ids, response)?;
    let requests = onwards.map(|walk| walk.request(WANTED, Token::Issues));
    Ok(Page {
        decisions,
        requests: requests.into_iter().collect(),
        progress,
        ..empty()
    })
}
