//! What a sync came to, for people and for programs.

mod json;
mod next;
mod text;

use std::time::Duration;

use runnel_control::StreamSummary;
use runnel_store::{Counters, DatabaseUrl, Skipped};

pub(crate) use json::json;
pub(crate) use text::text;

/// What is printed at the end.
#[derive(Debug)]
pub(crate) struct Report {
    /// What became of each stream.
    pub(crate) streams: Vec<StreamSummary>,
    /// What was left out, and why: no failure.
    pub(crate) skipped: Vec<Skipped>,
    /// What could not be read or loaded.
    pub(crate) problems: Vec<String>,
    /// How long it took.
    pub(crate) elapsed: Duration,
    /// Where the tables are.
    pub(crate) database: DatabaseUrl,
}

impl Report {
    /// A counter's sum over all streams.
    fn total(&self, counter: impl Fn(&Counters) -> u64) -> u64 {
        self.streams
            .iter()
            .map(|stream| counter(&stream.counters))
            .sum()
    }
}

#[cfg(test)]
mod test_report {
    use super::Report;
    use runnel_control::StreamSummary;
    use runnel_model::Name;
    use runnel_store::{Counters, DatabaseUrl, Skipped};
    use std::time::Duration;

    /// A report of one stream.
    pub(super) fn report() -> Report {
        let counters = Counters {
            requests: 30,
            bytes: 2_048,
            retries: 1,
            extracted: 1_234,
            transformed: 1_233,
            loaded: 1_000,
            unchanged: 233,
            dead: 1,
            replaced_nuls: 2,
            open_tasks: 0,
        };
        let name = |text| Name::new(text).unwrap();
        Report {
            streams: vec![StreamSummary {
                name: name("github_prs"),
                tables: vec![name("prs")],
                counters,
            }],
            skipped: vec![Skipped {
                what: "acme/gone".to_owned(),
                reason: "HTTP 404".to_owned(),
            }],
            problems: Vec::new(),
            elapsed: Duration::from_millis(1_500),
            database: DatabaseUrl::Sqlite("runnel.db".into()),
        }
    }
}
