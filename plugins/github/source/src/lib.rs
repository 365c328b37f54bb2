//! GitHub as a source, by its REST API.
//!
//! One module a stream; what all of them share about GitHub's statuses is in
//! `refusal.rs`. <https://docs.github.com/en/rest>

mod comments;
mod commits;
mod describe;
mod pulls;
mod refusal;
mod repositories;
mod repository;
mod reviews;
mod token;

use runnel_sdk::{Config, Failure, Page, Request, Response, Scope, Source};
use serde_json::Value;

use token::Token;

/// The source.
pub struct Github;

impl Source for Github {
    fn describe(config: &Config) -> Result<Value, String> {
        describe::check(config)?;
        Ok(describe::descriptor())
    }

    fn plan(scope: &Scope, config: &Config) -> Result<Vec<Request>, Failure> {
        if scope.stream == "github_repositories" {
            return Ok(repositories::plan(config));
        }
        let parents = scope
            .parents
            .iter()
            .filter(|parent| repository::wanted(parent, config));
        match scope.stream.as_str() {
            "github_prs" => parents.map(|parent| pulls::plan(parent, scope)).collect(),
            "github_commits" => parents.map(|parent| commits::plan(parent, scope)).collect(),
            "github_reviews" => parents.map(reviews::plan).collect(),
            "github_comments" => {
                let both = parents
                    .map(|parent| comments::plan(parent, scope))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(both.into_iter().flatten().collect())
            }
            other => Err(Failure::Refused(format!("GitHub has no stream {other}"))),
        }
    }

    fn read(scope: &Scope, config: &Config, response: &Response) -> Result<Page, Failure> {
        match response.token()? {
            Token::Named { target } => repositories::read_named(&target, response),
            Token::Owner { owner, of } => repositories::read_owner(&owner, of, response),
            Token::Pulls(walk) => pulls::read_list(walk, config, response),
            Token::Pull(repository) => pulls::read_one(&repository, response),
            Token::Commits(walk) => commits::read_list(walk, scope, config, response),
            Token::Commit(repository) => commits::read_one(&repository, response),
            Token::Reviews(pull) => reviews::read(pull, response),
            Token::Comments(walk) => comments::read(walk, response),
        }
    }
}

runnel_sdk::source!(Github);
