//! One JSON object. Its keys are a promise: other programs read them.

use anyhow::Context;
use runnel_control::StreamSummary;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::Report;

#[derive(Serialize)]
struct Summary<'a> {
    #[serde(serialize_with = "by_name")]
    streams: &'a [StreamSummary],
    requests: u64,
    bytes: u64,
    retries: u64,
    elapsed_seconds: f64,
    skipped: Vec<Skipped<'a>>,
    problems: &'a [String],
    replaced_nuls: u64,
    database: String,
}

#[derive(Serialize)]
struct Stream {
    extracted: u64,
    transformed: u64,
    loaded: u64,
    unchanged: u64,
    dead: u64,
}

#[derive(Serialize)]
struct Skipped<'a> {
    repository: &'a str,
    reason: &'a str,
}

/// The report as a JSON object.
pub(crate) fn json(report: &Report) -> anyhow::Result<String> {
    let skipped = report.skipped.iter();
    let summary = Summary {
        streams: &report.streams,
        requests: report.total(|counters| counters.requests),
        bytes: report.total(|counters| counters.bytes),
        retries: report.total(|counters| counters.retries),
        elapsed_seconds: report.elapsed.as_secs_f64(),
        skipped: skipped
            .map(|entry| Skipped {
                repository: &entry.what,
                reason: &entry.reason,
            })
            .collect(),
        problems: &report.problems,
        replaced_nuls: report.total(|counters| counters.replaced_nuls),
        database: report.database.to_string(),
    };
    serde_json::to_string_pretty(&summary).context("the summary cannot be written as JSON")
}

/// An object with a key a stream, in the order of the streams.
fn by_name<S: Serializer>(streams: &&[StreamSummary], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(streams.len()))?;
    for StreamSummary { name, counters, .. } in *streams {
        let stream = Stream {
            extracted: counters.extracted,
            transformed: counters.transformed,
            loaded: counters.loaded,
            unchanged: counters.unchanged,
            dead: counters.dead,
        };
        map.serialize_entry(&**name, &stream)?;
    }
    map.end()
}

#[cfg(test)]
mod tests {
    use super::json;
    use crate::summary::test_report::report;
    use serde_json::{Value, json};

    #[test]
    fn the_keys_are_those_that_other_programs_read() {
        let summary: Value = serde_json::from_str(&json(&report()).unwrap()).unwrap();
        let stream = json!({"extracted": 1234, "transformed": 1233, "loaded": 1000, "unchanged": 233, "dead": 1});
        let expected = json!({
            "streams": {"github_prs": stream},
            "requests": 30,
            "bytes": 2048,
            "retries": 1,
            "elapsed_seconds": 1.5,
            "skipped": [{"repository": "acme/gone", "reason": "HTTP 404"}],
            "problems": [],
            "replaced_nuls": 2,
            "database": "sqlite:runnel.db",
        });
        assert_eq!(summary, expected);
    }
}
