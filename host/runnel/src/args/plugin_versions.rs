//! The words of `runnel plugin install`, `activate`, `rollback`, `versions`, `retire`,
//! `trials`, `trial` and `diff`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use runnel_model::{Name, PluginVersion};

use super::{
    RecordArguments, SignerArguments, StoreArguments, TrialArguments, TrialsArguments,
    TryArguments, name,
};

const ACTIVATE_EXAMPLES: &str = "\
Examples:
  runnel plugin activate github_prs@1.1.0
      for every tenant that has no activation of its own
  runnel plugin activate github_prs@1.1.0 --tenant acme
      for one tenant alone
  runnel plugin activate github_prs@1.1.0 --shadow
      not yet: it maps the same records beside the active version, and is compared
  runnel plugin activate github_prs@1.1.0 --canary 5 --max-differences 1
      for 5 of 100 records, until more than 1 of 100 come out differently

Every host goes over to it by itself within a second; batches that are under way end on
the version that they began with.";

const DIFF_EXAMPLES: &str = "\
Examples:
  runnel plugin diff github_prs@1.0.0 github_prs@1.1.0
      of every pull request that was read
  runnel plugin diff github_prs@1.0.0 github_prs@1.1.0 --since 2024-03-01 --limit 1000
      of no more than 1000, read since then

It maps the newest raw record of each thing with both versions, and writes nothing. The
exit status is 0 where all is the same, 1 where something differs, and 2 for a mistake.";

/// What can be done with plugins in the database.
#[derive(Debug, Subcommand)]
pub(crate) enum VersionCommand {
    /// Check a component and keep it in the database; activate makes it work
    Install(InstallArguments),
    /// Make an installed version the one that does the work
    Activate(ActivateArguments),
    /// Take the last activation back: the version before does the work again
    Rollback(RollbackArguments),
    /// The installed versions, and for whom each is active
    Versions(VersionsArguments),
    /// See to it that a version is not activated again
    Retire(RetireArguments),
    /// The versions that are or were tried beside the active ones
    Trials(TrialsArguments),
    /// What one trial has found
    Trial(TrialArguments),
    /// What two versions of a transform make of the records that are there
    Diff(DiffArguments),
}

/// Which component to install.
#[derive(Debug, Args)]
pub(crate) struct InstallArguments {
    /// The component: a .wasm file; what lies beside it as FILE.minisig is its signature
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Take the place of other bytes of the same version: for a plugin in development
    #[arg(long)]
    pub(crate) dev: bool,
    #[command(flatten)]
    pub(crate) signers: SignerArguments,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// Which version to activate, and for whom.
#[derive(Debug, Args)]
#[command(after_help = ACTIVATE_EXAMPLES)]
pub(crate) struct ActivateArguments {
    /// The version, such as github_prs@1.1.0
    #[arg(value_name = "NAME@VERSION")]
    pub(crate) version: PluginVersion,
    #[command(flatten)]
    pub(crate) whom: ForTenant,
    #[command(flatten)]
    pub(crate) how: TryArguments,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// Which plugin to roll back, and for whom.
#[derive(Debug, Args)]
pub(crate) struct RollbackArguments {
    /// The plugin
    #[arg(value_name = "NAME", value_parser = name)]
    pub(crate) plugin: Name,
    #[command(flatten)]
    pub(crate) whom: ForTenant,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// Which versions to list.
#[derive(Debug, Args)]
pub(crate) struct VersionsArguments {
    /// The plugin [default: all]
    #[arg(value_name = "NAME", value_parser = name)]
    pub(crate) plugin: Option<Name>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// Which version to retire.
#[derive(Debug, Args)]
pub(crate) struct RetireArguments {
    /// The version, such as github_prs@1.0.0
    #[arg(value_name = "NAME@VERSION")]
    pub(crate) version: PluginVersion,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// Which versions to compare, on which records.
#[derive(Debug, Args)]
#[command(after_help = DIFF_EXAMPLES)]
pub(crate) struct DiffArguments {
    /// The one version, such as github_prs@1.0.0
    #[arg(value_name = "NAME@A")]
    pub(crate) old: PluginVersion,
    /// The other version, such as github_prs@1.1.0
    #[arg(value_name = "NAME@B")]
    pub(crate) new: PluginVersion,
    #[command(flatten)]
    pub(crate) records: RecordArguments,
    /// No more than so many records
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// For whom.
#[derive(Debug, Args)]
pub(crate) struct ForTenant {
    /// For this tenant alone
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
}
