//! The doorbell: tells workers that a queue has work.
//!
//! The database is the truth; losing or doubling a ring changes latency and
//! nothing else. This broker is the embedded one: it rings within the process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use runnel_model::Queue;
use tokio::sync::Notify;

/// Rings within one process.
#[derive(Debug, Default)]
pub struct EmbeddedBroker {
    bells: Mutex<HashMap<Queue, Arc<Notify>>>,
}

impl EmbeddedBroker {
    /// Tells one worker of the queue that there is work. A ring that nobody waits
    /// for is kept for the next one who does.
    pub fn ring(&self, queue: &Queue) {
        self.bell(queue).notify_one();
    }

    /// Waits for a ring of the queue.
    pub async fn wait(&self, queue: &Queue) {
        self.bell(queue).notified().await;
    }

    fn bell(&self, queue: &Queue) -> Arc<Notify> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(queue.clone()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::{EmbeddedBroker, Queue};

    #[tokio::test]
    async fn a_ring_before_the_wait_is_not_lost() {
        let broker = EmbeddedBroker::default();
        broker.ring(&Queue::Extract);
        broker.wait(&Queue::Extract).await;
    }

    #[tokio::test]
    async fn a_ring_of_another_queue_wakes_nobody() {
        let broker = EmbeddedBroker::default();
        broker.ring(&Queue::Vectorize);
        let waited = tokio::time::timeout(
            std::time::Duration::from_millis(20),
            broker.wait(&Queue::Extract),
        );
        assert!(waited.await.is_err());
    }
}
