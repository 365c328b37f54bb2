//! From the tasks to the broker: which tasks it has to be told of.

use async_trait::async_trait;
use runnel_model::{Queue, TaskId};

use crate::{Micros, StoreError};

/// A task that the broker is to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bell {
    /// The task.
    pub task: TaskId,
    /// Its queue.
    pub queue: Queue,
}

/// What the relay needs. Only shared tasks are told of (see
/// [`Inbox::only`](crate::Inbox)).
///
/// A task counts as told of from the moment it is taken, so that two relays do
/// not tell of the same one. Where a relay dies in between, or the broker loses
/// the message, [`Relay::ring_again`] heals it.
#[async_trait]
pub trait Relay: Send + Sync {
    /// Takes up to `limit` queued tasks that are due and not told of: tenants take
    /// turns, and a tenant's most urgent come first, as in
    /// [`Tasks::claim`](crate::Tasks::claim). At most `window` tasks of a queue are
    /// on the way at a time, so that an urgent task that comes later has no long
    /// queue before it, and the broker's memory stays bounded.
    async fn take_unrung(&self, limit: u32, window: u32) -> Result<Vec<Bell>, StoreError>;

    /// The broker did not take these: they are to be told of again.
    async fn unring(&self, tasks: &[TaskId]) -> Result<(), StoreError>;

    /// How many tasks of each queue were told of before `before` and are still
    /// queued.
    async fn on_the_way(&self, before: Micros) -> Result<Vec<(Queue, u64)>, StoreError>;

    /// Has the tasks of a queue that were told of before `before`, and are still
    /// queued, told of again. Answers how many.
    async fn ring_again(&self, queue: &Queue, before: Micros) -> Result<u64, StoreError>;

    /// The store's own clock, which `before` is measured by.
    async fn clock(&self) -> Result<Micros, StoreError>;
}
