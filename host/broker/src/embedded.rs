//! The broker without a server: rings within the process, and claims from the
//! store. What another process queues is found by looking.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use async_trait::async_trait;
use runnel_model::Queue;
use runnel_store::{Inbox, Store, Task, WorkerId};
use tokio::sync::Notify;

use crate::{Broker, BrokerError, Consumer};

/// How often a queue is looked at even if nobody rang.
const LOOK: Duration = Duration::from_secs(1);
/// The first wait where a task is due and yet cannot be claimed, because another
/// worker was faster or its tenant has its share.
const PAUSE: Duration = Duration::from_millis(20);

/// Rings within one process. It has nothing that runs: it starts and stops with
/// its consumers.
pub struct EmbeddedBroker {
    store: Arc<dyn Store>,
    lease: Duration,
    /// A bell for each consumer, so that a ring reaches all of them: those of a
    /// queue may have different inboxes.
    bells: Mutex<HashMap<Queue, Vec<Weak<Notify>>>>,
}

impl EmbeddedBroker {
    /// A broker over the store, with claims that last for `lease`.
    pub fn new(store: Arc<dyn Store>, lease: Duration) -> Self {
        Self {
            store,
            lease,
            bells: Mutex::default(),
        }
    }

    fn hang(&self, queue: &Queue) -> Arc<Notify> {
        let bell = Arc::new(Notify::new());
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        let bells = bells.entry(queue.clone()).or_default();
        bells.retain(|bell| bell.strong_count() > 0);
        bells.push(Arc::downgrade(&bell));
        bell
    }
}

#[async_trait]
impl Broker for EmbeddedBroker {
    async fn consume(
        &self,
        inbox: &Inbox,
        worker: &WorkerId,
        _most: u32,
    ) -> Result<Box<dyn Consumer>, BrokerError> {
        Ok(Box::new(EmbeddedConsumer {
            store: Arc::clone(&self.store),
            inbox: inbox.clone(),
            worker: worker.clone(),
            lease: self.lease,
            bell: self.hang(&inbox.queue),
            was_due: false,
            pause: Duration::ZERO,
        }))
    }

    /// A ring that a consumer does not wait for is kept for when it does.
    fn ring(&self, queue: &Queue) {
        let bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        for bell in bells.get(queue).into_iter().flatten() {
            if let Some(bell) = bell.upgrade() {
                bell.notify_one();
            }
        }
    }
}

struct EmbeddedConsumer {
    store: Arc<dyn Store>,
    inbox: Inbox,
    worker: WorkerId,
    lease: Duration,
    bell: Arc<Notify>,
    /// Whether the store said that a task is due.
    was_due: bool,
    pause: Duration,
}

#[async_trait]
impl Consumer for EmbeddedConsumer {
    async fn ready(&mut self) -> Result<(), BrokerError> {
        let due = self.store.next_due(&self.inbox).await?;
        self.was_due = due.is_some_and(|due| due.is_zero());
        let wait = due.map_or(LOOK, |due| due.clamp(self.pause, LOOK));
        if !wait.is_zero() {
            tokio::select! {
                () = self.bell.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        Ok(())
    }

    async fn claim(&mut self, limit: u32) -> Result<Vec<Task>, BrokerError> {
        let tasks = self
            .store
            .claim(&self.inbox, &self.worker, limit, self.lease)
            .await?;
        self.pause = if tasks.is_empty() && self.was_due {
            (self.pause * 2).clamp(PAUSE, LOOK)
        } else {
            Duration::ZERO
        };
        Ok(tasks)
    }
}
