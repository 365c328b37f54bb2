//! What is measured of the scheduler, named and described by the conventions of
//! Prometheus (<https://prometheus.io/docs/practices/naming/>).

use std::time::{SystemTime, UNIX_EPOCH};

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

const TICKS: &str = "runnel_scheduler_ticks_total";
const TICKED: &str = "runnel_scheduler_last_tick_timestamp_seconds";
const STARTED: &str = "runnel_scheduler_runs_started_total";

/// Says what the metrics of the service are: its own, and those of its parts.
pub fn describe_metrics() {
    runnel_pipeline::describe_metrics();
    runnel_broker::describe_metrics();
    describe_counter!(
        TICKS,
        "Ticks of the scheduler of this process, by result: done, failed."
    );
    describe_gauge!(
        TICKED,
        Unit::Seconds,
        "When the scheduler of this process last looked at the jobs and could."
    );
    describe_counter!(STARTED, "Runs that the scheduler of this process started.");
}

/// The scheduler has looked at the jobs, and started so many runs.
pub(super) fn ticked(started: usize) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    gauge!(TICKED).set(now.unwrap_or_default().as_secs_f64());
    counter!(TICKS, "result" => "done").increment(1);
    counter!(STARTED).increment(started as u64);
}

/// The scheduler could not look at the jobs.
pub(super) fn failed() {
    counter!(TICKS, "result" => "failed").increment(1);
}
