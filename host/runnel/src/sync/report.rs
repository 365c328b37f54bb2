//! What a sync came to, however it ended.

use std::{process::ExitCode, time::Duration};

use runnel_control::{ControlError, StreamSummary, Summary};
use runnel_store::{DatabaseUrl, Run};

use crate::{signals::Stop, summary::Report, words::counted};

/// How a sync ended.
pub(super) enum Ended {
    /// By itself.
    Done(Summary),
    /// Something stopped all of it.
    Failed(ControlError),
    /// Somebody stopped it.
    Stopped(Stop),
}

impl Ended {
    /// The exit status.
    pub(super) fn status(&self) -> ExitCode {
        match self {
            Self::Done(summary)
                if summary.succeeded
                    && summary.problems.is_empty()
                    && dead(&summary.streams).next().is_none() =>
            {
                ExitCode::SUCCESS
            }
            Self::Done(_) | Self::Failed(_) => ExitCode::FAILURE,
            Self::Stopped(stop) => stop.status(),
        }
    }

    /// What is to be printed. A sync that did not end by itself is reported by
    /// where its runs were seen last.
    pub(super) fn report(
        self,
        seen: Vec<Run>,
        database: &DatabaseUrl,
        elapsed: Duration,
    ) -> Report {
        let cut_short = |problem: String| Report {
            streams: seen.into_iter().map(stream).collect(),
            skipped: Vec::new(),
            problems: vec![problem],
            elapsed,
            database: database.clone(),
        };
        match self {
            Self::Done(summary) => Report {
                problems: summary
                    .problems
                    .into_iter()
                    .chain(dead(&summary.streams))
                    .collect(),
                streams: summary.streams,
                skipped: summary.skipped,
                elapsed: summary.elapsed,
                database: database.clone(),
            },
            Self::Failed(error) => cut_short(error.to_string()),
            Self::Stopped(_) => {
                cut_short("stopped; run the same command again to go on".to_owned())
            }
        }
    }
}

/// What was read and could not be mapped or loaded.
fn dead(streams: &[StreamSummary]) -> impl Iterator<Item = String> {
    let some = streams.iter().filter(|stream| stream.counters.dead > 0);
    some.map(|stream| {
        format!(
            "{}: {} could not be mapped; the table dead_letters says why and keeps the raw data's id, and the rest is loaded",
            stream.name,
            counted(stream.counters.dead, "record")
        )
    })
}

fn stream(run: Run) -> StreamSummary {
    StreamSummary {
        name: run.stream,
        tables: Vec::new(),
        counters: run.counters,
    }
}
