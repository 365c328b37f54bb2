//! Jobs of a host.

use runnel_client::{ClientError, Route, Server};
use serde_json::{Value, json};

use super::{copied, to_the_second, waits};
use crate::{
    admin::{desk, jobs::stands},
    args::{MisfireWord, OneJob, OverlapWord, SetJob},
    failure::Failure,
};

fn route() -> Route {
    Route::to(["jobs"])
}

fn paper(job: &Value) -> Value {
    let names = [
        "id",
        "integration_id",
        "every_minutes",
        "overlap",
        "misfire",
        "jitter_seconds",
        "priority",
        "depends_on",
        "paused",
        "integration_paused",
        "running",
        "next_run_at",
        "due_at",
        "requested_at",
        "succeeded_at",
        "failures",
    ];
    let mut paper = copied(job, &names);
    paper["job_name"] = job["name"].clone();
    paper["job_type"] = job["stream"].clone();
    paper["last_run"] = job["last"].clone();
    let times = ["next_run_at", "due_at", "requested_at", "succeeded_at"];
    to_the_second(&mut paper, &times);
    to_the_second(&mut paper["last_run"], &["finished_at"]);
    paper["state"] = stands(&paper).into();
    paper
}

pub(in crate::admin) async fn list(
    server: &Server,
    tenant: Option<&str>,
) -> Result<Vec<Value>, ClientError> {
    let found = server.list(&route().with("tenant", tenant), None).await?;
    Ok(found.iter().map(paper).collect())
}

/// The names of an integration's jobs.
pub(in crate::admin) async fn names_of(
    server: &Server,
    integration: &Value,
) -> Result<Vec<Value>, ClientError> {
    let of = route().with("integration", Some(&integration["id"]));
    let found = server.list(&of, None).await?;
    Ok(found.iter().map(|job| job["name"].clone()).collect())
}

/// The job of this name or id.
pub(in crate::admin) async fn find(server: &Server, one: &OneJob) -> Result<Value, Failure> {
    let all = list(server, one.of.tenant.as_deref()).await?;
    desk::one("job", &one.name, all, |job| {
        let name = job["job_name"].as_str().unwrap_or_default();
        (name, job["id"].to_string())
    })
}

/// What it waits for, then what those that it depends on wait for.
pub(in crate::admin) async fn chain(server: &Server, job: &Value) -> Result<Value, ClientError> {
    let found = server.get(&route().then(&job["id"]).then("waits")).await?;
    let name = job["job_name"].as_str().unwrap_or_default();
    Ok(waits::chain(name, &found))
}

pub(in crate::admin) async fn run(server: &Server, job: &Value) -> Result<Value, ClientError> {
    let run = route().then(&job["id"]).then("run");
    Ok(paper(&server.post(&run, &json!({})).await?))
}

/// Gives its runs up; which they were.
pub(in crate::admin) async fn cancel(server: &Server, job: &Value) -> Result<Value, ClientError> {
    let cancel = route().then(&job["id"]).then("cancel");
    let done = server.post(&cancel, &json!({})).await?;
    Ok(done["cancelled"].clone())
}

pub(in crate::admin) async fn pause(
    server: &Server,
    job: &Value,
    paused: bool,
) -> Result<Value, ClientError> {
    change(server, job, json!({ "paused": paused })).await
}

pub(in crate::admin) async fn set(
    server: &Server,
    job: &Value,
    wanted: &SetJob,
    depends_on: Option<Vec<String>>,
) -> Result<Value, ClientError> {
    let overlap = wanted.overlap.map(|word| match word {
        OverlapWord::Skip => "skip",
        OverlapWord::Buffer => "buffer",
        OverlapWord::Allow => "allow",
    });
    let misfire = wanted.misfire.map(|word| match word {
        MisfireWord::Coalesce => "coalesce".to_owned(),
        MisfireWord::Skip => "skip".to_owned(),
        MisfireWord::CatchUp => format!("catch_up {}", wanted.catch_up),
    });
    let asked = json!({
        "every_minutes": wanted.every, "priority": wanted.priority, "overlap": overlap,
        "misfire": misfire, "jitter_seconds": wanted.jitter, "depends_on": depends_on,
    });
    change(server, job, asked).await
}

async fn change(server: &Server, job: &Value, asked: Value) -> Result<Value, ClientError> {
    let changed = server.patch(&route().then(&job["id"]), &asked).await?;
    Ok(paper(&changed))
}
