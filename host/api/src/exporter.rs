//! What this process measures, in the text that Prometheus reads
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>).

use std::{sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use runnel_control::ControlError;
use tokio_util::sync::CancellationToken;

/// Seconds: from what a batch takes to what a slow service does.
const BUCKETS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 300.0,
];
/// What was measured is sorted into buckets so often, so that it does not pile up
/// where nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);

/// A process has one, however many hosts run in it.
static EXPORTER: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();

/// What was measured so far.
#[derive(Clone)]
pub(crate) struct Exporter(PrometheusHandle);

impl Exporter {
    /// Begins to measure.
    ///
    /// # Errors
    /// Where something else of the process measures already.
    pub(crate) fn start() -> Result<Self, ControlError> {
        match EXPORTER.get_or_init(install) {
            Ok(handle) => Ok(Self(handle.clone())),
            Err(error) => Err(ControlError::Host(format!("metrics: {error}"))),
        }
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        self.0.render()
    }

    /// Keeps what is measured small, until `stop` is cancelled.
    pub(crate) async fn keep(self, stop: CancellationToken) {
        let mut interval = tokio::time::interval(UPKEEP);
        while stop.run_until_cancelled(interval.tick()).await.is_some() {
            self.0.run_upkeep();
        }
    }
}

fn install() -> Result<PrometheusHandle, String> {
    let durations = Matcher::Suffix("_duration_seconds".to_owned());
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(durations, &BUCKETS)
        .map_err(|error| error.to_string())?;
    let handle = builder.install_recorder();
    let handle = handle.map_err(|error| error.to_string())?;
    runnel_control::describe_metrics();
    crate::routes::metrics::describe();
    Ok(handle)
}
