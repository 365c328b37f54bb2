//! The words of the command line. Other programs call them: they are a promise.

mod plugin;
mod refuse;
mod sync;

pub(crate) use plugin::{BuildArguments, InspectArguments, ListArguments, PluginCommand};
pub(crate) use refuse::refuse;
pub(crate) use sync::SyncArguments;

use clap::{Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  GITHUB_TOKEN=… runnel sync github rust-lang/log
      read a repository into runnel.db; run it again to read what is new
  runnel plugin list
      what can be read, and into which tables";

/// Pulls data out of services and puts it into tables.
#[derive(Debug, Parser)]
#[command(name = "runnel", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read what is new at a source, and load it into a database
    Sync(SyncArguments),
    /// List, inspect and build plugins
    Plugin(PluginArguments),
}

/// What can be done with plugins.
#[derive(Debug, clap::Args)]
pub(crate) struct PluginArguments {
    #[command(subcommand)]
    pub(crate) command: PluginCommand,
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_of_the_command_line_is_consistent() {
        <super::Arguments as clap::CommandFactory>::command().debug_assert();
    }
}
