//! What a sync did.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use runnel_model::{Name, RunId};
use runnel_store::{Counters, RunState, Skipped, Store};

use crate::ControlError;

/// What a sync did, over all the runs that it began or went on with.
#[derive(Debug)]
pub struct Summary {
    /// In the order of the source's streams.
    pub streams: Vec<StreamSummary>,
    /// What was left out, and why: no failure.
    pub skipped: Vec<Skipped>,
    /// What could not be read or loaded, and what to do.
    pub problems: Vec<String>,
    /// Whether every run succeeded.
    pub succeeded: bool,
    /// How long this process took.
    pub elapsed: Duration,
}

/// What became of a stream.
#[derive(Debug)]
pub struct StreamSummary {
    /// The stream.
    pub name: Name,
    /// The tables that it fills.
    pub tables: Vec<Name>,
    /// What its run did.
    pub counters: Counters,
}

pub(super) async fn summarize(
    store: &Arc<dyn Store>,
    runs: &[RunId],
    tables: &BTreeMap<Name, Vec<Name>>,
    started: Instant,
) -> Result<Summary, ControlError> {
    let (skipped, problems) = store.findings(runs).await?;
    let runs = store.runs(runs).await?;
    Ok(Summary {
        succeeded: runs.iter().all(|run| run.state == RunState::Succeeded),
        streams: runs
            .into_iter()
            .map(|run| StreamSummary {
                tables: tables.get(&run.stream).cloned().unwrap_or_default(),
                name: run.stream,
                counters: run.counters,
            })
            .collect(),
        skipped,
        problems,
        elapsed: started.elapsed(),
    })
}
