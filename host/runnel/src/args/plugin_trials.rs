//! The words of `runnel plugin activate --shadow` and `--canary`, `trials` and `trial`.

use clap::{ArgGroup, Args};
use runnel_model::Name;

use super::{StoreArguments, name};

/// How a version is tried before it does all the work.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("trial").args(["shadow", "canary"]))]
pub(crate) struct TryArguments {
    /// Try a transform: map the same records with it, compare, and throw away
    #[arg(long)]
    pub(crate) shadow: bool,
    /// Try a transform: let it do the work for so many of 100 records, always the same
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) canary: Option<u8>,
    /// Break the trial off when it cannot map more than so many of 100 records that the
    /// active version maps [default: 1]
    #[arg(long, value_name = "PERCENT", value_parser = percentage, requires = "trial")]
    pub(crate) max_errors: Option<f64>,
    /// Break the trial off when more than so many of 100 records come out differently
    /// [default: no matter how many]
    #[arg(long, value_name = "PERCENT", value_parser = percentage, requires = "trial")]
    pub(crate) max_differences: Option<f64>,
}

/// Which trials to list.
#[derive(Debug, Args)]
pub(crate) struct TrialsArguments {
    /// The plugin [default: all]
    #[arg(value_name = "NAME", value_parser = name)]
    pub(crate) plugin: Option<Name>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// Which trial to show.
#[derive(Debug, Args)]
pub(crate) struct TrialArguments {
    /// Its number, as `runnel plugin trials` shows it
    #[arg(value_name = "ID")]
    pub(crate) id: i64,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

fn percentage(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("a percentage is a number from 0 to 100, such as 0.5".to_owned()),
    }
}
