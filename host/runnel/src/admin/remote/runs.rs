//! Runs of a host.

use runnel_client::{ClientError, Route, Server};
use runnel_model::{Name, RunId};
use runnel_store::{Counters, Run, RunOptions, RunState};
use serde_json::{Value, json};

use super::{copied, counters, to_the_second};
use crate::{
    admin::show::{items, number},
    args::ListRuns,
};

fn route() -> Route {
    Route::to(["runs"])
}

fn paper(run: &Value) -> Value {
    let names = [
        "id",
        "job",
        "replay",
        "integration_id",
        "stream",
        "state",
        "done",
        "open_requests",
        "open_tasks",
        "created_at",
        "started_at",
        "finished_at",
    ];
    let mut paper = copied(run, &names);
    paper["counters"] = counters(&run["counters"]);
    to_the_second(&mut paper, &["created_at", "started_at", "finished_at"]);
    paper
}

pub(in crate::admin) async fn list(
    server: &Server,
    wanted: &ListRuns,
) -> Result<Vec<Value>, ClientError> {
    let route = route()
        .with("tenant", wanted.of.tenant.as_deref())
        .with("job", wanted.job.as_deref())
        .with("active", wanted.active.then_some(true));
    let found = server.list(&route, Some(wanted.limit as usize)).await?;
    Ok(found.iter().map(paper).collect())
}

/// A run with what was left out and what went wrong, if there is such a one.
pub(in crate::admin) async fn show(
    server: &Server,
    id: RunId,
) -> Result<Option<Value>, ClientError> {
    let Some(run) = server.find(&route().then(id)).await? else {
        return Ok(None);
    };
    let mut json = paper(&run);
    json["notes"] = items(&run, "notes").iter().map(note).collect();
    json["skipped"] = run["skipped"].clone();
    let problems = items(&run, "problems").iter();
    json["problems"] = problems.map(|problem| problem["message"].clone()).collect();
    json["given_up"] = run["given_up"].clone();
    Ok(Some(json))
}

/// Queues again what a run gave up.
pub(in crate::admin) async fn retry(server: &Server, id: RunId) -> Result<(), ClientError> {
    let retry = route().then(id).then("retry");
    server.post(&retry, &json!({})).await.map(drop)
}

fn note(note: &Value) -> Value {
    let mut paper = copied(note, &["message", "times", "first_at", "last_at"]);
    to_the_second(&mut paper, &["first_at", "last_at"]);
    paper
}

/// A run as its progress is shown by, if there is such a one.
pub(in crate::admin) async fn watched(
    server: &Server,
    id: RunId,
) -> Result<Option<Run>, ClientError> {
    let run = server.find(&route().then(id)).await?;
    Ok(run.and_then(|run| seen(id, &run)))
}

/// What it was asked with is not told, and not shown.
fn seen(id: RunId, run: &Value) -> Option<Run> {
    let of = &run["counters"];
    Some(Run {
        id,
        stream: Name::new(run["stream"].as_str()?).ok()?,
        depends_on: Vec::new(),
        state: RunState::read(run["state"].as_str()?)?,
        options: RunOptions {
            full: false,
            since: None,
            scope: Vec::new(),
            settings: json!({}),
        },
        counters: Counters {
            extracted: number(of, "extracted"),
            loaded: number(of, "loaded"),
            unchanged: number(of, "unchanged"),
            dead: number(of, "dead"),
            ..Counters::default()
        },
    })
}
