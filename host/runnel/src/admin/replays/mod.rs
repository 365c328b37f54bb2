//! `runnel replay`: begun, shown, paused, gone on with, given up.

mod ask;
mod follow;
mod show;
mod start;

use std::process::ExitCode;

use runnel_store::{ReplayId, StoreError};
use serde_json::{Value, json};

use super::{
    desk::{At, Desk, actor, work},
    remote,
};
use crate::{
    args::{OneReplay, ReplayArguments, ReplayCommand},
    environment::Environment,
    failure::{Failure, conflict},
};

pub(super) async fn run(
    arguments: &ReplayArguments,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    match &arguments.command {
        None => return start::run(&arguments.start, environment).await,
        Some(ReplayCommand::Resume { one, detach }) => {
            return resume(one, *detach, environment).await;
        }
        Some(ReplayCommand::List { limit, store }) => {
            let desk = Desk::open(store, environment).await?;
            let replays = list(&desk, *limit).await?;
            desk.list(replays, show::listed)?;
        }
        Some(ReplayCommand::Show(one)) => {
            let desk = Desk::open(&one.store, environment).await?;
            let replay = find(&desk, one.id).await?;
            desk.answer(&replay, || show::text(&replay))?;
        }
        Some(ReplayCommand::Pause(one)) => {
            let desk = Desk::open(&one.store, environment).await?;
            change(&desk, one.id, Change::Pause, environment).await?;
            let words = "paused: what is queued is still mapped and loaded";
            answer(&desk, one.id, words)?;
        }
        Some(ReplayCommand::Cancel(one)) => {
            let desk = Desk::open(&one.store, environment).await?;
            change(&desk, one.id, Change::Cancel, environment).await?;
            answer(&desk, one.id, "cancelled: what is mapped is still loaded")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(desk: &Desk, limit: u32) -> Result<Vec<Value>, Failure> {
    match &desk.at {
        At::Database(own) => {
            let replays = own.store.replays(None, limit).await.map_err(work)?;
            Ok(replays.iter().map(show::paper).collect())
        }
        At::Server(server) => Ok(remote::replays::list(server, limit).await?),
    }
}

/// The replay of this id.
async fn find(desk: &Desk, id: i64) -> Result<Value, Failure> {
    let found = match &desk.at {
        At::Database(own) => {
            let found = own.store.replays(Some(ReplayId(id)), 1).await;
            match found.map_err(work)?.pop() {
                Some(replay) => Some(show::whole(own, &replay).await?),
                None => None,
            }
        }
        At::Server(server) => remote::replays::show(server, id).await?,
    };
    found.ok_or_else(|| no_such(&format!("replay {id}")))
}

/// What is done with a replay that there is.
#[derive(Clone, Copy)]
enum Change {
    Pause,
    Resume,
    Cancel,
}

async fn change(
    desk: &Desk,
    id: i64,
    change: Change,
    environment: &Environment,
) -> Result<(), Failure> {
    let own = match &desk.at {
        At::Database(own) => own,
        At::Server(server) => {
            let word = match change {
                Change::Pause => "pause",
                Change::Resume => "resume",
                Change::Cancel => "cancel",
            };
            let changed = remote::replays::change(server, id, word).await;
            return changed.map_err(conflict);
        }
    };
    let (id, by) = (ReplayId(id), actor(environment));
    let changed = match change {
        Change::Pause => own.store.pause_replay(id, &by).await,
        Change::Resume => own.store.resume_replay(id, &by).await,
        Change::Cancel => own.store.cancel_replay(id, &by).await,
    };
    changed.map_err(refused)
}

async fn resume(
    one: &OneReplay,
    detach: bool,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let desk = Desk::open(&one.store, environment).await?;
    change(&desk, one.id, Change::Resume, environment).await?;
    if detach {
        answer(&desk, one.id, "goes on: a running `runnel serve` does it")?;
        return Ok(ExitCode::SUCCESS);
    }
    follow::run(&desk, one.id, environment).await
}

fn answer(desk: &Desk, id: i64, words: &str) -> Result<(), Failure> {
    desk.answer(&json!({ "id": id }), || format!("replay {id} {words}"))
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
