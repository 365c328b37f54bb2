//! The words of `runnel plugin`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{
    NewArguments, PullArguments, PushArguments, TestArguments, VersionCommand, WatchArguments,
};

const BUILD_EXAMPLES: &str = "\
Examples:
  runnel plugin build .
      the crate of this folder, into target/plugins/components
  runnel plugin build plugins/github/* --out /usr/local/lib/runnel/plugins
      several at once, to where an installed runnel finds them

It compiles with the wasm32-unknown-unknown target of the toolchain in use, or with
Debian's rustc-web and the sources of its standard library, whichever is there.";

/// What can be done with plugins.
#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// What is installed
    List(ListArguments),
    /// What a component declares: entity, tables, fields it reads, digest, imports
    Inspect(InspectArguments),
    /// Compile crates, make components of them, and check them
    Build(BuildArguments),
    /// Make a transform's crate that builds and passes its test at once
    New(NewArguments),
    /// Map golden records, in the sandbox of a sync, and compare what comes
    Test(TestArguments),
    /// Build and test a crate at every save, and activate it if you like
    Watch(WatchArguments),
    /// Push a component to a registry (OCI), for others to pull
    Push(PushArguments),
    /// Pull a component from a registry (OCI) into a file
    Pull(PullArguments),
    #[command(flatten)]
    Versions(VersionCommand),
}

/// Which plugins to list.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// The folder of the plugins [default: RUNNEL_PLUGINS, or found beside this program]
    #[arg(long, value_name = "DIR")]
    pub(crate) plugins: Option<PathBuf>,
    /// List what is installed in this database, too
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which component to look at.
#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// The component: a .wasm file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which crates to build.
#[derive(Debug, Args)]
#[command(after_help = BUILD_EXAMPLES)]
pub(crate) struct BuildArguments {
    /// The folders of the crates
    #[arg(value_name = "DIR", required = true)]
    pub(crate) crates: Vec<PathBuf>,
    /// Where the components go [default: plugins/components in the crate's target folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}
