//! The words of `runnel plugin new`, `test` and `watch`: an author's loop.

use std::path::PathBuf;

use clap::Args;
use runnel_model::Name;

use super::name;

const NEW_EXAMPLES: &str = "\
Examples:
  runnel plugin new github_issues --source github
      a crate in the folder github_issues, which maps the stream github_issues of GitHub
  runnel plugin new github_issues --source github --dir plugins/github/issues
      the same in another folder";

const TEST_EXAMPLES: &str = "\
Examples:
  runnel plugin test github_issues.wasm --records cases.jsonl
      says of each record what came otherwise than expected, and exits with 1
  runnel plugin test github_issues.wasm --records cases.jsonl --update
      writes what came into the file

A line of the file is a JSON object: payload (a record as the service gave it), context
(what the source adds), config, outcome (what is expected), and a name if you like.";

const WATCH_EXAMPLES: &str = "\
Examples:
  runnel plugin watch github_issues
      builds, and tests with github_issues/cases.jsonl, until Ctrl-C
  runnel plugin watch github_issues --once
      does it once, and exits with 1 if something is wrong
  runnel plugin watch github_issues --database sqlite:runnel.db
      installs it with --dev and activates it, too, once its test has passed";

/// What the new plugin is.
#[derive(Debug, Args)]
#[command(after_help = NEW_EXAMPLES)]
pub(crate) struct NewArguments {
    /// The plugin's name: the stream whose records it maps
    #[arg(value_name = "NAME", value_parser = name)]
    pub(crate) name: Name,
    /// The source that has this stream
    #[arg(long, value_name = "S", value_parser = name)]
    pub(crate) source: Name,
    /// Where the crate goes; nothing may be there yet [default: NAME]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// The folder of runnel-sdk [default: plugins/sdk of the checkout around DIR or this program]
    #[arg(long, value_name = "PATH")]
    pub(crate) sdk: Option<PathBuf>,
}

/// What to test, with what.
#[derive(Debug, Args)]
#[command(after_help = TEST_EXAMPLES)]
pub(crate) struct TestArguments {
    /// The component: a transform's .wasm file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The golden records, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) records: PathBuf,
    /// Write the outcomes that came into the file of the records
    #[arg(long)]
    pub(crate) update: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What to watch.
#[derive(Debug, Args)]
#[command(after_help = WATCH_EXAMPLES)]
pub(crate) struct WatchArguments {
    /// The folder of the crate
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The golden records [default: cases.jsonl in DIR, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) records: Option<PathBuf>,
    /// Where the component goes [default: plugins/components in the crate's target folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Install it as a plugin in development in this database, and activate it, at every
    /// save that passes its test; without it nothing is activated
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Activate it for this tenant alone
    #[arg(long, value_name = "NAME", requires = "database")]
    pub(crate) tenant: Option<String>,
    /// Build and test once, and do not wait for a save
    #[arg(long)]
    pub(crate) once: bool,
}
