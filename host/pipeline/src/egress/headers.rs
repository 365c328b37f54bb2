//! The headers that go with every request.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;

use super::Credential;
use crate::PipelineError;

/// The integration's own headers; the error says which is none.
pub(super) fn headers(pairs: &BTreeMap<String, String>) -> Result<HeaderMap, String> {
    pairs
        .iter()
        .map(|(name, value)| {
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
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|_| {
            PipelineError::Client(format!(
                "{} holds a character that no token has",
                credential.origin
            ))
        })?;
    value.set_sensitive(true);
    Ok(Some(value))
}
