//! The words of `runnel dead-letter`.

use clap::{Args, Subcommand};

use super::{StoreArguments, TenantArgument};

const EXAMPLES: &str = "\
Examples:
  runnel dead-letter list --groups
      one line a cause, the most frequent first
  runnel dead-letter replay --fingerprint 3f9a0c51d2e7
      transform the records of one cause again, after the plugin was mended";

/// What can be done with dead letters.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DeadLetterArguments {
    #[command(subcommand)]
    pub(crate) command: DeadLetterCommand,
}

/// What can be done with dead letters.
#[derive(Debug, Subcommand)]
pub(crate) enum DeadLetterCommand {
    /// The newest dead letters
    List(ListDeadLetters),
    /// A dead letter, with the record's payload
    Show {
        /// Its id
        #[arg(value_name = "ID")]
        id: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Transform their records again; one that fails again gets a new letter
    Replay(WhichDeadLetters),
    /// Remove them; the raw records stay
    Drop(WhichDeadLetters),
}

/// Dead letters to be listed.
#[derive(Debug, Args)]
pub(crate) struct ListDeadLetters {
    #[command(flatten)]
    pub(crate) filter: DeadLetterFilters,
    /// One line a cause, the most frequent first
    #[arg(long)]
    pub(crate) groups: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// Dead letters that something is done about.
#[derive(Debug, Args)]
pub(crate) struct WhichDeadLetters {
    /// These, by id
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<i64>,
    #[command(flatten)]
    pub(crate) filter: DeadLetterFilters,
    /// All of them
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// Which dead letters.
#[derive(Debug, Args)]
pub(crate) struct DeadLetterFilters {
    #[command(flatten)]
    pub(crate) of: TenantArgument,
    /// Only those of this integration
    #[arg(long, value_name = "NAME")]
    pub(crate) integration: Option<String>,
    /// Only those of this stream
    #[arg(long, value_name = "NAME")]
    pub(crate) stream: Option<String>,
    /// Only those of one cause, as `list --groups` shows it
    #[arg(long, value_name = "HEX")]
    pub(crate) fingerprint: Option<String>,
}
