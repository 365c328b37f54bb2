//! The log: on standard error, as much as `RUST_LOG` or the settings ask for. And the
//! traces, to a collector, if one is named.

use anyhow::{Context, anyhow};
use runnel_traces::{Collector, Exporter, TARGET};
use tokio::runtime::Handle;
use tracing_subscriber::{
    EnvFilter, Layer, filter::Directive, fmt::MakeWriter, layer::SubscriberExt, registry,
    util::SubscriberInitExt,
};

use crate::{
    environment::Environment,
    failure::Failure,
    settings::{self, Log, LogFormat, Traces},
};

/// What is logged unless `RUST_LOG` says otherwise.
const DEFAULT: &str = "warn";

/// What is sent when the command is done.
pub(crate) struct Sending(Option<Exporter>);

impl Sending {
    /// Sends the last traces. Blocks for some seconds where nobody takes them, so not
    /// to be called by a task; the runtime has to be there still.
    pub(crate) fn finish(self) {
        if let Some(exporter) = self.0 {
            exporter.stop();
        }
    }
}

/// Starts the log of a command.
pub(crate) fn start<W>(environment: &Environment, writer: W) -> Result<(), Failure>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    begin(filter(environment)?, LogFormat::Text, writer, None)?;
    Ok(())
}

/// Starts the log of a command that does what is worth a trace.
pub(crate) fn start_traced<W>(
    environment: &Environment,
    writer: W,
    runtime: &Handle,
) -> Result<Sending, Failure>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let traces = settings::traces(environment)?;
    let traces = collector(&traces).map(|to| (to, runtime));
    begin(filter(environment)?, LogFormat::Text, writer, traces)
}

/// Starts the log of the service.
pub(crate) fn start_service<W>(
    (log, traces): (&Log, &Traces),
    writer: W,
    runtime: &Handle,
) -> Result<Sending, Failure>
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
    let traces = collector(traces).map(|to| (to, runtime));
    begin(filter, log.format, writer, traces)
}

fn filter(environment: &Environment) -> Result<EnvFilter, Failure> {
    let asked = environment.get("RUST_LOG");
    let asked = asked
        .as_ref()
        .map_or(Some(DEFAULT), |text| text.to_str())
        .unwrap_or_default();
    EnvFilter::try_new(asked)
        .map_err(|error| Failure::Usage(format!("the variable RUST_LOG is no filter: {error}")))
}

fn collector(traces: &Traces) -> Option<Collector> {
    let endpoint = traces.endpoint.0.clone()?;
    Some(Collector {
        endpoint,
        one_in: traces.one_in,
    })
}

fn begin<W>(
    filter: EnvFilter,
    format: LogFormat,
    writer: W,
    traces: Option<(Collector, &Handle)>,
) -> Result<Sending, Failure>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let (layer, exporter) = traces
        .map(|(to, runtime)| runnel_traces::layer(&to, runtime.clone()))
        .transpose()
        .map_err(anyhow::Error::from)?
        .unzip();
    let log = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(false);
    let log = match format {
        LogFormat::Text => log.boxed(),
        LogFormat::Json => log.json().flatten_event(true).boxed(),
    };
    registry()
        .with(log.with_filter(filter.add_directive(no_traces()?)))
        .with(layer)
        .try_init()
        .map_err(|error| anyhow!(error))
        .context("the log cannot be started")?;
    Ok(Sending(exporter))
}

/// The spans of traces say the same as those of the log, at more length.
fn no_traces() -> Result<Directive, Failure> {
    let directive = format!("{TARGET}=off").parse();
    Ok(directive.context("the log cannot leave traces out")?)
}
