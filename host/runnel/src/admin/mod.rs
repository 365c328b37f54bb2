//! What operators do: tenants, integrations, jobs, runs, dead letters, queues,
//! keys. Each command opens the database, or finds a host, asks or tells it one thing,
//! and prints a table, or JSON with `--json`.
//!
//! What is printed is made of *papers*, which are what `--json` shows. There are two
//! ways to a paper: from the rows of the database, here, and from the answers of a
//! host, in `remote`. There is one way from a paper to a table.

mod chain;
mod dead_letters;
mod desk;
mod dev;
mod diff;
mod differences;
mod integrations;
mod jobs;
mod keys;
mod plugins;
mod queues;
mod reach;
mod remote;
mod replays;
mod runs;
mod show;
mod tables;
mod tenants;
mod trials;

use std::process::ExitCode;

use anyhow::Context;
use runnel_store::VersionRow;
use tokio::runtime::Runtime;

use crate::{
    args::{Command, ReplayArguments, VersionCommand},
    environment::Environment,
    failure::Failure,
};
pub(crate) use desk::{checks, database, key_ring};
pub(crate) use dev::Target;
pub(crate) use plugins::{listed, version_paper};

/// `runnel plugin`, as far as it is about the database.
pub(crate) fn plugins(command: &VersionCommand, environment: &Environment) -> Result<(), Failure> {
    runtime()?.block_on(plugins::run(command, environment))
}

/// What is installed in the database of this URL.
pub(crate) fn installed(database: &str) -> Result<Vec<VersionRow>, Failure> {
    runtime()?.block_on(desk::installed(database))
}

/// `runnel replay`, which may take a while and has a status of its own.
pub(crate) fn replay(
    arguments: &ReplayArguments,
    environment: &Environment,
) -> Result<ExitCode, Failure> {
    runtime()?.block_on(replays::run(arguments, environment))
}

fn runtime() -> Result<Runtime, Failure> {
    Ok(Runtime::new().context("the threads of the runtime cannot be started")?)
}

/// Does what was asked, if it is one of these commands.
pub(crate) fn run(command: &Command, environment: &Environment) -> Result<(), Failure> {
    runtime()?.block_on(async {
        match command {
            Command::Tenant(arguments) => tenants::run(&arguments.command, environment).await,
            Command::Integration(arguments) => {
                integrations::run(&arguments.command, environment).await
            }
            Command::Job(arguments) => jobs::run(&arguments.command, environment).await,
            Command::Run(arguments) => runs::run(&arguments.command, environment).await,
            Command::DeadLetter(arguments) => {
                dead_letters::run(&arguments.command, environment).await
            }
            Command::Table(arguments) => tables::run(&arguments.command, environment).await,
            Command::Queue(arguments) => queues::run(&arguments.command, environment).await,
            Command::Quota(arguments) => queues::quotas(&arguments.command, environment).await,
            Command::Key(arguments) => keys::run(&arguments.command, environment).await,
            Command::Migrate(arguments) => desk::migrate(&arguments.store, environment).await,
            Command::Sync(_)
            | Command::Plugin(_)
            | Command::Serve(_)
            | Command::Config(_)
            | Command::Replay(_) => {
                unreachable!("these have modules of their own")
            }
        }
    })
}
