//! The scheduler: starts the jobs that are due. Any number of hosts may run one.

use std::{sync::Arc, time::Duration};

use runnel_store::{Store, TickSettings};
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
    stop: CancellationToken,
) -> Result<(), ControlError> {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(interval.tick()).await.is_some() {
        match store.tick(&settings).await {
            Ok(tick) => {
                measure::ticked(tick.started.len());
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
