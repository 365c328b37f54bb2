//! The scheduler: starts the jobs that are due. Any number of hosts may run one.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use runnel_store::{REPORT, ServicePart, Store, TickSettings, WorkerId};
use tokio_util::sync::CancellationToken;

use super::measure;
use crate::ControlError;

/// How often jobs are looked at.
const TICK: Duration = Duration::from_secs(1);
/// The most jobs that one tick looks at: a bound for its transaction. Those that
/// were looked at longest ago come first.
pub(super) const LOOKED_AT: u32 = 500;

pub(super) async fn run(
    store: Arc<dyn Store>,
    settings: TickSettings,
    process: WorkerId,
    stop: CancellationToken,
) -> Result<(), ControlError> {
    let mut told: Option<Instant> = None;
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(interval.tick()).await.is_some() {
        match store.tick(&settings).await {
            Ok(tick) => {
                measure::ticked(tick.started.len());
                if told.is_none_or(|told| told.elapsed() >= REPORT) {
                    told = Some(Instant::now());
                    beat(&*store, &process).await;
                }
                for (run, job) in tick.started {
                    tracing::info!(run = run.0, job, "run started");
                }
            }
            Err(error) => {
                measure::failed();
                tracing::warn!(%error, "the scheduler goes on in a moment");
            }
        }
    }
    Ok(())
}

/// Says that jobs are looked at. Where that fails, the next one will do.
async fn beat(store: &dyn Store, process: &WorkerId) {
    if let Err(error) = store.beat(process, ServicePart::Scheduler).await {
        tracing::debug!(%error, "the scheduler did not say that it is alive");
    }
}
