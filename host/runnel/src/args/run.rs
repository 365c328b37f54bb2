//! The words of `runnel run`.

use clap::{Args, Subcommand};

use super::{StoreArguments, TenantArgument};

/// What can be done with runs.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(subcommand)]
    pub(crate) command: RunCommand,
}

/// What can be done with runs.
#[derive(Debug, Subcommand)]
pub(crate) enum RunCommand {
    /// The newest runs
    List(ListRuns),
    /// A run: what it did, how far it is, what was left out, what went wrong
    Show {
        /// Its id
        #[arg(value_name = "ID")]
        id: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Queue again what a run gave up after it was read: its transforms and loads. What
    /// could not be fetched, the next run asks for
    Retry {
        /// Its id
        #[arg(value_name = "ID")]
        id: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// See a run through: its progress until it ends, then what it did. The exit status
    /// says how it ended
    Watch {
        /// Its id
        #[arg(value_name = "ID")]
        id: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
}

/// Which runs.
#[derive(Debug, Args)]
pub(crate) struct ListRuns {
    /// Only those of this job
    #[arg(long, value_name = "NAME")]
    pub(crate) job: Option<String>,
    /// Only those that have not ended
    #[arg(long)]
    pub(crate) active: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) of: TenantArgument,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}
