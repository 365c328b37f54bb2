//! Entity tables of a host.

use runnel_client::{ClientError, Route, Server};
use serde_json::Value;

/// The host's words are those of the paper.
pub(in crate::admin) async fn list(server: &Server) -> Result<Vec<Value>, ClientError> {
    server.list(&Route::to(["columns"]), None).await
}
