//! A request has its time, and its turn.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{problem::ApiError, state::Api};

/// How long an answer may take to begin.
const USUAL: Duration = Duration::from_secs(30);
/// The same, where a component is compiled, or records are mapped.
const LONG: Duration = Duration::from_secs(300);

/// Answers that it takes too long, and drops what was under way: a transaction is
/// rolled back.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    let time = if is_long(&request) { LONG } else { USUAL };
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::TooSlow.into_response(),
    }
}

/// Has it wait for its turn. What compiles or maps has none, and so holds up nobody; and
/// whoever only asks how the process is waits for nobody, or it would be taken for dead
/// when it is busy.
pub(crate) async fn in_turn(State(api): State<Api>, request: Request, next: Next) -> Response {
    let looks_on = ["/healthz", "/readyz", "/metrics"].contains(&request.uri().path());
    if looks_on || is_long(&request) {
        next.run(request).await
    } else {
        api.turns.take(next.run(request)).await
    }
}

fn is_long(request: &Request) -> bool {
    let path = request.uri().path();
    request.method() == Method::POST
        && ["/plugins", "/diffs", "/dry-run", "/test", "/replays"]
            .iter()
            .any(|end| path.ends_with(end))
}
