//! Whether this process lives, and whether it can work.

use axum::extract::State;

use crate::{problem::ApiError, state::Api};

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()), responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers.
#[utoipa::path(get, path = "/readyz", tag = "health", security(()), responses((status = 200, body = String, content_type = "text/plain"), ApiError))]
pub(crate) async fn readyz(State(api): State<Api>) -> Result<&'static str, ApiError> {
    api.host.store.generation().await?;
    Ok("ok\n")
}
