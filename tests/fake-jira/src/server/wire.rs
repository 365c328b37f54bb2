//! An answer as HTTP.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use stand_in::http_date;

use crate::api::reply::Reply;
use crate::server::quota::Budget;
use crate::stamp::{Millis, SECOND, instant};

/// Builds the response with the headers that Jira sends.
pub(crate) fn respond(reply: Reply, now: Millis) -> Response<Full<Bytes>> {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(Full::new(reply.body.into()));
    *response.status_mut() = status;
    let kind = match reply.html {
        true => "text/html;charset=UTF-8",
        false => "application/json;charset=UTF-8",
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-store, no-transform"),
    );
    let further = reply.headers.into_iter();
    for (name, value) in further.chain([(DATE.as_str(), http_date(now / SECOND))]) {
        // A value that HTTP cannot carry would make the test that expects it fail.
        if let Ok(value) = HeaderValue::from_str(&value)
            && let Ok(name) = HeaderName::from_bytes(name.as_bytes())
        {
            headers.insert(name, value);
        }
    }
    response
}

/// The headers that tell what is left.
pub(crate) fn budget(budget: Budget, now: Millis, cloud: bool) -> Vec<(&'static str, String)> {
    let seconds = seconds(budget);
    let until = now + seconds * SECOND;
    let mut headers = vec![
        ("x-ratelimit-limit", budget.limit.to_string()),
        ("x-ratelimit-remaining", budget.remaining.to_string()),
    ];
    if cloud {
        headers.push(("x-ratelimit-reset", instant(until)));
        headers.push(("ratelimit-reset", seconds.to_string()));
    } else {
        headers.push(("x-ratelimit-interval-seconds", seconds.to_string()));
        headers.push(("x-ratelimit-fillrate", budget.limit.to_string()));
    }
    headers
}

/// The headers of an answer to a request that was one too many.
pub(crate) fn refused(budget: Budget, cloud: bool) -> Vec<(&'static str, String)> {
    let mut headers = vec![("retry-after", seconds(budget).to_string())];
    if cloud {
        headers.push(("ratelimit-reason", "jira-burst-based".to_owned()));
    }
    headers
}

/// Rounded up: a client that waits as long finds the window open.
fn seconds(budget: Budget) -> i64 {
    let seconds = budget.reset.as_millis().div_ceil(1_000);
    i64::try_from(seconds).unwrap_or(i64::MAX)
}
