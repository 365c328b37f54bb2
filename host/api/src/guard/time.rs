//! A request has its time.

use std::time::Duration;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::problem::ApiError;

/// How long an answer may take to begin.
const USUAL: Duration = Duration::from_secs(30);
/// The same, where a component is compiled, or records are mapped.
const LONG: Duration = Duration::from_secs(300);

/// Answers that it takes too long, and drops what was under way: a transaction is
/// rolled back.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_long = ["/plugins", "/diffs", "/dry-run", "/test", "/replays"]
        .iter()
        .any(|end| path.ends_with(end));
    let time = if is_long { LONG } else { USUAL };
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::TooSlow.into_response(),
    }
}
