//! The log: on standard error, as much as `RUST_LOG` asks for.

use anyhow::{Context, anyhow};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::{environment::Environment, failure::Failure};

/// What is logged unless `RUST_LOG` says otherwise.
const DEFAULT: &str = "warn";

/// Starts the log.
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
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(false)
        .try_init()
        .map_err(|error| anyhow!(error))
        .context("the log cannot be started")?;
    Ok(())
}
