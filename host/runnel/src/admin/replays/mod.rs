//! `runnel replay`: begun, shown, paused, gone on with, given up.

mod ask;
mod follow;
mod show;

use std::process::ExitCode;

use runnel_store::{NewReplay, ReplayId, ReplayRow, StoreError, Surveyed};
use serde_json::json;

use super::{
    desk::{Desk, actor, work},
    show::table,
};
use crate::{
    args::{OneReplay, ReplayArguments, ReplayCommand, StartReplay},
    environment::Environment,
    failure::Failure,
    words::{count, counted},
};

pub(super) async fn run(
    arguments: &ReplayArguments,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    match &arguments.command {
        None => return start(&arguments.start, environment).await,
        Some(ReplayCommand::Resume { one, detach }) => {
            return resume(one, *detach, environment).await;
        }
        Some(ReplayCommand::List { limit, store }) => {
            let desk = Desk::open(store, environment).await?;
            let replays = desk.store.replays(None, *limit).await.map_err(work)?;
            show::list(&desk, &replays)?;
        }
        Some(ReplayCommand::Show(one)) => {
            let desk = Desk::open(&one.store, environment).await?;
            let replay = find(&desk, one.id).await?;
            show::one(&desk, &replay).await?;
        }
        Some(ReplayCommand::Pause(one)) => {
            let desk = Desk::open(&one.store, environment).await?;
            let by = actor(environment);
            let paused = desk.store.pause_replay(ReplayId(one.id), &by).await;
            paused.map_err(refused)?;
            answer(
                &desk,
                one.id,
                "paused: what is queued is still mapped and loaded",
            )?;
        }
        Some(ReplayCommand::Cancel(one)) => {
            let desk = Desk::open(&one.store, environment).await?;
            let by = actor(environment);
            let cancelled = desk.store.cancel_replay(ReplayId(one.id), &by).await;
            cancelled.map_err(refused)?;
            answer(&desk, one.id, "cancelled: what is mapped is still loaded")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn start(arguments: &StartReplay, environment: &Environment) -> Result<ExitCode, Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let asked = ask::replay(&desk, arguments).await?;
    if arguments.dry_run {
        let found = desk.store.survey(&asked).await.map_err(refused)?;
        surveyed(&desk, &asked, &found)?;
        return Ok(ExitCode::SUCCESS);
    }
    let started = desk.store.start_replay(&asked, &actor(environment)).await;
    match started.map_err(refused)? {
        None => {
            let json = json!({ "id": null, "records": { "total": 0, "done": 0 } });
            desk.answer(&json, || nothing(&asked))?;
            Ok(ExitCode::SUCCESS)
        }
        Some(id) if arguments.detach => {
            answer(&desk, id.0, "is queued: a running `runnel serve` does it")?;
            Ok(ExitCode::SUCCESS)
        }
        Some(id) => follow::run(&desk, id, environment).await,
    }
}

async fn resume(
    one: &OneReplay,
    detach: bool,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    let id = ReplayId(one.id);
    let done = desk.store.resume_replay(id, &actor(environment)).await;
    done.map_err(refused)?;
    if detach {
        answer(&desk, id.0, "goes on: a running `runnel serve` does it")?;
        return Ok(ExitCode::SUCCESS);
    }
    follow::run(&desk, id, environment).await
}

/// The replay of this id.
async fn find(desk: &Desk, id: i64) -> Result<ReplayRow, Failure> {
    let found = desk.store.replays(Some(ReplayId(id)), 1).await;
    let found = found.map_err(work)?.pop();
    found.ok_or_else(|| no_such(&format!("replay {id}")))
}

fn answer(desk: &Desk, id: i64, words: &str) -> Result<(), Failure> {
    desk.answer(&json!({ "id": id }), || format!("replay {id} {words}"))
}

fn surveyed(desk: &Desk, asked: &NewReplay, found: &[Surveyed]) -> Result<(), Failure> {
    let records: u64 = found.iter().map(|found| found.records).sum();
    let parts: Vec<_> = found
        .iter()
        .map(|found| {
            json!({
                "integration_id": found.integration, "integration": found.name, "tenant": found.tenant,
                "records": found.records,
            })
        })
        .collect();
    let json = json!({ "dry_run": true, "entity": asked.entity, "records": records, "integrations": parts });
    desk.answer(&json, || {
        if records == 0 {
            return nothing(asked);
        }
        let row = |found: &Surveyed| {
            [
                found.tenant.clone(),
                found.name.clone(),
                count(found.records),
            ]
        };
        let rows = found.iter().map(row).collect();
        let total = counted(records, "record");
        format!(
            "{}\n{total} would be replayed; nothing was written",
            table(["tenant", "integration", "records"], rows, "")
        )
    })
}

fn nothing(asked: &NewReplay) -> String {
    format!(
        "there are no such raw records of {}: nothing is replayed",
        asked.entity
    )
}

/// What cannot be done with a replay is the user's to mend; what the rows of a table
/// do not allow is not a matter of words.
fn refused(error: StoreError) -> Failure {
    match error {
        StoreError::Replay(error) => Failure::Usage(error.to_string()),
        StoreError::Version(error) => Failure::Usage(error.to_string()),
        StoreError::NoSuch { what } => no_such(&what),
        other => work(other),
    }
}

fn no_such(what: &str) -> Failure {
    Failure::Usage(format!(
        "there is no {what}; `runnel replay list` shows those there are"
    ))
}
