//! `runnel sync`: from the words to the exit status.

mod report;
mod request;
mod scope;
mod setting;
mod token;

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use runnel_control::{ControlError, SyncRequest};
use runnel_store::DatabaseUrl;
use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::{
    args::SyncArguments,
    environment::Environment,
    failure::Failure,
    log, output,
    progress::Progress,
    signals::{Signals, Stop},
    summary,
};
use report::Ended;

/// Owners and repositories, as an integration's scope has them.
pub(crate) fn parse_scope(
    words: &[String],
    base_url: Option<&str>,
) -> Result<Vec<String>, Failure> {
    request::scope(words, base_url)
}

/// `--set key=value`.
pub(crate) fn parse_settings(words: &[String]) -> Result<Map<String, Value>, Failure> {
    setting::parse(words).map_err(Failure::Usage)
}

/// The token in the variable of this name.
pub(crate) fn read_token(
    name: &str,
    environment: &Environment,
) -> Result<Option<SecretString>, Failure> {
    let token = token::read(Some(name), "", environment).map_err(Failure::Usage)?;
    Ok(token.value)
}

/// How long is waited for what winds up, and then for work that cannot be interrupted (a
/// batch in a plugin).
const GRACE: Duration = Duration::from_secs(3);

/// Syncs, shows progress meanwhile, and says at the end what came of it.
pub(crate) fn run(
    arguments: &SyncArguments,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    let request = request::parse(arguments, environment)?;
    let database = request.database.clone();
    // The first time, they are compiled, which takes a moment.
    let progress = Arc::new(Progress::start("loading the plugins"));
    let runtime = Runtime::new().context("the threads of the runtime cannot be started")?;
    let sending = log::start_traced(environment, progress.writer(), runtime.handle())?;
    let started = Instant::now();
    let ended = runtime.block_on(until_stopped(request, &progress));
    progress.finish();
    sending.finish();
    runtime.shutdown_timeout(GRACE);
    let ended = ended?;
    let status = ended.status();
    let report = ended.report(progress.runs(), &database, started.elapsed());
    if arguments.json {
        output::print(summary::json(&report)?)?;
    } else if !report.streams.is_empty() {
        // Where nothing was begun, the one line of the problem says all there is.
        output::print(summary::text(&report))?;
    }
    for problem in &report.problems {
        output::complain(problem);
    }
    hint(&report.problems, &database);
    Ok(status)
}

/// A full disk takes down what else wants to write there, and a person who reads
/// of it wants to know that nothing has to be mended.
fn hint(problems: &[String], database: &DatabaseUrl) {
    if problems.len() > 1 {
        output::tell(&format!(
            "runnel: {} problems; what was read is in {database}, and the same command tries the rest again",
            problems.len()
        ));
    }
}

/// The sync is a task of its own, so that a signal is heard while plugins are
/// being compiled.
async fn until_stopped(request: SyncRequest, progress: &Arc<Progress>) -> Result<Ended, Failure> {
    let mut signals = Signals::listen().context("signals cannot be listened to")?;
    let stop = CancellationToken::new();
    let told = stop.clone().cancelled_owned();
    let mut sync = tokio::spawn(runnel_control::sync(request, progress.observer(), told));
    let stopped: Stop = tokio::select! {
        done = &mut sync => return ended(done.context("the sync broke off: this is a bug of runnel")?),
        stop = signals.next() => stop,
    };
    stop.cancel();
    // Before runs have begun there is nothing to wind up, and it may be compiling plugins,
    // which hears nothing.
    let begun = !progress.runs().is_empty();
    if !begun || tokio::time::timeout(GRACE, &mut sync).await.is_err() {
        sync.abort();
    }
    Ok(Ended::Stopped(stopped))
}

fn ended(result: Result<runnel_control::Summary, ControlError>) -> Result<Ended, Failure> {
    match result {
        Ok(summary) => Ok(Ended::Done(summary)),
        Err(error @ (ControlError::Usage(_) | ControlError::Field { .. })) => Err(error.into()),
        Err(error) => Ok(Ended::Failed(error)),
    }
}
