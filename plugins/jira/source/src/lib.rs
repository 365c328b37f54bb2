//! Jira as a source, Cloud as well as Server and Data Center, by its REST API.
//!
//! Which of them it is, a run finds out by asking (`site.rs`); what hangs on a project
//! knows it from the project's context.
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/>

mod boards;
mod describe;
mod fields;
mod issues;
mod paging;
mod parts;
mod project;
mod projects;
mod refusal;
mod search;
mod site;
mod sprints;
mod token;

use runnel_sdk::{Config, Failure, Page, Request, Response, Scope, Source};
use serde_json::Value;

use parts::Kind;
use token::Token;

/// The source.
pub struct Jira;

impl Source for Jira {
    fn describe(config: &Config) -> Result<Value, String> {
        describe::check(config)?;
        Ok(describe::descriptor())
    }

    fn plan(scope: &Scope, config: &Config) -> Result<Vec<Request>, Failure> {
        let projects = || project::wanted(&scope.parents, config);
        match scope.stream.as_str() {
            "jira_fields" | "jira_projects" => Ok(vec![site::plan()]),
            "jira_issues" => projects()?
                .iter()
                .map(|(project, cursor)| issues::plan(project, *cursor, scope))
                .collect(),
            "jira_boards" => Ok(projects()?
                .iter()
                .map(|(project, _)| boards::plan(project))
                .collect()),
            "jira_sprints" => sprints::plan(&scope.parents),
            other => {
                let kind = Kind::of(other)
                    .ok_or_else(|| Failure::Refused(format!("Jira has no stream {other}")))?;
                projects()?
                    .iter()
                    .map(|(project, cursor)| parts::plan(kind, project, *cursor, scope))
                    .collect()
            }
        }
    }

    fn read(scope: &Scope, config: &Config, response: &Response) -> Result<Page, Failure> {
        match response.token()? {
            Token::Site => site::read(&scope.stream, config, response),
            Token::Myself(site) => site::read_myself(site, &scope.stream, config, response),
            Token::Fields => fields::read(response),
            Token::Projects(list) => projects::read_list(list, response),
            Token::Project { key, cloud } => projects::read_one(&key, cloud, response),
            Token::Issues(walk) => issues::read(walk, config, response),
            Token::Parts(kind, walk) => parts::read(kind, walk, config, response),
            Token::Part(list) => parts::read_list(list, response),
            Token::Boards(list) => boards::read(list, response),
            Token::Sprints(list) => sprints::read(list, response),
        }
    }
}

runnel_sdk::source!(Jira);
