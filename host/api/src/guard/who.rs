//! Who asks: a session's cookie, or a token.

use std::time::Duration;

use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header, request::Parts};
use runnel_store::{ApiToken, UsedToken, User};

use super::is_loopback;
use crate::{
    problem::ApiError,
    rights::{Rights, Who},
    secrets,
    state::Api,
};

/// The name of the session's cookie.
pub(crate) const COOKIE: &str = "runnel_session";
/// How long a session lasts that is not used.
pub(crate) const SESSION: Duration = Duration::from_secs(12 * 60 * 60);
/// How long it lasts at most.
const AT_MOST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Finds out who asks, if anybody says so. What needs to know refuses the others.
pub(crate) async fn authenticate(
    State(api): State<Api>,
    mut request: Request,
    next: Next,
) -> Response {
    match find(&api, request.headers()).await {
        Ok(Some(who)) => {
            request.extensions_mut().insert(who);
            next.run(request).await
        }
        Ok(None) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// A token goes before a cookie.
async fn find(api: &Api, headers: &HeaderMap) -> Result<Option<Who>, ApiError> {
    let store = &api.host.store;
    if let Some(token) = bearer(headers) {
        let found = store.api_token(&secrets::digest(token)).await?;
        return Ok(found.map(|(user, token)| program(user, token)));
    }
    let Some(secret) = session(headers).map(secrets::digest) else {
        return Ok(None);
    };
    let found = store.session(&secret, SESSION, AT_MOST).await?;
    Ok(found.map(|user| Who {
        rights: Rights::new(user.grants.clone()),
        user,
        session: Some(secret),
        token: None,
    }))
}

/// Whoever has a token may do what it was given, as far as its user may.
fn program(user: User, token: ApiToken) -> Who {
    Who {
        rights: Rights::new(token.grants).within(&Rights::new(user.grants.clone())),
        user,
        session: None,
        token: Some(UsedToken {
            id: token.id,
            name: token.name,
        }),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The secret that a request comes with: a token, or that of a session.
pub(super) fn credential(headers: &HeaderMap) -> Option<&str> {
    bearer(headers).or_else(|| session(headers))
}

fn session(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let pairs = cookies
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'));
    let mut own = pairs.filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    });
    own.next()
}

/// The cookie of a session; an empty secret has the browser forget it. It crosses
/// the network by TLS alone, unless it never leaves this machine.
pub(crate) fn cookie(headers: &HeaderMap, secret: &str) -> Result<HeaderValue, ApiError> {
    let secure = if is_loopback(headers) { "" } else { "; Secure" };
    let age = if secret.is_empty() {
        0
    } else {
        AT_MOST.as_secs()
    };
    let cookie =
        format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    HeaderValue::try_from(cookie).map_err(|_| ApiError::Broken)
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let who = parts.extensions.get::<Self>();
        who.cloned().ok_or(ApiError::NotSignedIn)
    }
}
