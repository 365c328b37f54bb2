//! What is measured of the work.
//!
//! Metrics, named and described by the conventions of Prometheus
//! (<https://prometheus.io/docs/practices/naming/>): where no exporter is installed,
//! nothing is counted. And what each version of a plugin did, for the database, since
//! no one process knows all of it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use runnel_model::{Name, Outcome, PluginVersion, Queue};
use runnel_sandbox::{Batch, BoundTransform};
use runnel_store::{Figure, StoreError};

use crate::PipelineError;

const TASKS: &str = "runnel_tasks_total";
const TASK_DURATION: &str = "runnel_task_duration_seconds";
const REQUESTS: &str = "runnel_requests_total";
const REQUEST_DURATION: &str = "runnel_request_duration_seconds";
const PLUGIN_RECORDS: &str = "runnel_plugin_records_total";
const PLUGIN_DURATION: &str = "runnel_plugin_batch_duration_seconds";
const PLUGIN_MEMORY: &str = "runnel_plugin_memory_peak_bytes";

/// Says what the metrics of this crate are.
pub fn describe() {
    describe_counter!(
        TASKS,
        "Tasks that a worker of this process had, by what became of them: done, failed, postponed, lost."
    );
    describe_histogram!(
        TASK_DURATION,
        Unit::Seconds,
        "The time that tasks took, those that were handled together for all of them."
    );
    describe_counter!(
        REQUESTS,
        "Requests to services, by source and by the answer: 2xx, 3xx, 4xx, 5xx, none."
    );
    describe_histogram!(
        REQUEST_DURATION,
        Unit::Seconds,
        "The time that services took to answer, body included."
    );
    describe_counter!(
        PLUGIN_RECORDS,
        "Records that a version of a transform was given, by the outcome: mapped, rejected, trapped."
    );
    describe_histogram!(
        PLUGIN_DURATION,
        Unit::Seconds,
        "The time that a version of a transform took for a batch."
    );
    describe_gauge!(
        PLUGIN_MEMORY,
        Unit::Bytes,
        "The most memory that an instance of a version of a transform had in its last batch."
    );
}

/// A task ended, in whichever way.
pub(crate) fn task(queue: &Queue, result: &Result<(), PipelineError>, took: Duration) {
    let outcome = match result {
        Ok(()) => "done",
        Err(PipelineError::Store(StoreError::LeaseLost)) => "lost",
        Err(PipelineError::Later { .. }) => "postponed",
        Err(_) => "failed",
    };
    counter!(TASKS, "queue" => queue.to_string(), "outcome" => outcome).increment(1);
    histogram!(TASK_DURATION, "queue" => queue.to_string()).record(took);
}

/// A request of a source was answered with this status, or not at all. Not by the service's
/// host: its name may be a tenant's.
pub(crate) fn request(source: &Name, status: Option<u16>, took: Duration) {
    let answer = match status {
        None => "none",
        Some(200..300) => "2xx",
        Some(300..400) => "3xx",
        Some(400..500) => "4xx",
        Some(_) => "5xx",
    };
    counter!(REQUESTS, "source" => source.to_string(), "answer" => answer).increment(1);
    histogram!(REQUEST_DURATION, "source" => source.to_string()).record(took);
}

/// What versions of plugins did in this process and has not been reported yet.
#[derive(Debug, Default)]
pub struct Measured(Mutex<BTreeMap<String, Figure>>);

impl Measured {
    /// Adds what came of a batch.
    pub(crate) fn add(&self, figure: Figure) {
        show(&figure);
        self.keep([figure]);
    }

    /// Takes back what could not be reported: it is reported the next time.
    pub fn keep(&self, taken: impl IntoIterator<Item = Figure>) {
        let mut figures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for figure in taken {
            match figures.get_mut(&figure.digest) {
                Some(sum) => sum.add(&figure),
                None => {
                    figures.insert(figure.digest.clone(), figure);
                }
            }
        }
    }

    /// What was added since it was last asked for.
    pub fn take(&self) -> Vec<Figure> {
        let mut figures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *figures).into_values().collect()
    }
}

/// What a transform did with a batch; none of one that has no name yet.
pub(crate) fn figure(transform: &BoundTransform, batch: &Batch) -> Option<Figure> {
    let plugin = transform.plugin();
    let (mut rejected, mut trapped) = (0, 0);
    for outcome in &batch.outcomes {
        match outcome {
            Ok(Outcome::Reject(_)) => rejected += 1,
            Ok(_) => {}
            Err(_) => trapped += 1,
        }
    }
    Some(Figure {
        version: PluginVersion {
            plugin: Name::new(plugin.name.clone()).ok()?,
            version: plugin.version.clone(),
        },
        digest: plugin.digest.to_string(),
        records: batch.outcomes.len() as u64,
        rejected,
        trapped,
        spent: batch.spent,
        memory: batch.memory as u64,
    })
}

fn show(figure: &Figure) {
    let PluginVersion { plugin, version } = &figure.version;
    let labels = [("plugin", plugin.to_string()), ("version", version.clone())];
    let mapped = figure.records - figure.rejected - figure.trapped;
    for (outcome, records) in [
        ("mapped", mapped),
        ("rejected", figure.rejected),
        ("trapped", figure.trapped),
    ] {
        let of = [&labels[..], &[("outcome", outcome.to_owned())]].concat();
        counter!(PLUGIN_RECORDS, &of).increment(records);
    }
    histogram!(PLUGIN_DURATION, &labels).record(figure.spent);
    #[expect(clippy::cast_precision_loss, reason = "no instance has so much memory")]
    gauge!(PLUGIN_MEMORY, &labels).set(figure.memory as f64);
}
