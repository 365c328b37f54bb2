//! The headers that go with every request.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use runnel_sandbox::source::is_hosts_header;
use secrecy::ExposeSecret;

use super::Credential;
use crate::PipelineError;

/// The integration's own headers; the error says which is none.
pub(super) fn headers(pairs: &BTreeMap<String, String>) -> Result<HeaderMap, String> {
    pairs
        .iter()
        .map(|(name, value)| {
            if is_hosts_header(name) {
                return Err(format!("header {name}: it is the host's own"));
            }
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|e| format!("header {name:?}: {e}"))?;
            let value = HeaderValue::from_str(value).map_err(|e| format!("header {name}: {e}"))?;
            Ok((name, value))
        })
        .collect()
}

/// The value of `Authorization`, marked so that nothing logs it.
pub(super) fn authorization(credential: &Credential) -> Result<Option<HeaderValue>, PipelineError> {
    let Some(token) = &credential.token else {
        return Ok(None);
    };
    let token = token.expose_secret();
    let wrong = |what: &str| PipelineError::Client(format!("{} {what}", credential.origin));
    let text = match &credential.user {
        Some(user) if user.contains(':') => {
            return Err(PipelineError::Client(format!(
                "{user:?} is no user of HTTP's basic authentication: it may hold no colon"
            )));
        }
        Some(user) => format!("Basic {}", STANDARD.encode(format!("{user}:{token}"))),
        None => format!("Bearer {token}"),
    };
    let mut value =
        HeaderValue::from_str(&text).map_err(|_| wrong("holds a character that no token has"))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::{Credential, authorization, headers};

    #[test]
    fn a_header_that_is_the_hosts_own_is_refused() {
        let one = |name: &str| [(name.to_owned(), "x".to_owned())].into();
        assert!(headers(&one("accept")).is_ok());
        let refused = headers(&one("Host")).unwrap_err();
        assert!(refused.contains("the host's own"), "{refused}");
    }

    fn value(user: Option<&str>) -> Result<String, String> {
        let credential = Credential {
            token: Some("se cret".to_owned().into()),
            user: user.map(str::to_owned),
            origin: "the variable TOKEN".to_owned(),
        };
        let value = authorization(&credential).map_err(|e| e.to_string())?;
        Ok(value.unwrap().to_str().unwrap().to_owned())
    }

    #[test]
    fn a_token_goes_as_a_bearer_token_or_as_the_password_of_a_user() {
        assert_eq!(value(None).unwrap(), "Bearer se cret");
        // The example of RFC 7617 has other words; this is what `base64` makes of ours.
        assert_eq!(
            value(Some("me@example.org")).unwrap(),
            "Basic bWVAZXhhbXBsZS5vcmc6c2UgY3JldA=="
        );
    }

    #[test]
    fn a_user_with_a_colon_is_refused() {
        let error = value(Some("a:b")).unwrap_err();
        assert!(
            error.contains("colon") && !error.contains("cret"),
            "{error}"
        );
    }
}
