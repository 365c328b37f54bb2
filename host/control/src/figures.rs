//! What versions of plugins did is told to the database by whoever had them work.

use runnel_pipeline::{Context, PipelineError};
use runnel_store::REPORT;

/// Tells what has been done since the last time. No work is given up for it.
pub(crate) async fn tell(context: &Context) {
    if let Err(error) = context.store.add_figures(&context.measured.take()).await {
        tracing::debug!(%error, "what plugins did was not added up");
    }
}

/// Tells again and again, until the work stops.
pub(crate) async fn keep_telling(context: Context) -> Result<(), PipelineError> {
    let mut interval = tokio::time::interval(REPORT);
    let stop = context.stop.clone();
    while stop.run_until_cancelled(interval.tick()).await.is_some() {
        tell(&context).await;
    }
    Ok(())
}
