//! How everything flows: asked once for all who watch, every two seconds (or seldomer,
//! where that takes long), and not at all while nobody does.
//!
//! Each reader has a channel of a few places. One whose channel is full does not keep
//! up and is dropped: its stream ends, and its connection as soon as it has not taken
//! what was written for a while (`patient.rs`).

mod changes;
mod flow;
mod rates;
mod shares;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use runnel_store::{
    Alive, LetterShare, Micros, QueueShare, RunTraffic, SourceShare, Store, StoreError, Trial,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::shared::Shared;
use changes::Feed;
pub(crate) use changes::Versions;
pub(crate) use flow::Flow;
use rates::Rates;
pub(crate) use shares::{queues_of, stuck_since};

/// How often the store is asked.
const EVERY: Duration = Duration::from_secs(2);
/// For how long a look is good for whoever asks.
const FRESH: Duration = Duration::from_secs(1);
/// How many events a reader may be behind.
const BEHIND: usize = 4;
/// The most readers.
const READERS: usize = 256;

/// What was seen at one moment: of all tenants.
pub(crate) struct Seen {
    pub(super) at: Micros,
    pub(crate) queues: Vec<QueueShare>,
    pub(super) sources: Vec<SourceShare>,
    pub(super) traffic: Vec<RunTraffic>,
    pub(super) letters: Vec<LetterShare>,
    pub(super) trials: Vec<Trial>,
    pub(super) alive: Alive,
    pub(super) rates: Rates,
    pub(super) versions: Versions,
}

/// What readers are told.
pub(crate) type Told = Arc<Seen>;

/// Who watches, and what was seen.
#[derive(Clone)]
pub(crate) struct Watch {
    store: Arc<dyn Store>,
    readers: Arc<Mutex<Vec<mpsc::Sender<Told>>>>,
    rates: Arc<Mutex<Rates>>,
    seen: Arc<Shared<Told>>,
    feed: Arc<tokio::sync::Mutex<Feed>>,
}

impl Watch {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            readers: Arc::default(),
            rates: Arc::default(),
            seen: Arc::new(Shared::new(FRESH)),
            feed: Arc::default(),
        }
    }

    /// Adds a reader; none where there are too many.
    pub(crate) fn join(&self) -> Option<mpsc::Receiver<Told>> {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.retain(|reader| !reader.is_closed());
        if readers.len() >= READERS {
            return None;
        }
        let (reader, told) = mpsc::channel(BEHIND);
        readers.push(reader);
        Some(told)
    }

    /// How everything flows, as it was seen just now: all who ask share a look.
    pub(crate) async fn look(&self) -> Result<Told, StoreError> {
        self.seen.get(self.ask()).await
    }

    async fn ask(&self) -> Result<Told, StoreError> {
        let store = &self.store;
        let traffic = store.traffic().await?;
        let rates = {
            let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
            rates.note(&traffic, Instant::now());
            rates.clone()
        };
        Ok(Arc::new(Seen {
            at: runnel_store::now(),
            queues: store.queue_shares().await?,
            sources: store.source_shares().await?,
            letters: store.letter_shares().await?,
            trials: store.running_trials().await?,
            alive: store.alive().await?,
            versions: self.feed.lock().await.look(&**store).await?,
            traffic,
            rates,
        }))
    }

    /// Tells all readers, until `stop` is cancelled: then their streams end.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut interval = tokio::time::interval(EVERY);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut told: Option<Told> = None;
        while stop.run_until_cancelled(interval.tick()).await.is_some() {
            if self.is_alone() {
                continue;
            }
            match self.look().await {
                // Where a look takes long they are rarer.
                Ok(seen) if told.as_ref().is_some_and(|told| Arc::ptr_eq(told, &seen)) => {}
                Ok(seen) => {
                    self.tell(&seen);
                    told = Some(seen);
                }
                Err(error) => tracing::debug!(%error, "nobody was told anything"),
            }
        }
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.clear();
    }

    fn is_alone(&self) -> bool {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.retain(|reader| !reader.is_closed());
        readers.is_empty()
    }

    fn tell(&self, seen: &Told) {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.retain(|reader| reader.try_send(Arc::clone(seen)).is_ok());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{BEHIND, Seen, Watch};

    async fn watch() -> (Watch, tempfile::TempDir) {
        let folder = tempfile::TempDir::new().unwrap();
        let url = runnel_store::DatabaseUrl::Sqlite(folder.path().join("runnel.db"));
        let store = runnel_store::open(&url).await.unwrap();
        (Watch::new(store), folder)
    }

    #[tokio::test]
    async fn whoever_asks_within_a_second_shares_a_look() {
        let (watch, _folder) = watch().await;
        let (one, two) = tokio::join!(watch.look(), watch.look());
        assert!(Arc::ptr_eq(&one.unwrap(), &two.unwrap()));
    }

    #[tokio::test]
    async fn a_reader_who_does_not_keep_up_is_dropped_and_the_others_are_told() {
        let (watch, _folder) = watch().await;
        let (mut slow, mut quick) = (watch.join().unwrap(), watch.join().unwrap());
        let seen: Arc<Seen> = watch.look().await.unwrap();
        for _ in 0..=BEHIND {
            watch.tell(&seen);
            assert!(quick.recv().await.is_some());
        }
        for _ in 0..BEHIND {
            assert!(slow.recv().await.is_some());
        }
        assert!(slow.recv().await.is_none(), "its stream ends");
        watch.tell(&seen);
        assert!(quick.recv().await.is_some());
    }
}
