//! `runnel plugin watch`: builds and tests a crate at every save, and puts it to work
//! where a database is named.

mod round;
mod saved;

use std::{process, sync::Arc, time::SystemTime};

use anyhow::Context;
use tokio::{runtime::Runtime, task::JoinHandle};

use super::build::{Builder, package};
use crate::{
    admin::Target, args::WatchArguments, environment::Environment, failure::Failure, output,
    signals::Signals, words,
};
use round::Workshop;
use saved::Saved;

/// Goes on until a signal; with `--once` until the first round has ended.
pub(super) fn run(arguments: &WatchArguments, environment: &Environment) -> Result<(), Failure> {
    let folder = &arguments.dir;
    package::find(folder).map_err(|error| Failure::Usage(format!("{error:#}")))?;
    let records = arguments.records.clone();
    let workshop = Workshop {
        folder: folder.clone(),
        records: records.unwrap_or_else(|| folder.join("cases.jsonl")),
        records_named: arguments.records.is_some(),
        builder: Builder::find(environment)?.quiet(),
        out: arguments.out.clone(),
        target: match &arguments.database {
            Some(database) => {
                let tenant = arguments.tenant.clone();
                Some(Target::new(database, tenant, environment)?)
            }
            None => None,
        },
    };
    if arguments.once {
        let said = workshop.round()?;
        return Ok(output::print(said)?);
    }
    let runtime = Runtime::new().context("the threads of the runtime cannot be started")?;
    runtime.block_on(until_stopped(Arc::new(workshop)))
}

async fn until_stopped(workshop: Arc<Workshop>) -> Result<(), Failure> {
    let mut signals = Signals::listen().context("signals cannot be listened to")?;
    let mut saved = String::new();
    loop {
        // Before the round: what is saved while it is under way is for the next.
        let before = Saved::now(&workshop.folder, &workshop.records);
        let worker = Arc::clone(&workshop);
        let mut round = tokio::task::spawn_blocking(move || worker.round());
        tokio::select! {
            ended = &mut round => tell(&saved, ended.context("a round was cut off")?)?,
            _ = signals.next() => return finish(round, &mut signals).await,
        }
        tokio::select! {
            changed = before.changed(&workshop.folder, &workshop.records) => saved = changed,
            _ = signals.next() => return Ok(()),
        }
    }
}

/// One line for a round, after whatever it has shown.
fn tell(saved: &str, ended: Result<String, Failure>) -> anyhow::Result<()> {
    let said = ended.unwrap_or_else(|failure| failure.to_string());
    let why = if saved.is_empty() {
        String::new()
    } else {
        format!("{saved}: ")
    };
    output::print(format!(
        "{}  {why}{}",
        words::clock(SystemTime::now()),
        output::one_line(&said)
    ))
}

/// Lets a round end: cargo is under way in it. At a keyboard cargo was told to stop
/// as well, and it ends soon.
async fn finish(
    round: JoinHandle<Result<String, Failure>>,
    signals: &mut Signals,
) -> Result<(), Failure> {
    output::tell("runnel: stopping once this round has ended; once more stops at once");
    tokio::select! {
        _ended = round => Ok(()),
        _ = signals.next() => process::exit(130),
    }
}
