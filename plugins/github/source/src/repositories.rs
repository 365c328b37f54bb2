//! `github_repositories`: the named ones, and all of an owner.

use runnel_sdk::{Config, Decision, Failure, Kept, Page, Request, Response, get, next_page};
use serde::{Deserialize, Serialize};

use crate::{
    refusal,
    repository::{Context, empty},
    token::Token,
};

/// What an owner may be. Only an organization's list has its private repositories;
/// only a person's is not found below `/orgs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum OwnerKind {
    Organization,
    User,
}

#[derive(Deserialize)]
struct Fields {
    id: u64,
}

pub(crate) fn plan(config: &Config) -> Vec<Request> {
    config.scope.iter().map(|target| first(target)).collect()
}

fn first(target: &str) -> Request {
    if target.contains('/') {
        let token = Token::Named {
            target: target.to_owned(),
        };
        return Request {
            conditional: true,
            ..get(format!("/repos/{target}"), target, &token)
        };
    }
    of_owner(target, OwnerKind::Organization)
}

fn of_owner(owner: &str, of: OwnerKind) -> Request {
    let url = match of {
        OwnerKind::Organization => {
            format!("/orgs/{owner}/repos?per_page=100&type=all&sort=full_name")
        }
        OwnerKind::User => format!("/users/{owner}/repos?per_page=100&type=owner&sort=full_name"),
    };
    Request {
        conditional: true,
        ..get(
            url,
            owner,
            &Token::Owner {
                owner: owner.to_owned(),
                of,
            },
        )
    }
}

pub(crate) fn read_named(target: &str, response: &Response) -> Result<Page, Failure> {
    if let Some(answer) = refusal::general(response) {
        return answer;
    }
    match response.status {
        200..=299 => Ok(Page {
            decisions: keep(target, response)?,
            ..empty()
        }),
        _ => Err(Failure::Refused(format!(
            "{target}: {}",
            refusal::advice(response)
        ))),
    }
}

pub(crate) fn read_owner(owner: &str, of: OwnerKind, response: &Response) -> Result<Page, Failure> {
    if let Some(answer) = refusal::general(response) {
        // Of a list in several pages the later ones may have changed: each is
        // asked for with its own condition.
        return answer.map(|page| Page {
            requests: next(owner, of, response),
            ..page
        });
    }
    match (response.status, of) {
        (200..=299, _) => Ok(Page {
            decisions: keep(owner, response)?,
            requests: next(owner, of, response),
            ..empty()
        }),
        (404, OwnerKind::Organization) => Ok(Page {
            requests: vec![of_owner(owner, OwnerKind::User)],
            ..empty()
        }),
        (404, OwnerKind::User) => Err(Failure::Refused(format!(
            "there is no organization or user {owner} (HTTP 404), or the token has no access: check the name"
        ))),
        _ => Err(Failure::Refused(format!(
            "{owner}: {}",
            refusal::advice(response)
        ))),
    }
}

fn next(owner: &str, of: OwnerKind, response: &Response) -> Vec<Request> {
    let token = Token::Owner {
        owner: owner.to_owned(),
        of,
    };
    let next = response.header("link").and_then(next_page);
    next.map(|url| Request {
        conditional: true,
        ..get(url, owner, &token)
    })
    .into_iter()
    .collect()
}

fn keep(target: &str, response: &Response) -> Result<Vec<Decision>, Failure> {
    let context = Context {
        target: target.to_owned(),
        named: target.contains('/'),
    };
    let context = serde_json::to_string(&context).unwrap_or_default();
    let kept = |fields: Fields| {
        Decision::Keep(Kept {
            external_id: fields.id.to_string(),
            context: context.clone(),
        })
    };
    Ok(response.fields::<Fields>()?.into_iter().map(kept).collect())
}
