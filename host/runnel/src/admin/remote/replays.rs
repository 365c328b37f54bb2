//! Replays of a host.

use runnel_client::{ClientError, Route, Server};
use runnel_store::Window;
use serde_json::{Value, json};

use super::{copied, counters, exact, to_the_second};
use crate::{admin::show::items, args::StartReplay};

fn route() -> Route {
    Route::to(["replays"])
}

fn paper(replay: &Value) -> Value {
    let names = [
        "id",
        "source",
        "entity",
        "tenant_id",
        "since",
        "until",
        "state",
        "loaded",
        "unchanged",
        "dead",
        "created_at",
        "finished_at",
    ];
    let mut paper = copied(replay, &names);
    to_the_second(&mut paper, &["since", "until", "created_at", "finished_at"]);
    let version = match (replay["plugin"].as_str(), replay["version"].as_str()) {
        (Some(plugin), Some(version)) => json!(format!("{plugin}@{version}")),
        _ => Value::Null,
    };
    paper["version"] = version;
    paper["where_digest"] = replay["digest"].clone();
    paper["records"] = copied(replay, &["total", "done"]);
    paper["parts"] = items(replay, "parts").iter().map(part).collect();
    paper
}

fn part(part: &Value) -> Value {
    let mut paper = copied(part, &["run", "integration", "tenant", "state"]);
    paper["records"] = copied(part, &["total", "done"]);
    paper["counters"] = counters(&part["counters"]);
    paper
}

/// What is asked for, in the host's words.
fn asked(wanted: &StartReplay, window: &Window) -> Value {
    json!({
        "entity": wanted.entity, "tenant": wanted.records.tenant, "version": wanted.version,
        "digest": wanted.where_digest, "since": window.since.and_then(exact),
        "until": window.until.and_then(exact),
    })
}

/// The records that it would be about.
pub(in crate::admin) async fn survey(
    server: &Server,
    wanted: &StartReplay,
    window: &Window,
) -> Result<Value, ClientError> {
    let route = route().then("dry-run").long();
    let mut found = server.post(&route, &asked(wanted, window)).await?;
    found["dry_run"] = true.into();
    Ok(found)
}

pub(in crate::admin) async fn start(
    server: &Server,
    wanted: &StartReplay,
    window: &Window,
) -> Result<i64, ClientError> {
    let started = server.post(&route().long(), &asked(wanted, window)).await?;
    Ok(started["id"].as_i64().unwrap_or_default())
}

pub(in crate::admin) async fn list(server: &Server, limit: u32) -> Result<Vec<Value>, ClientError> {
    let found = server.list(&route(), Some(limit as usize)).await?;
    Ok(found.iter().map(paper).collect())
}

/// A replay with what went wrong, if there is such a one.
pub(in crate::admin) async fn show(server: &Server, id: i64) -> Result<Option<Value>, ClientError> {
    let Some(found) = server.find(&route().then(id)).await? else {
        return Ok(None);
    };
    let mut json = paper(&found);
    json["problems"] = found["problems"].clone();
    Ok(Some(json))
}

/// Pauses, resumes or cancels it.
pub(in crate::admin) async fn change(
    server: &Server,
    id: i64,
    what: &str,
) -> Result<(), ClientError> {
    let route = route().then(id).then(what);
    server.post(&route, &json!({})).await.map(drop)
}
