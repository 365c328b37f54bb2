//! The words of `runnel replay`.

use clap::{Args, Subcommand};

use super::{RecordArguments, StoreArguments};

const EXAMPLES: &str = "\
Examples:
  runnel replay --entity github_prs
      maps every pull request that was read with the version that is active, and loads it
  runnel replay --entity github_prs --version 2.0.0 --since 2024-03-01 --dry-run
      how many there are that were read since then; nothing is written
  runnel replay --entity github_prs --where-digest 3f9a0c51d2e7
      those whose rows that component made
  runnel replay resume 4
      goes on with one that was paused or cut short

No service is asked, and no credential is needed. A running `runnel serve` does the work;
where there is none, this command does.

Exit status: 0 all done; 1 something could not be mapped or loaded; 2 wrong usage; 130
interrupted, and `runnel replay resume` goes on.";

/// What can be done with replays.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    subcommand_negates_reqs = true,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct ReplayArguments {
    #[command(subcommand)]
    pub(crate) command: Option<ReplayCommand>,
    #[command(flatten)]
    pub(crate) start: StartReplay,
}

/// What can be done with replays that there are.
#[derive(Debug, Subcommand)]
pub(crate) enum ReplayCommand {
    /// The newest replays
    List {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// A replay: how far it is, by integration
    Show(OneReplay),
    /// Queue nothing more of it until it is resumed
    Pause(OneReplay),
    /// Go on with it, and wait until it is done
    Resume {
        #[command(flatten)]
        one: OneReplay,
        /// Do not wait
        #[arg(long)]
        detach: bool,
    },
    /// Give it up; what is mapped already is still loaded
    Cancel(OneReplay),
}

/// One replay.
#[derive(Debug, Args)]
pub(crate) struct OneReplay {
    /// Its id
    #[arg(value_name = "ID")]
    pub(crate) id: i64,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// What to map and load again.
#[derive(Debug, Args)]
pub(crate) struct StartReplay {
    /// The entity type, such as github_prs
    #[arg(long, value_name = "ENTITY", required = true)]
    pub(crate) entity: Option<String>,
    #[command(flatten)]
    pub(crate) records: RecordArguments,
    /// Only records whose rows this component made: the beginning of its digest
    #[arg(long, value_name = "DIGEST")]
    pub(crate) where_digest: Option<String>,
    /// Map them with this installed version, active or not [default: whichever is active]
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// Only count the records; nothing is written
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not wait for it to end, and leave the work to a running `runnel serve`
    #[arg(long)]
    pub(crate) detach: bool,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}
