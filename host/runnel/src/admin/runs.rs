//! `runnel run`.

use std::{sync::Arc, time::Duration};

use runnel_control::Event;
use runnel_model::RunId;
use runnel_store::{Note, RunFilter, RunRow, RunState};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    desk::{At, Desk, Own, actor, work},
    remote,
    show::{card, counted, counters, instant, items, number, said, said_or, table},
};
use crate::{
    args::{ListRuns, RunCommand, StoreArguments},
    environment::Environment,
    failure::{Failure, conflict},
    progress::Progress,
    words,
};

/// How often a run that is watched is looked at.
const LOOK: Duration = Duration::from_millis(500);

pub(super) async fn run(command: &RunCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        RunCommand::List(arguments) => list(arguments, environment).await,
        RunCommand::Show { id, store } => {
            let desk = Desk::open(store, environment).await?;
            show(&desk, RunId(*id)).await.map(drop)
        }
        RunCommand::Retry { id, store } => retry(RunId(*id), store, environment).await,
        RunCommand::Watch { id, store } => watch(RunId(*id), store, environment).await,
    }
}

async fn list(arguments: &ListRuns, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let runs = match &desk.at {
        At::Database(own) => {
            let tenant = own.tenant(arguments.of.tenant.as_deref()).await?;
            let filter = RunFilter {
                run: None,
                tenant: tenant.map(|tenant| tenant.id),
                job: arguments.job.clone(),
                active: arguments.active,
            };
            let runs = own.store.history(&filter, arguments.limit).await;
            runs.map_err(work)?.iter().map(paper).collect()
        }
        At::Server(server) => remote::runs::list(server, arguments).await?,
    };
    desk.list(runs, listed)
}

fn listed(runs: &[Value]) -> String {
    let row = |run: &Value| {
        let count = |key| counted(&run["counters"], key);
        [
            said(run, "id"),
            job(run),
            said(run, "stream"),
            said(run, "state"),
            progress(run),
            count("requests"),
            count("extracted"),
            count("loaded"),
            count("dead"),
            said(run, "started_at"),
        ]
    };
    let headings = [
        "id",
        "job",
        "stream",
        "state",
        "progress",
        "requests",
        "extracted",
        "loaded",
        "dead",
        "started",
    ];
    table(headings, runs.iter().map(row).collect(), "there is no run")
}

async fn find(desk: &Desk, id: RunId) -> Result<Value, Failure> {
    let found = match &desk.at {
        At::Database(own) => whole(own, id).await?,
        At::Server(server) => remote::runs::show(server, id).await?,
    };
    found.ok_or_else(|| no_such(id))
}

/// Shows a run, and answers where it is.
async fn show(desk: &Desk, id: RunId) -> Result<String, Failure> {
    let run = find(desk, id).await?;
    desk.answer(&run, || {
        let mut lines = vec![card_of(&run)];
        let left_out =
            |of: &Value| format!("left out: {}: {}", said(of, "what"), said(of, "reason"));
        lines.extend(items(&run, "skipped").iter().map(left_out));
        lines.extend(items(&run, "notes").iter().map(noted));
        lines.extend(problems(&run));
        lines.extend(given_up(&run));
        lines.join("\n")
    })?;
    Ok(said(&run, "state"))
}

/// What can be queued again, if anything can.
fn given_up(run: &Value) -> Option<String> {
    let tasks = number(run, "given_up");
    let id = said(run, "id");
    (tasks > 0).then(|| {
        let tasks = words::counted(tasks, "task");
        format!(
            "given up: {tasks}; once it is mended why, `runnel run retry {id}` queues them again"
        )
    })
}

async fn retry(
    id: RunId,
    store: &StoreArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let desk = Desk::open(store, environment).await?;
    let tasks = number(&find(&desk, id).await?, "given_up");
    if tasks == 0 {
        return Err(Failure::Usage(format!(
            "run {id} gave up nothing that can be queued again; what it could not fetch, the next run asks for"
        )));
    }
    match &desk.at {
        At::Database(own) => {
            let queued = own.store.retry_run(id, &actor(environment)).await;
            queued.map(drop).map_err(work)?;
        }
        At::Server(server) => remote::runs::retry(server, id).await.map_err(conflict)?,
    }
    desk.answer(&json!({ "run": id, "queued": tasks }), || {
        let tasks = words::counted(tasks, "task");
        format!("{tasks} of run {id} queued again: `runnel run watch {id}` follows it")
    })
}

/// Something that was not for good.
fn noted(note: &Value) -> String {
    let (message, last) = (said(note, "message"), said(note, "last_at"));
    match number(note, "times") {
        1 => format!("note: {message} ({last})"),
        times => format!(
            "note: {message} ({} times, last {last})",
            words::count(times)
        ),
    }
}

