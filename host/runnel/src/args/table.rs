//! The words of `runnel table`.

use clap::{Args, Subcommand};
use runnel_model::Name;

use super::{StoreArguments, name};

const EXAMPLES: &str = "\
Examples:
  runnel table list
      every table, and the columns in it that nothing fills any more
  runnel table prune prs
      what would be dropped of one; asks first, where somebody is there to be asked
  runnel table prune prs --column old_title --yes
      drops a column with its values, without asking";

/// What can be done with the tables that plugins fill.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TableArguments {
    #[command(subcommand)]
    pub(crate) command: TableCommand,
}

/// What can be done with the tables that plugins fill.
#[derive(Debug, Subcommand)]
pub(crate) enum TableCommand {
    /// The tables, and the columns that no version in use declares any more
    List(StoreArguments),
    /// Drop columns that no version in use declares any more, with their values
    Prune(PruneTable),
}

/// What to drop.
#[derive(Debug, Args)]
pub(crate) struct PruneTable {
    /// The table, such as prs
    #[arg(value_name = "TABLE", value_parser = name)]
    pub(crate) table: Name,
    /// This column; may be repeated [default: all that nothing needs]
    #[arg(long = "column", value_name = "NAME", value_parser = name)]
    pub(crate) columns: Vec<Name>,
    /// Drop them without asking
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}
