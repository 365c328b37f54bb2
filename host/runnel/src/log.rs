//! The log: on standard error, as much as `RUST_LOG` or the settings ask for.

use anyhow::{Context, anyhow};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::{
    environment::Environment,
    failure::Failure,
    settings::{Log, LogFormat},
};

/// What is logged unless `RUST_LOG` says otherwise.
const DEFAULT: &str = "warn";

/// Starts the log of a command.
pub(crate) fn start<W>(environment: &Environment, writer: W) -> Result<(), Failure>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let asked = environment.get("RUST_LOG");
    let asked = asked
        .as_ref()
        .map_or(Some(DEFAULT), |text| text.to_str())
        .unwrap_or_default();
    let filter = EnvFilter::try_new(asked)
        .map_err(|error| Failure::Usage(format!("the variable RUST_LOG is no filter: {error}")))?;
    begin(filter, LogFormat::Text, writer)
}

/// Starts the log of the service.
pub(crate) fn start_service<W>(log: &Log, writer: W) -> Result<(), Failure>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let mut filter = log.filter.to_string();
    if !filter.contains("lapin") {
        // It calls each outage an error, again and again; ours is told once, at its
        // beginning and at its end.
        filter.push_str(",lapin=off");
    }
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| Failure::Usage(format!("log.filter is no filter: {error}")))?;
    begin(filter, log.format, writer)
}

fn begin<W>(filter: EnvFilter, format: LogFormat, writer: W) -> Result<(), Failure>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(false);
    let started = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    started
        .map_err(|error| anyhow!(error))
        .context("the log cannot be started")?;
    Ok(())
}
