//! `runnel plugin`: list, inspect, build; an author's loop: new, test, watch; push
//! and pull.
//! What it does in the database is in `admin/plugins.rs`.

mod build;
mod inspect;
mod list;
mod new;
mod paper;
mod registry;
mod test;
mod watch;

use runnel_control::ControlError;
use runnel_sandbox::{Limits, Sandbox};

use crate::{admin, args::PluginCommand, environment::Environment, failure::Failure, folders};

pub(crate) use test::write;

/// Does what was asked.
pub(crate) fn run(command: &PluginCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        PluginCommand::List(arguments) => list::run(arguments, environment),
        PluginCommand::Inspect(arguments) => inspect::run(arguments, environment),
        PluginCommand::Build(arguments) => build::run(arguments, environment),
        PluginCommand::New(arguments) => new::run(arguments),
        PluginCommand::Test(arguments) => test::run(arguments, environment),
        PluginCommand::Watch(arguments) => watch::run(arguments, environment),
        PluginCommand::Push(arguments) => registry::push(arguments, environment),
        PluginCommand::Pull(arguments) => registry::pull(arguments, environment),
        PluginCommand::Versions(command) => admin::plugins(command, environment),
    }
}

/// A sandbox that shares its compiled plugins with `runnel sync`.
pub(crate) fn sandbox(environment: &Environment) -> Result<Sandbox, Failure> {
    let cache = folders::cache(environment);
    Ok(Sandbox::new(Limits::default(), cache.as_deref()).map_err(ControlError::from)?)
}
