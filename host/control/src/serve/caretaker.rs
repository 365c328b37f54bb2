//! What has to be done from time to time, by whichever process comes to it.

use std::{sync::Arc, time::Duration};

use runnel_pipeline::Context;
use runnel_store::{REPORT, Rescue, Store, WorkerId};
use tokio_util::sync::CancellationToken;

use crate::ControlError;

/// Queues the tasks again whose workers are gone.
pub(super) async fn rescue(
    store: Arc<dyn Store>,
    lease: Duration,
    stop: CancellationToken,
) -> Result<(), ControlError> {
    let mut interval = tokio::time::interval(lease / 6);
    while stop.run_until_cancelled(interval.tick()).await.is_some() {
        match store.rescue(Rescue::Expired).await {
            Ok(0) => (),
            Ok(rescued) => tracing::warn!(rescued, "tasks were taken from workers that are gone"),
            Err(error) => tracing::debug!(%error, "nothing was rescued"),
        }
    }
    Ok(())
}

/// Says what this process has done.
pub(super) async fn report(
    store: Arc<dyn Store>,
    worker: WorkerId,
    work: Context,
    stop: CancellationToken,
) -> Result<(), ControlError> {
    let mut interval = tokio::time::interval(REPORT);
    while stop.run_until_cancelled(interval.tick()).await.is_some() {
        if let Err(error) = store.report(&worker, &work.tally.counts()).await {
            tracing::debug!(%error, "nothing was reported");
        }
    }
    Ok(())
}
