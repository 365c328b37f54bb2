//! What an answer means, as far as HTTP and the common headers tell.

use reqwest::StatusCode;

use super::{Answer, Budget};

/// What is to be done with an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The source reads it.
    Read,
    /// It may be a stray error: ask again before it is believed.
    Doubt,
    /// The service is not well: ask again.
    Again,
    /// The account's budget is used up, or it asked too fast.
    Limited,
}

/// Judges a 403 by its headers, since it can mean three things; where they say
/// nothing, the source judges by the message.
pub(super) fn classify(answer: &Answer, budget: Budget) -> Verdict {
    let status = answer.status;
    let stated = budget.retry_after.is_some() || budget.used_up;
    match status {
        StatusCode::TOO_MANY_REQUESTS => Verdict::Limited,
        StatusCode::FORBIDDEN if stated => Verdict::Limited,
        StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => Verdict::Doubt,
        StatusCode::REQUEST_TIMEOUT => Verdict::Again,
        _ if status.is_server_error() && budget.retry_after.is_some() => Verdict::Limited,
        _ if status.is_server_error() => Verdict::Again,
        _ => Verdict::Read,
    }
}
