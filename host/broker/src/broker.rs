//! The seam: how workers get tasks, whichever broker there is.

use std::time::Duration;

use async_trait::async_trait;
use runnel_model::Queue;
use runnel_store::{Inbox, StoreError, Task, WorkerId};

/// How long a claim lasts without a heartbeat, unless it is set otherwise.
pub const LEASE: Duration = Duration::from_secs(60);

/// What a broker does. The database is the truth: a broker that loses, doubles,
/// reorders or forgets everything it was told changes latency and nothing else.
#[async_trait]
pub trait Broker: Send + Sync {
    /// Begins to consume an inbox for a worker that claims up to `most` tasks at
    /// once. It does not wait for a broker that is out of reach.
    async fn consume(
        &self,
        inbox: &Inbox,
        worker: &WorkerId,
        most: u32,
    ) -> Result<Box<dyn Consumer>, BrokerError>;

    /// A hint that tasks of this queue were just committed by this process. It
    /// must not block.
    fn ring(&self, queue: &Queue);
}

/// One worker's source of tasks.
///
/// It starts when it is made and stops when it is dropped, which may be at any
/// time: what the broker gave it and it has not claimed goes back to the broker.
#[async_trait]
pub trait Consumer: Send {
    /// Waits until [`claim`](Self::claim) may find something. It may be dropped
    /// while it waits and nothing is lost. It outlives a broker that is out of
    /// reach: it waits until that is back, for ever.
    ///
    /// # Errors
    /// [`BrokerError::Store`] where it has to ask the store and cannot. Nothing is
    /// lost: wait a little and call it again.
    async fn ready(&mut self) -> Result<(), BrokerError>;

    /// Claims up to `limit` tasks that are there, without waiting for any. It must
    /// be driven to its end, or what it claimed waits for its lease to be over.
    ///
    /// # Errors
    /// [`BrokerError::Store`] where the store cannot be asked. Nothing is lost:
    /// wait a little and call it again.
    async fn claim(&mut self, limit: u32) -> Result<Vec<Task>, BrokerError>;
}

/// Why a broker did not do what was asked. No task is lost by it.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The broker refused what no repetition will mend, such as a wrong password.
    #[error("{broker} refused: {reason}")]
    Refused {
        /// Which broker, without its password.
        broker: String,
        /// What it said, and what to do.
        reason: String,
    },
    /// The broker cannot be reached now.
    #[error("{broker} cannot be reached: {reason}; tasks wait in the database until it is back")]
    Unreachable {
        /// Which broker, without its password.
        broker: String,
        /// What the system said.
        reason: String,
    },
}
