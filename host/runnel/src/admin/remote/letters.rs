//! Dead letters of a host.

use runnel_client::{ClientError, Route, Server};
use serde_json::{Value, json};

use super::{copied, integrations, to_the_second};
use crate::{
    args::{DeadLetterFilters, WhichDeadLetters},
    failure::Failure,
};

fn route() -> Route {
    Route::to(["dead-letters"])
}

fn paper(letter: &Value) -> Value {
    let names = [
        "id",
        "stream",
        "external_id",
        "run",
        "plugin",
        "version",
        "digest",
        "error",
        "path",
        "fingerprint",
        "created_at",
    ];
    let mut paper = copied(letter, &names);
    paper["raw_data_id"] = letter["raw"].clone();
    to_the_second(&mut paper, &["created_at"]);
    paper
}

/// The id of the integration that is named, if one is.
async fn integration(server: &Server, of: &DeadLetterFilters) -> Result<Value, Failure> {
    let Some(name) = &of.integration else {
        return Ok(Value::Null);
    };
    let found = integrations::find(server, name, of.of.tenant.as_deref()).await?;
    Ok(found["id"].clone())
}

async fn filtered(server: &Server, route: Route, of: &DeadLetterFilters) -> Result<Route, Failure> {
    let integration = integration(server, of).await?;
    Ok(route
        .with("tenant", of.of.tenant.as_deref())
        .with("integration", integration.as_i64())
        .with("stream", of.stream.as_deref())
        .with("fingerprint", of.fingerprint.as_deref()))
}

pub(in crate::admin) async fn list(
    server: &Server,
    of: &DeadLetterFilters,
    limit: u32,
) -> Result<Vec<Value>, Failure> {
    let route = filtered(server, route(), of).await?;
    let found = server.list(&route, Some(limit as usize)).await?;
    Ok(found.iter().map(paper).collect())
}

pub(in crate::admin) async fn groups(
    server: &Server,
    of: &DeadLetterFilters,
) -> Result<Vec<Value>, Failure> {
    let route = filtered(server, route().then("groups"), of).await?;
    let mut groups = server.list(&route, None).await?;
    for group in &mut groups {
        to_the_second(group, &["newest"]);
    }
    Ok(groups)
}

/// A letter with its payload, if there is such a one.
pub(in crate::admin) async fn show(server: &Server, id: i64) -> Result<Option<Value>, ClientError> {
    let Some(found) = server.find(&route().then(id)).await? else {
        return Ok(None);
    };
    let mut json = paper(&found);
    json["payload"] = found["payload_text"].clone();
    Ok(Some(json))
}

/// Does something about letters; how many there were.
pub(in crate::admin) async fn change(
    server: &Server,
    what: &str,
    which: &WhichDeadLetters,
) -> Result<u64, Failure> {
    let of = &which.filter;
    let ids = (!which.ids.is_empty()).then_some(&which.ids);
    let asked = json!({
        "ids": ids, "tenant": of.of.tenant, "integration": integration(server, of).await?,
        "stream": of.stream, "fingerprint": of.fingerprint, "all": which.all,
    });
    let done = server.post(&route().then(what).long(), &asked).await?;
    Ok(done["count"].as_u64().unwrap_or_default())
}
