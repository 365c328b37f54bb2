//! `github_reviews`: of every pull request that changed since the last run.

use runnel_sdk::{Decision, Failure, Kept, Page, Parent, Request, Response, get, next_page};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    refusal,
    repository::{Repository, empty, unreadable},
    token::Token,
};

/// The pull request whose reviews are read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pull {
    repository: Repository,
    id: String,
    number: u64,
}

#[derive(Deserialize)]
struct Fields {
    number: u64,
    base: Base,
}

#[derive(Deserialize)]
struct Base {
    repo: BaseRepository,
}

#[derive(Deserialize)]
struct BaseRepository {
    id: u64,
    full_name: String,
}

#[derive(Deserialize)]
struct Review {
    id: u64,
}

pub(crate) fn plan(parent: &Parent) -> Result<Request, Failure> {
    let fields: Fields =
        serde_json::from_str(&parent.fields).map_err(|error| unreadable(parent, &error))?;
    let BaseRepository { id, full_name } = fields.base.repo;
    // What refuses its reviews has given its pull request before: skip it.
    let repository = Repository {
        id: id.to_string(),
        name: full_name,
        named: false,
    };
    let url = format!(
        "/repos/{}/pulls/{}/reviews?per_page=100",
        repository.name, fields.number
    );
    let pull = Pull {
        repository,
        id: parent.external_id.clone(),
        number: fields.number,
    };
    Ok(get(
        url,
        pull.repository.id.clone(),
        &Token::Reviews(pull.clone()),
    ))
}

pub(crate) fn read(pull: Pull, response: &Response) -> Result<Page, Failure> {
    if matches!(response.status, 404 | 410) {
        // The pull request is gone by now.
        return Ok(empty());
    }
    if let Some(answer) = refusal::check(response, &pull.repository) {
        return answer;
    }
    let context = json!({ "repository_id": pull.repository.id, "pr_id": pull.id, "pull_number": pull.number }).to_string();
    let reviews: Vec<Review> = response.fields()?;
    let keep = |review: &Review| {
        Decision::Keep(Kept {
            external_id: review.id.to_string(),
            context: context.clone(),
        })
    };
    let next = response.header("link").and_then(next_page);
    let partition = pull.repository.id.clone();
    Ok(Page {
        decisions: reviews.iter().map(keep).collect(),
        requests: next
            .map(|url| get(url, partition, &Token::Reviews(pull)))
            .into_iter()
            .collect(),
        ..empty()
    })
}
