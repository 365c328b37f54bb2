//! An answer as HTTP.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED, LINK,
    LOCATION, RETRY_AFTER, VARY,
};
use hyper::{Response, StatusCode};
use stand_in::http_date;

use crate::api::reply::Reply;
use crate::server::quota::Budget;

static REQUESTS: AtomicU64 = AtomicU64::new(0);

/// Builds the response with the headers that GitHub sends.
pub(crate) fn respond(reply: Reply, budget: Option<Budget>) -> Response<Full<Bytes>> {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(Full::new(reply.body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let kind = if reply.html {
        "text/html; charset=utf-8"
    } else {
        "application/json; charset=utf-8"
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    constant(headers);
    put(headers, ETAG, reply.etag);
    put(headers, LAST_MODIFIED, reply.modified.map(http_date));
    put(headers, LINK, reply.link);
    put(headers, LOCATION, reply.location);
    put(
        headers,
        RETRY_AFTER,
        reply.retry_after.map(|seconds| seconds.to_string()),
    );
    if let Some(budget) = budget {
        limits(headers, budget);
    }
    response
}

fn constant(headers: &mut HeaderMap) {
    let number = REQUESTS.fetch_add(1, Ordering::Relaxed);
    let id = format!("FA4E:1A2B3:{number:07X}:{number:07X}:00000000");
    put(
        headers,
        HeaderName::from_static("x-github-request-id"),
        Some(id),
    );
    for (name, value) in [
        ("x-github-media-type", "github.v3; format=json"),
        ("x-github-api-version-selected", "2022-11-28"),
        ("x-content-type-options", "nosniff"),
        ("access-control-allow-origin", "*"),
        ("server", "github.com"),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=60, s-maxage=60"),
    );
    headers.insert(
        VARY,
        HeaderValue::from_static("Accept, Authorization, Cookie, X-GitHub-OTP"),
    );
}

fn limits(headers: &mut HeaderMap, budget: Budget) {
    for (name, value) in [
        ("x-ratelimit-limit", budget.limit),
        ("x-ratelimit-remaining", budget.remaining()),
        ("x-ratelimit-used", budget.used),
        ("x-ratelimit-reset", budget.reset),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    let resource = HeaderName::from_static("x-ratelimit-resource");
    headers.insert(resource, HeaderValue::from_static("core"));
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: Option<String>) {
    // A value that HTTP cannot carry would be a bug in a payload's URL: left out,
    // it makes the test that expects it fail.
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
        headers.insert(name, value);
    }
}
