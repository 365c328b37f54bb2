//! A request has its time, and its turn.

use std::{sync::LazyLock, thread::available_parallelism, time::Duration};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use crate::problem::ApiError;

/// How long an answer may take to begin.
const USUAL: Duration = Duration::from_secs(30);
/// The same, where a component is compiled, or records are mapped.
const LONG: Duration = Duration::from_secs(300);

/// How many are worked on at once: the workers of the process, and the database, have
/// other things to do than to answer everybody who asks. The rest wait in line. What
/// takes long has no turn, and so holds up nobody; and whoever only asks how the process
/// is waits for nobody, or it would be taken for dead when it is busy.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(2, usize::from)));

/// Answers that it takes too long, and drops what was under way: a transaction is
/// rolled back.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_long = ["/plugins", "/diffs", "/dry-run", "/test", "/replays"]
        .iter()
        .any(|end| path.ends_with(end));
    let waits = !is_long && !["/healthz", "/readyz", "/metrics"].contains(&path);
    let answered = async {
        // It is never closed; without a turn there would be no limit, and an answer.
        let _turn = if waits {
            TURNS.acquire().await.ok()
        } else {
            None
        };
        next.run(request).await
    };
    let time = if is_long { LONG } else { USUAL };
    match tokio::time::timeout(time, answered).await {
        Ok(response) => response,
        Err(_) => ApiError::TooSlow.into_response(),
    }
}
