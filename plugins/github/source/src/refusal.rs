//! What GitHub means by a status.
//!
//! | status | meaning |
//! |---|---|
//! | 202 | being computed: ask again |
//! | 304 | nothing has changed, nor anything behind it |
//! | 403 with the message of the secondary limit | a limit that says not for how long |
//! | 403, 404, 410, 451 | refused: a failure for a repository that was named, else it is skipped |
//!
//! The primary limit, server errors and redirects are the host's.

use runnel_sdk::{Failure, Omission, Page, Response, Wait};

use crate::repository::{Repository, empty};

/// `None` for an answer with records; else what is to be done about it.
pub(crate) fn check(response: &Response, repository: &Repository) -> Option<Result<Page, Failure>> {
    general(response).or_else(|| match response.status {
        200..=299 => None,
        403 | 404 | 410 | 451 => Some(refused(response, repository)),
        _ => Some(Err(Failure::Refused(said(response)))),
    })
}

/// What is the same for every request.
pub(crate) fn general(response: &Response) -> Option<Result<Page, Failure>> {
    match response.status {
        202 => {
            let reason = "GitHub is still computing the answer (HTTP 202)".to_owned();
            Some(Err(Failure::Again(Wait {
                reason,
                seconds: Some(1),
            })))
        }
        304 => Some(Ok(empty())),
        403 | 429 if secondary_limit(response) => Some(Err(Failure::Limited(Wait {
            reason: said(response),
            seconds: None,
        }))),
        _ => None,
    }
}

fn refused(response: &Response, repository: &Repository) -> Result<Page, Failure> {
    if repository.named {
        return Err(Failure::Refused(format!(
            "{}: {}",
            repository.name,
            advice(response)
        )));
    }
    let skipped = Some(Omission {
        what: repository.name.clone(),
        reason: said(response),
    });
    Ok(Page { skipped, ..empty() })
}

/// What was said, and what a person can do about it.
pub(crate) fn advice(response: &Response) -> String {
    let advice = match response.status {
        404 => "it does not exist, or the token has no access to it: check the name and the token",
        403 => "the token has no right to it: give it one, or leave the repository out",
        410 => "it is switched off there: leave the repository out",
        451 => "it is blocked for legal reasons: leave the repository out",
        _ => "see the message",
    };
    format!("{}; {advice}", said(response))
}

/// `HTTP 404: Not Found`
pub(crate) fn said(response: &Response) -> String {
    format!("HTTP {}: {}", response.status, message(response))
}

fn secondary_limit(response: &Response) -> bool {
    let message = message(response).to_lowercase();
    message.contains("secondary rate limit") || message.contains("abuse detection")
}

/// The `message` of the answer's body, which the host gives as a JSON text.
fn message(response: &Response) -> String {
    let body: String = serde_json::from_str(&response.beside).unwrap_or_default();
    let parsed: Option<serde_json::Value> = serde_json::from_str(&body).ok();
    let message = parsed
        .as_ref()
        .and_then(|body| body.get("message")?.as_str())
        .unwrap_or(&body);
    message.chars().take(200).collect()
}
