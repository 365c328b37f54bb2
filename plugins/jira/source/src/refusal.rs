//! What Jira means by a status.
//!
//! | status | meaning |
//! |---|---|
//! | 400 | a query that it does not understand, a project that is not there (any more), a board without sprints |
//! | 401, 403 | the credential is not good, or has no right |
//! | 404 | it is not there, or the credential has no right to see it |
//! | 410 | an address of the API that this kind of server no longer has |
//!
//! Limits, server errors and redirects are the host's.

use runnel_sdk::{Failure, Omission, Page, Response};

/// A page with nothing in it and nothing behind it.
pub(crate) fn empty() -> Page {
    Page {
        decisions: Vec::new(),
        requests: Vec::new(),
        progress: None,
        skipped: None,
    }
}

/// An answer that is no page: a failure for what was named, and left out else.
pub(crate) fn refused(what: &str, named: bool, response: &Response) -> Result<Page, Failure> {
    if named || matches!(response.status, 401 | 410) {
        return Err(Failure::Refused(format!(
            "{what}: {}; {}",
            said(response),
            advice(response.status)
        )));
    }
    let skipped = Some(Omission {
        what: what.to_owned(),
        reason: said(response),
    });
    Ok(Page { skipped, ..empty() })
}

fn advice(status: u16) -> &'static str {
    match status {
        400 | 404 => {
            "it does not exist, or the account may not see it: check the key and the account's rights"
        }
        401 => "check the token, and on Jira Cloud the email",
        403 => "the account has no right to it: give it one, or leave it out",
        410 => "this kind of server no longer has that address: say which server it is",
        _ => "see the message",
    }
}

/// `HTTP 400: The value 'X' does not exist for the field 'project'.`
pub(crate) fn said(response: &Response) -> String {
    format!("HTTP {}: {}", response.status, message(response))
}

/// The `errorMessages` and `errors` of the answer's body, which the host gives as a
/// JSON text.
fn message(response: &Response) -> String {
    let body: String = serde_json::from_str(&response.beside).unwrap_or_default();
    let parsed: Option<serde_json::Value> = serde_json::from_str(&body).ok();
    let messages = parsed.as_ref().map(|parsed| {
        let list = parsed["errorMessages"].as_array().into_iter().flatten();
        let map = parsed["errors"]
            .as_object()
            .into_iter()
            .flat_map(|map| map.values());
        let texts: Vec<&str> = list.chain(map).filter_map(|text| text.as_str()).collect();
        texts.join("; ")
    });
    let message = messages
        .filter(|messages| !messages.is_empty())
        .unwrap_or(body);
    message.chars().take(300).collect()
}
