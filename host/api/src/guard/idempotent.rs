//! A change that is asked for twice is made once.
//!
//! What was answered is kept for a day by user and key. An answer that has a secret
//! in it is kept without: it is shown once. Where the host failed nothing is kept,
//! and the change may be tried again. A change that has begun is made to its end and its
//! answer kept, though nobody waits for it any more: who asks again is told of it.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use runnel_store::{Keyed, Remembered, SecretDigest, StoredAnswer};
use sha2::{Digest, Sha256};

use super::credential;
use crate::{extract::whole, problem::ApiError, rights::Who, secrets::hex, state::Api};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// How long an answer is kept.
const KEEP: Duration = Duration::from_secs(24 * 60 * 60);
/// A change that is under way for longer is taken to be gone with its host.
const GONE: Duration = Duration::from_secs(600);

/// Makes a change, unless it was made.
pub(crate) async fn once(State(api): State<Api>, request: Request, next: Next) -> Response {
    let is_change = !matches!(*request.method(), Method::GET | Method::HEAD);
    let who = request.extensions().get::<Who>().cloned();
    let (Some(key), Some(who), true) = (request.headers().get(KEY), who, is_change) else {
        return next.run(request).await;
    };
    let key = key.to_str().ok().map(str::to_owned);
    let Some(key) = key.filter(|key| is_key(key)) else {
        let words = "Idempotency-Key: 1 to 100 visible ASCII characters are expected";
        return ApiError::Malformed(words.to_owned()).into_response();
    };
    match make(&api, (&who, key), request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

fn is_key(key: &str) -> bool {
    (1..=100).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

async fn make(
    api: &Api,
    (who, key): (&Who, String),
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let body = whole(body, api.host.sandbox.limits().component).await?;
    let asked = Keyed {
        user: who.user.id,
        key,
        request: digest(&parts, &body),
    };
    let store = &api.host.store;
    match store.begin_keyed(&asked, KEEP, GONE).await? {
        Remembered::New => (),
        Remembered::Answered(answer) => return Ok(again(answer)),
        Remembered::UnderWay => return Err(ApiError::UnderWay),
        Remembered::Other => {
            return Err(ApiError::field(
                "Idempotency-Key",
                "it was used for another request, or in another session: each change needs its own",
            ));
        }
    }
    let request = Request::from_parts(parts, Body::from(body));
    let made = api.under_way.spawn({
        let (api, asked) = (api.clone(), asked.clone());
        async move { keep(&api, &asked, next.run(request).await).await }
    });
    if let Ok(answer) = made.await {
        return answer;
    }
    // It panicked, and its transaction is rolled back.
    store.forget_keyed(&asked).await?;
    Err(ApiError::Broken)
}

/// What a request is known by. The secret that it came with is a part of it: there may be
/// a password in the body, which could else be guessed from a copy of the database.
fn digest(parts: &http::request::Parts, body: &[u8]) -> SecretDigest {
    let mut digest = Sha256::new();
    for part in [
        credential(&parts.headers).unwrap_or_default().as_bytes(),
        parts.method.as_str().as_bytes(),
        parts.uri.to_string().as_bytes(),
        body,
    ] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    SecretDigest(hex(&digest.finalize()))
}

async fn keep(api: &Api, asked: &Keyed, response: Response) -> Result<Response, ApiError> {
    let (parts, body) = response.into_parts();
    let store = &api.host.store;
    if parts.status.is_server_error() {
        store.forget_keyed(asked).await?;
        return Ok(Response::from_parts(parts, body));
    }
    let body = whole(body, usize::MAX).await?;
    let answer = StoredAnswer {
        status: parts.status.as_u16(),
        content_type: content_type(&parts.headers),
        body: without_secret(&body),
    };
    // The change is made: that this is not noted must not make it look as if not.
    if let Err(error) = store.answer_keyed(asked, &answer).await {
        tracing::warn!(%error, "an answer was not kept");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn content_type(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    kind.unwrap_or_default().to_owned()
}

fn without_secret(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(serde_json::Value::Object(mut object)) if object.contains_key("secret") => {
            object.insert("secret".to_owned(), serde_json::Value::Null);
            serde_json::Value::Object(object).to_string().into_bytes()
        }
        _ => body.to_vec(),
    }
}

fn again(answer: StoredAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if let Ok(kind) = HeaderValue::try_from(answer.content_type)
        && !kind.is_empty()
    {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
