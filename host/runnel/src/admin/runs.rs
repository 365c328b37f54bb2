//! `runnel run`.

use std::{sync::Arc, time::Duration};

use runnel_control::Event;
use runnel_model::RunId;
use runnel_store::{RunFilter, RunRow, RunState};
use serde_json::{Value, json};

use super::{
    desk::{Desk, work},
    show::{card, counters, instant, instant_or, table},
};
use crate::{
    args::{ListRuns, RunCommand, StoreArguments},
    environment::Environment,
    failure::Failure,
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
        RunCommand::Watch { id, store } => watch(RunId(*id), store, environment).await,
    }
}

async fn list(arguments: &ListRuns, environment: &Environment) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let tenant = desk.tenant(arguments.of.tenant.as_deref()).await?;
    let filter = RunFilter {
        run: None,
        tenant: tenant.map(|tenant| tenant.id),
        job: arguments.job.clone(),
        active: arguments.active,
    };
    let runs = desk
        .store
        .history(&filter, arguments.limit)
        .await
        .map_err(work)?;
    let json: Vec<Value> = runs.iter().map(paper).collect();
    desk.answer(&json.into(), || {
        let row = |run: &RunRow| {
            [
                run.id.to_string(),
                job(run),
                run.stream.clone(),
                state_word(run.state).to_owned(),
                progress(run),
                words::count(run.counters.requests),
                words::count(run.counters.extracted),
                words::count(run.counters.loaded),
                words::count(run.counters.dead),
                instant_or(run.started_at, ""),
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
    })
}

/// Shows a run, and answers where it is.
async fn show(desk: &Desk, id: RunId) -> Result<RunState, Failure> {
    let filter = RunFilter {
        run: Some(id),
        ..RunFilter::default()
    };
    let runs = desk.store.history(&filter, 1).await.map_err(work)?;
    let Some(run) = runs.first() else {
        return Err(no_such(id));
    };
    let (skipped, problems) = desk.store.findings(&[id]).await.map_err(work)?;
    let mut json = paper(run);
    json["skipped"] = json!(skipped);
    json["problems"] = json!(problems);
    desk.answer(&json, || {
        let mut lines = vec![card_of(run)];
        let left_out = skipped
            .iter()
            .map(|s| format!("left out: {}: {}", s.what, s.reason));
        lines.extend(left_out);
        lines.extend(problems.iter().map(|problem| format!("problem: {problem}")));
        lines.join("\n")
    })?;
    Ok(run.state)
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
        let runs = desk.store.runs(&[id]).await.map_err(work)?;
        let Some(run) = runs.first() else {
            return Err(no_such(id));
        };
        let ended = !matches!(run.state, RunState::Waiting | RunState::Running);
        observe(Event::Progress(runs));
        if ended {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    progress.finish();
    match show(&desk, id).await? {
        RunState::Succeeded => Ok(()),
        state => {
            let word = state_word(state);
            Err(Failure::Work(anyhow::anyhow!("run {id} ended as {word}")))
        }
    }
}

fn card_of(run: &RunRow) -> String {
    let c = &run.counters;
    card(&[
        ("run", run.id.to_string()),
        ("job", job(run)),
        ("stream", run.stream.clone()),
        ("state", state_word(run.state).to_owned()),
        ("progress", progress(run)),
        (
            "requests",
            format!(
                "{} ({} repeated), {} open",
                words::count(c.requests),
                c.retries,
                run.open_requests
            ),
        ),
        (
            "records",
            format!(
                "{} extracted, {} transformed, {} loaded, {} unchanged, {} dead",
                c.extracted, c.transformed, c.loaded, c.unchanged, c.dead
            ),
        ),
        ("open tasks", c.open_tasks.to_string()),
        ("started", instant_or(run.started_at, "not yet")),
        ("finished", instant_or(run.finished_at, "not yet")),
    ])
}

/// What it is a run of.
fn job(run: &RunRow) -> String {
    match (&run.job, run.replay) {
        (Some(job), _) => job.clone(),
        (None, Some(replay)) => format!("(replay {})", replay.0),
        (None, None) => "(sync)".to_owned(),
    }
}

/// How far a run is, and how long the rest may take if it goes on like this.
fn progress(run: &RunRow) -> String {
    if run.replay.is_some() && run.state == RunState::Running {
        return "mapped again".to_owned();
    }
    match (run.state, run.done(), run.started_at) {
        (RunState::Running, Some(done), Some(started)) if done < 1.0 => {
            let elapsed = runnel_store::now().saturating_sub(started).max(0);
            let elapsed = Duration::from_micros(u64::try_from(elapsed).unwrap_or(0));
            let left = elapsed.mul_f64((1.0 - done) / done.max(0.001));
            format!(
                "{:.0} %, about {} left",
                done * 100.0,
                words::duration(left)
            )
        }
        (RunState::Running, Some(_), _) => "all read, loading".to_owned(),
        (RunState::Running, None, _) => "being planned".to_owned(),
        _ => String::new(),
    }
}

/// A state as it is stored.
pub(super) fn state_word(state: RunState) -> &'static str {
    match state {
        RunState::Waiting => "waiting",
        RunState::Running => "running",
        RunState::Succeeded => "succeeded",
        RunState::Failed => "failed",
        RunState::Cancelled => "cancelled",
    }
}

fn paper(run: &RunRow) -> Value {
    json!({
        "id": run.id,
        "job": run.job,
        "replay": run.replay.map(|replay| replay.0),
        "integration_id": run.integration,
        "stream": run.stream,
        "state": state_word(run.state),
        "done": run.done(),
        "open_requests": run.open_requests,
        "open_tasks": run.counters.open_tasks,
        "counters": counters(&run.counters),
        "created_at": instant(run.created_at),
        "started_at": run.started_at.map(instant),
        "finished_at": run.finished_at.map(instant),
    })
}
