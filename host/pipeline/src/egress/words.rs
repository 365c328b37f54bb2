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
        // It is kept with the run and shown: PostgreSQL keeps no U+0000, and a terminal
        // does what controls say.
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use reqwest::{StatusCode, header::HeaderMap};

    use super::{Answer, message};

    #[test]
    fn what_a_service_says_is_kept_without_controls() {
        let answer = |body: &'static [u8]| Answer {
            status: StatusCode::TOO_MANY_REQUESTS,
            url: String::new(),
            headers: HeaderMap::new(),
            body: body.into(),
        };
        assert_eq!(message(&answer(b"slow\0down\x1b[2J")), "slow down [2J");
        let said = br#"{"message": "slow\u0000down"}"#;
        assert_eq!(message(&answer(said)), "slow down");
    }
}
