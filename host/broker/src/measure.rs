//! What is measured of the relay, named and described by the conventions of
//! Prometheus (<https://prometheus.io/docs/practices/naming/>).

use std::time::{SystemTime, UNIX_EPOCH};

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

const MESSAGES: &str = "runnel_relay_messages_total";
const LOOKED: &str = "runnel_relay_last_look_timestamp_seconds";

/// Says what the metrics of this crate are.
pub fn describe() {
    describe_counter!(
        MESSAGES,
        "Messages that the relay of this process sent, by what became of them: confirmed, not_taken."
    );
    describe_gauge!(
        LOOKED,
        Unit::Seconds,
        "When the relay of this process last looked for tasks that the broker has to be told of."
    );
}

/// The relay has looked for tasks.
pub(crate) fn looked() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    gauge!(LOOKED).set(now.unwrap_or_default().as_secs_f64());
}

/// The relay has told the broker of so many tasks, of which some were not taken.
pub(crate) fn told(messages: usize, not_taken: usize) {
    let confirmed = messages.saturating_sub(not_taken);
    for (outcome, messages) in [("confirmed", confirmed), ("not_taken", not_taken)] {
        counter!(MESSAGES, "outcome" => outcome).increment(messages as u64);
    }
}
