//! Pages of several tasks go into one transaction: each is still atomic, and a
//! page that comes while the last ones are written costs no transaction of its
//! own.

use runnel_model::Queue;
use runnel_store::{PageCommit, StoreError};
use tokio::sync::{mpsc, oneshot};

use crate::{Context, PipelineError, Signal};

/// The most pages in one transaction. What waits is bounded by the worker's
/// slots, since each task waits for its page.
const PAGES: usize = 64;

type Waiting = (PageCommit, oneshot::Sender<Result<(), StoreError>>);

pub(super) struct Committer(mpsc::Sender<Waiting>);

impl Committer {
    pub(super) fn start(context: Context) -> Self {
        let (sender, receiver) = mpsc::channel(PAGES);
        tokio::spawn(commit_all(context, receiver));
        Self(sender)
    }

    /// Commits a page, together with whichever others are ready.
    pub(super) async fn commit(&self, page: PageCommit) -> Result<(), PipelineError> {
        let (done, committed) = oneshot::channel();
        let stopped = || PipelineError::Host("the committer of pages has stopped".to_owned());
        self.0.send((page, done)).await.map_err(|_| stopped())?;
        Ok(committed.await.map_err(|_| stopped())??)
    }
}

/// Ends when the last sender is gone.
async fn commit_all(context: Context, mut receiver: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::with_capacity(PAGES);
    while receiver.recv_many(&mut waiting, PAGES).await > 0 {
        let (pages, done): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
        let ring = bells(&pages);
        let result = context.store.commit_pages(pages).await;
        if let Ok(lost @ 1..) = result {
            tracing::warn!(lost, "pages were left out: their leases are lost");
        }
        for done in done {
            // Whoever waits for a page may have been stopped meanwhile.
            let _ = done.send(result.clone().map(drop));
        }
        ring.iter().for_each(|queue| context.broker.ring(queue));
        (context.observer)(Signal::Progress);
    }
}

/// Which queues have work after these pages.
fn bells(pages: &[PageCommit]) -> Vec<Queue> {
    let mut bells = Vec::new();
    if pages.iter().any(|page| !page.requests.is_empty()) {
        bells.push(Queue::Extract);
    }
    for page in pages.iter().filter(|page| !page.records.is_empty()) {
        let queue = Queue::Transform(page.source.clone());
        if !bells.contains(&queue) {
            bells.push(queue);
        }
    }
    bells
}
