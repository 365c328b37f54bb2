//! What an error or an answer says, in a few words.

use super::{Answer, Budget};

/// The innermost cause says most.
pub(super) fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Why the service wants a pause.
pub(super) fn limit_reason(answer: &Answer, budget: Budget) -> String {
    if budget.used_up {
        return "the account's limit of requests is used up".to_owned();
    }
    let message = message(answer);
    format!(
        "the service asks for a pause (HTTP {}: {message})",
        answer.status.as_u16()
    )
}

/// The `message` of a JSON answer, or the beginning of whatever it is.
pub(super) fn message(answer: &Answer) -> String {
    #[derive(serde::Deserialize)]
    struct Said {
        message: String,
    }
    let said = serde_json::from_slice::<Said>(&answer.body).map(|said| said.message);
    said.unwrap_or_else(|_| String::from_utf8_lossy(&answer.body).into_owned())
        .chars()
        .take(200)
        .collect()
}
