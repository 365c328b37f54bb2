//! Tenants of a host.

use runnel_client::{ClientError, Route, Server};
use serde_json::{Value, json};

use super::{copied, to_the_second};

fn route() -> Route {
    Route::to(["tenants"])
}

fn paper(tenant: &Value) -> Value {
    let mut paper = copied(tenant, &["id", "name", "created_at"]);
    to_the_second(&mut paper, &["created_at"]);
    paper
}

pub(in crate::admin) async fn add(server: &Server, name: &str) -> Result<Value, ClientError> {
    let added = server.post(&route(), &json!({ "name": name })).await?;
    Ok(paper(&added))
}

pub(in crate::admin) async fn list(server: &Server) -> Result<Vec<Value>, ClientError> {
    let found = server.list(&route(), None).await?;
    Ok(found.iter().map(paper).collect())
}
