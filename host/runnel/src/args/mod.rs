//! The words of the command line. Other programs call them: they are a promise.

mod dead_letter;
mod integration;
mod job;
mod plugin;
mod plugin_author;
mod plugin_registry;
mod plugin_trials;
mod plugin_versions;
mod records;
mod refuse;
mod replay;
mod run;
mod service;
mod store;
mod sync;
mod table;
mod tenant;

pub(crate) use dead_letter::{
    DeadLetterArguments, DeadLetterCommand, DeadLetterFilters, ListDeadLetters, WhichDeadLetters,
};
pub(crate) use integration::{
    AddIntegration, IntegrationArguments, IntegrationCommand, OneIntegration,
};
pub(crate) use job::{JobArguments, JobCommand, MisfireWord, OneJob, OverlapWord, SetJob};
pub(crate) use plugin::{BuildArguments, InspectArguments, ListArguments, PluginCommand};
pub(crate) use plugin_author::{NewArguments, TestArguments, WatchArguments};
pub(crate) use plugin_registry::{PullArguments, PushArguments, SignerArguments, WayArguments};
pub(crate) use plugin_trials::{TrialArguments, TrialsArguments, TryArguments};
pub(crate) use plugin_versions::{
    ActivateArguments, DiffArguments, ForTenant, InstallArguments, RetireArguments,
    RollbackArguments, VersionCommand, VersionsArguments,
};
pub(crate) use records::RecordArguments;
pub(crate) use refuse::refuse;
pub(crate) use replay::{OneReplay, ReplayArguments, ReplayCommand, StartReplay};
pub(crate) use run::{ListRuns, RunArguments, RunCommand};
pub(crate) use service::{
    ConfigArguments, KeyArguments, KeyCommand, MigrateArguments, QueueArguments, QueueCommand,
    QuotaArguments, QuotaCommand, ServeArguments,
};
pub(crate) use store::{StoreArguments, TenantArgument};
pub(crate) use sync::SyncArguments;
pub(crate) use table::{PruneTable, TableArguments, TableCommand};
pub(crate) use tenant::{Reader, TenantArguments, TenantCommand};

use clap::{Parser, Subcommand};
use runnel_model::{InvalidName, Name};

const EXAMPLES: &str = "\
Examples:
  GITHUB_TOKEN=… runnel sync github rust-lang/log
      read a repository into runnel.db; run it again to read what is new
  runnel plugin list
      what can be read, and into which tables
  runnel integration add --source github --scope rust-lang/log && runnel serve
      the same on a schedule, as a service
  runnel job list --server https://runnel.example
      an operator's command through the API of a host, with the token of RUNNEL_TOKEN";

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
    /// List and inspect plugins; make, build and test one of your own; push and pull;
    /// install, activate and roll back versions
    Plugin(PluginArguments),
    /// Run the service: scheduler, relay, workers, HTTP API and dashboard
    Serve(ServeArguments),
    /// Tenants: whose data it is
    Tenant(TenantArguments),
    /// Integrations: what is read, from where, with which credential
    Integration(IntegrationArguments),
    /// Jobs: streams of integrations on a schedule
    Job(JobArguments),
    /// Runs of jobs
    Run(RunArguments),
    /// Map and load what was read again, with another version of a plugin; no service is asked
    Replay(ReplayArguments),
    /// Tables that plugins fill, and columns that no longer are
    Table(TableArguments),
    /// Records that could not be mapped or loaded
    DeadLetter(DeadLetterArguments),
    /// Queues that tasks wait in
    Queue(QueueArguments),
    /// Accounts' budgets of requests
    Quota(QuotaArguments),
    /// Keys that credentials are encrypted with
    Key(KeyArguments),
    /// Bring a database's schema up to date
    Migrate(MigrateArguments),
    /// Print the settings in force, secrets masked
    Config(ConfigArguments),
}

/// What can be done with plugins.
#[derive(Debug, clap::Args)]
pub(crate) struct PluginArguments {
    #[command(subcommand)]
    pub(crate) command: PluginCommand,
}

fn name(text: &str) -> Result<Name, InvalidName> {
    Name::new(text)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_of_the_command_line_is_consistent() {
        <super::Arguments as clap::CommandFactory>::command().debug_assert();
    }
}