/// What went wrong for good, of a paper.
pub(super) fn problems(paper: &Value) -> impl Iterator<Item = String> {
    let messages = items(paper, "problems").iter().filter_map(Value::as_str);
    messages.map(|problem| format!("problem: {problem}"))
}

async fn whole(own: &Own, id: RunId) -> Result<Option<Value>, Failure> {
    let filter = RunFilter {
        run: Some(id),
        ..RunFilter::default()
    };
    let runs = own.store.history(&filter, 1).await.map_err(work)?;
    let Some(run) = runs.first() else {
        return Ok(None);
    };
    let (skipped, problems) = own.store.findings(&[id]).await.map_err(work)?;
    let notes = own.store.notes(id).await.map_err(work)?;
    let mut json = paper(run);
    json["notes"] = notes.iter().map(note).collect();
    json["skipped"] = json!(skipped);
    json["problems"] = json!(problems);
    json["given_up"] = own.store.given_up(id).await.map_err(work)?.into();
    Ok(Some(json))
}

fn no_such(id: RunId) -> Failure {
    Failure::Usage(format!(
        "there is no run {id}; `runnel run list` shows those there are"
    ))
}

/// Shows a run's progress until it ends, and then what it did.
async fn watch(
    id: RunId,
    store: &StoreArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let desk = Desk::open(store, environment).await?;
    let progress = Arc::new(Progress::start("waiting for the run"));
    let observe = progress.observer();
    loop {
        let run = match &desk.at {
            At::Database(own) => own.store.runs(&[id]).await.map_err(work)?.pop(),
            At::Server(server) => remote::runs::watched(server, id).await?,
        };
        let run = run.ok_or_else(|| no_such(id))?;
        let ended = !matches!(run.state, RunState::Waiting | RunState::Running);
        observe(Event::Progress(vec![run]));
        if ended {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    progress.finish();
    match &*show(&desk, id).await? {
        "succeeded" => Ok(()),
        word => Err(Failure::Work(anyhow::anyhow!("run {id} ended as {word}"))),
    }
}

fn card_of(run: &Value) -> String {
    let of = |key| said(run, key);
    let did = |key| said(&run["counters"], key);
    card(&[
        ("run", of("id")),
        ("job", job(run)),
        ("stream", of("stream")),
        ("state", of("state")),
        ("progress", progress(run)),
        (
            "requests",
            format!(
                "{} ({} repeated), {} open",
                counted(&run["counters"], "requests"),
                did("retries"),
                of("open_requests")
            ),
        ),
        (
            "records",
            format!(
                "{} extracted, {} transformed, {} loaded, {} unchanged, {} dead",
                did("extracted"),
                did("transformed"),
                did("loaded"),
                did("unchanged"),
                did("dead")
            ),
        ),
        ("open tasks", of("open_tasks")),
        ("started", said_or(run, "started_at", "not yet")),
        ("finished", said_or(run, "finished_at", "not yet")),
    ])
}

/// What it is a run of.
fn job(run: &Value) -> String {
    match (run["job"].as_str(), run["replay"].as_i64()) {
        (Some(job), _) => job.to_owned(),
        (None, Some(replay)) => format!("(replay {replay})"),
        (None, None) => "(sync)".to_owned(),
    }
}

/// How far a run is, and how long the rest may take if it goes on like this.
fn progress(run: &Value) -> String {
    if run["state"] != "running" {
        return String::new();
    }
    if !run["replay"].is_null() {
        return "mapped again".to_owned();
    }
    match (run["done"].as_f64(), since(&run["started_at"])) {
        (Some(_), _) if run["open_requests"] == 0 => "all read, loading".to_owned(),
        (Some(done), Some(elapsed)) => {
            let left = elapsed.mul_f64((1.0 - done) / done.max(0.001));
            format!(
                "{:.0} %, about {} left",
                done * 100.0,
                words::duration(left)
            )
        }
        _ => "being planned".to_owned(),
    }
}

/// How long ago it was.
fn since(instant: &Value) -> Option<Duration> {
    let began = OffsetDateTime::parse(instant.as_str()?, &Rfc3339).ok()?;
    let elapsed = OffsetDateTime::now_utc() - began;
    Some(elapsed.try_into().unwrap_or(Duration::ZERO))
}

fn note(note: &Note) -> Value {
    json!({
        "message": note.message,
        "times": note.times,
        "first_at": instant(note.first_at),
        "last_at": instant(note.last_at),
    })
}

fn paper(run: &RunRow) -> Value {
    json!({
        "id": run.id,
        "job": run.job,
        "replay": run.replay.map(|replay| replay.0),
        "integration_id": run.integration,
        "stream": run.stream,
        "state": run.state.word(),
        "done": run.done(),
        "open_requests": run.open_requests,
        "open_tasks": run.counters.open_tasks,
        "counters": counters(&run.counters),
        "created_at": instant(run.created_at),
        "started_at": run.started_at.map(instant),
        "finished_at": run.finished_at.map(instant),
    })
}
