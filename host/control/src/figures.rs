//! What versions of plugins did, and when the last tasks ended, is told to the database
//! by whoever had them work.

use std::time::Duration;

use runnel_pipeline::Context;
use runnel_store::REPORT;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How long the last figures may take: a database that is away holds up no stop.
const LAST: Duration = Duration::from_secs(2);

/// Tells again and again what was done, and once more when the work is over. Dropped, it
/// does the same, and nobody waits for it.
pub(crate) struct Telling {
    over: DropGuard,
    task: JoinHandle<()>,
}

impl Telling {
    /// Starts.
    pub(crate) fn start(context: Context) -> Self {
        let over = CancellationToken::new();
        let task = tokio::spawn(keep_telling(context, over.clone()));
        Self {
            over: over.drop_guard(),
            task,
        }
    }

    /// Tells what has not been told yet. The workers have ended by then: what they do
    /// afterwards is in no figure.
    pub(crate) async fn finish(self) {
        let Self { over, mut task } = self;
        drop(over);
        if tokio::time::timeout(LAST, &mut task).await.is_err() {
            task.abort();
            tracing::debug!("what plugins did at last was not added up in {LAST:?}");
        }
    }
}

async fn keep_telling(context: Context, over: CancellationToken) {
    let mut interval = tokio::time::interval(REPORT);
    while over.run_until_cancelled(interval.tick()).await.is_some() {
        tell(&context).await;
    }
    tell(&context).await;
}

/// Tells what has been done since the last time. No work is given up for it.
async fn tell(context: &Context) {
    let figures = context.measured.take();
    if let Err(error) = context.store.add_figures(&figures).await {
        tracing::debug!(%error, "what plugins did is added up the next time");
        context.measured.keep(figures);
    }
    let ends = context.tally.take_ends();
    if let Err(error) = context.store.note_ends(&ends).await {
        tracing::debug!(%error, "when tasks ended is told the next time");
        context.tally.keep_ends(ends);
    }
}
