//! Integrations of a host.

use runnel_client::{ClientError, Route, Server};
use runnel_secrets::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::{copied, tenants, to_the_second};
use crate::{admin::desk, args::AddIntegration, failure::Failure};

fn route() -> Route {
    Route::to(["integrations"])
}

fn paper(integration: &Value) -> Value {
    let names = [
        "id",
        "tenant",
        "name",
        "source",
        "base_url",
        "scope",
        "settings",
        "paused",
        "has_credential",
        "created_at",
    ];
    let mut paper = copied(integration, &names);
    to_the_second(&mut paper, &["created_at"]);
    paper
}

/// By tenant, then by name.
pub(in crate::admin) async fn list(
    server: &Server,
    tenant: Option<&str>,
) -> Result<Vec<Value>, ClientError> {
    let found = server.list(&route().with("tenant", tenant), None).await?;
    let mut papers: Vec<Value> = found.iter().map(paper).collect();
    let key = |paper: &Value| ["tenant", "name"].map(|key| paper[key].as_str().map(str::to_owned));
    papers.sort_by_key(key);
    Ok(papers)
}

/// The integration of this name or id.
pub(in crate::admin) async fn find(
    server: &Server,
    name: &str,
    tenant: Option<&str>,
) -> Result<Value, Failure> {
    let all = list(server, tenant).await?;
    desk::one("integration", name, all, |found| {
        let name = found["name"].as_str().unwrap_or_default();
        (name, found["id"].to_string())
    })
}

/// Adds one, or brings it up to date.
pub(in crate::admin) async fn add(
    server: &Server,
    wanted: &AddIntegration,
    (scope, settings): (Vec<String>, Map<String, Value>),
    token: Option<SecretString>,
) -> Result<Value, ClientError> {
    if wanted.tenant == desk::DEFAULT_TENANT {
        let known = tenants::list(server).await?;
        if !known
            .iter()
            .any(|tenant| tenant["name"] == desk::DEFAULT_TENANT)
        {
            tenants::add(server, desk::DEFAULT_TENANT).await?;
        }
    }
    let token = token.as_ref().map(ExposeSecret::expose_secret);
    let asked = json!({
        "tenant": wanted.tenant, "name": wanted.name, "source": wanted.source,
        "base_url": wanted.base_url, "scope": scope, "settings": settings, "token": token,
    });
    let route = route().with("update", Some(true));
    Ok(paper(&server.post(&route, &asked).await?))
}

pub(in crate::admin) async fn pause(
    server: &Server,
    found: &Value,
    paused: bool,
) -> Result<Value, ClientError> {
    let route = route().then(&found["id"]);
    let changed = server.patch(&route, &json!({ "paused": paused })).await?;
    Ok(paper(&changed))
}

pub(in crate::admin) async fn remove(server: &Server, found: &Value) -> Result<(), ClientError> {
    server.delete(&route().then(&found["id"])).await
}

/// What came back of one request with its credential.
pub(in crate::admin) async fn test(server: &Server, found: &Value) -> Result<Value, Failure> {
    let route = route().then(&found["id"]).then("test").long();
    let tested = server.post(&route, &json!({})).await?;
    let message = tested["message"].as_str().unwrap_or_default();
    if tested["status"].is_null() {
        return Err(Failure::Work(anyhow::anyhow!("{message}")));
    }
    let mut paper = copied(&tested, &["url", "status", "records"]);
    paper["limit"] = tested["budget"]["limit"].clone();
    paper["remaining"] = tested["budget"]["remaining"].clone();
    let is_refused = tested["ok"] == false;
    paper["refused"] = is_refused.then_some(message).into();
    Ok(paper)
}
