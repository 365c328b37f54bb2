//! Whether this process lives, and whether it can work.

use std::sync::Arc;

use axum::extract::State;
use runnel_store::Store;

use crate::{problem::ApiError, state::Api};

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()), responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers.
#[utoipa::path(get, path = "/readyz", tag = "health", security(()), responses((status = 200, body = String, content_type = "text/plain"), ApiError))]
pub(crate) async fn readyz(State(api): State<Api>) -> Result<&'static str, ApiError> {
    ready(State(Arc::clone(&api.host.store))).await
}

/// The same of a process that does not answer the API.
pub(crate) async fn ready(State(store): State<Arc<dyn Store>>) -> Result<&'static str, ApiError> {
    store.generation().await?;
    Ok("ok\n")
}
