//! What comes in: each refusal is a problem that says what is expected.

use axum::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;
use http::{HeaderMap, header, request::Parts};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::problem::ApiError;

/// The most bytes of a JSON body.
pub(crate) const BODY: usize = 256 * 1024;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

/// A JSON body that may be left out.
pub(crate) struct MaybeBody<T>(pub(crate) T);

/// The parameters of a query.
pub(crate) struct Params<T>(pub(crate) T);

/// A number in a path.
pub(crate) struct Id(pub(crate) i64);

/// A name in a path.
pub(crate) struct Named(pub(crate) String);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::OtherType("application/json"));
        }
        let bytes = whole(request.into_body(), BODY).await?;
        read(&bytes).map(Self)
    }
}

impl<S: Sync, T: DeserializeOwned + Default> FromRequest<S> for MaybeBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let json = is_json(request.headers());
        let bytes = whole(request.into_body(), BODY).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        if !json {
            return Err(ApiError::OtherType("application/json"));
        }
        read::<Option<T>>(&bytes).map(|body| Self(body.unwrap_or_default()))
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // PostgreSQL has no such character, and no text of ours needs it.
    if bytes.windows(6).any(|window| window == b"\\u0000") {
        return Err(ApiError::Malformed("U+0000 is no text".to_owned()));
    }
    let value: serde_json::Value = serde_json::from_slice(bytes)
        .map_err(|error| ApiError::Malformed(format!("the body is no JSON: {error}")))?;
    T::deserialize(value).map_err(|error| ApiError::field("", error))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// All of a body, if it is no larger than the limit.
pub(crate) async fn whole(body: axum::body::Body, limit: usize) -> Result<Bytes, ApiError> {
    match Limited::new(body, limit).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ApiError::TooLarge(limit)),
        Err(_) => Err(ApiError::Malformed("the body broke off".to_owned())),
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(params)| Self(params))
            .map_err(|error| ApiError::Malformed(error.body_text()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Named(text) = Named::from_request_parts(parts, state).await?;
        let id = text.parse().ok().filter(|id| *id > 0);
        id.map(Self)
            .ok_or_else(|| ApiError::NoSuch("such id".to_owned()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(name)| Self(name))
            .map_err(|_| ApiError::NoSuch("such thing".to_owned()))
    }
}
