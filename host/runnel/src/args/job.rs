//! The words of `runnel job`.

use clap::{Args, Subcommand, ValueEnum};

use super::{StoreArguments, TenantArgument};
use crate::failure::Failure;

/// What can be done with jobs.
#[derive(Debug, Args)]
pub(crate) struct JobArguments {
    #[command(subcommand)]
    pub(crate) command: JobCommand,
}

/// What can be done with jobs.
#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    /// All jobs
    List {
        #[command(flatten)]
        of: TenantArgument,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// A job, its last run, and what it waits for
    Show(OneJob),
    /// Run it as soon as what it depends on allows
    Run(OneJob),
    /// Start no run of it until it is resumed
    Pause(OneJob),
    /// Start its runs again
    Resume(OneJob),
    /// Give up the run of it that is under way; what was read is kept
    Cancel(OneJob),
    /// Change its schedule; a new version of the source no longer has a say on it
    Set(SetJob),
}

/// One job.
#[derive(Debug, Args)]
pub(crate) struct OneJob {
    /// Its name, such as github_prs_1, or its id
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) of: TenantArgument,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// What is to change about a job.
#[derive(Debug, Args)]
pub(crate) struct SetJob {
    #[command(flatten)]
    pub(crate) job: OneJob,
    /// Minutes between two runs
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=525_600))]
    pub(crate) every: Option<u32>,
    /// The higher, the earlier
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) priority: Option<i32>,
    /// The jobs that have to have succeeded before, with commas between them; '' for none
    #[arg(long, value_name = "NAMES")]
    pub(crate) depends_on: Option<String>,
    /// What happens when it is due while a run of it is under way
    #[arg(long)]
    pub(crate) overlap: Option<OverlapWord>,
    /// What happens to times that were missed
    #[arg(long)]
    pub(crate) misfire: Option<MisfireWord>,
    /// The most missed times that `--misfire catch-up` catches up with
    #[arg(long, value_name = "N", default_value_t = 10, requires = "misfire")]
    pub(crate) catch_up: u32,
    /// Put each time off by up to so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) jitter: Option<u32>,
}

impl SetJob {
    /// Refuses to change nothing.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let numbers = self.every.is_some() || self.priority.is_some() || self.jitter.is_some();
        let others = self.depends_on.is_some() || self.overlap.is_some() || self.misfire.is_some();
        if numbers || others {
            return Ok(());
        }
        Err(Failure::Usage(
            "say what is to change: --every, --priority, --depends-on, --overlap, --misfire or --jitter"
                .to_owned(),
        ))
    }
}

/// See [`runnel_store::Overlap`].
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OverlapWord {
    /// It is due again at its next time
    Skip,
    /// One run follows at once
    Buffer,
    /// Another run starts beside it
    Allow,
}

/// See [`runnel_store::Misfire`].
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum MisfireWord {
    /// One run for all of them
    Coalesce,
    /// None
    Skip,
    /// A run for each
    CatchUp,
}
