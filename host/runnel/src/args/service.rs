//! The words of `runnel serve`, `config`, `migrate`, `queue`, `quota` and `key`.

use clap::{Args, Subcommand};

use super::{StoreArguments, TenantArgument};
use crate::settings::Flags;

const SERVE_EXAMPLES: &str = "\
Examples:
  runnel serve
      everything in this process, on SQLite
  runnel serve --database postgres://runnel@db/runnel --broker amqp://runnel@mq
      on PostgreSQL and RabbitMQ; RUNNEL_DATABASE and RUNNEL_BROKER can hold passwords
  runnel serve --config /etc/runnel.toml --roles worker --queues etl.transform.github,etl.load.github
      one of many workers

SIGTERM stops it in good order: what runs may end within --stop-timeout, and the rest is
given back. A second one stops it at once.";

/// How to serve.
#[derive(Debug, Args)]
#[command(after_help = SERVE_EXAMPLES)]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) flags: Flags,
}

/// Which settings to show.
#[derive(Debug, Args)]
pub(crate) struct ConfigArguments {
    #[command(flatten)]
    pub(crate) flags: Flags,
}

/// Which database to bring up to date.
#[derive(Debug, Args)]
pub(crate) struct MigrateArguments {
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// What can be done with queues.
#[derive(Debug, Args)]
pub(crate) struct QueueArguments {
    #[command(subcommand)]
    pub(crate) command: QueueCommand,
}

/// What can be done with queues.
#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// How each queue stands: waiting, running, due later, dead, oldest age, rate
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
}

/// What can be done with accounts' budgets.
#[derive(Debug, Args)]
pub(crate) struct QuotaArguments {
    #[command(subcommand)]
    pub(crate) command: QuotaCommand,
}

/// What can be done with accounts' budgets.
#[derive(Debug, Subcommand)]
pub(crate) enum QuotaCommand {
    /// What is left of each account's budget of requests
    List {
        #[command(flatten)]
        of: TenantArgument,
        #[command(flatten)]
        store: StoreArguments,
    },
}

/// What can be done with keys.
#[derive(Debug, Args)]
pub(crate) struct KeyArguments {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Print a new key: (umask 077; runnel key new > runnel.key)
    New,
    /// Wrap every tenant's data key with the first of the keys
    Rotate {
        #[command(flatten)]
        store: StoreArguments,
    },
}
