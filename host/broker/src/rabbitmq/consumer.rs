//! A worker's source of tasks on RabbitMQ.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use runnel_store::{Store, Task, WorkerId};
use tokio_util::task::AbortOnDropHandle;

use super::deliveries::Deliveries;
use crate::{BrokerError, Consumer, failpoints::failpoint};

/// How long deliveries wait after a claim that the store did not answer.
const PAUSE: Duration = Duration::from_millis(250);

/// Starts when it is made: a task of its own consumes the queue. Stops when it is
/// dropped: the channel closes, and what was not acknowledged goes back.
pub(super) struct RabbitConsumer {
    pub(super) store: Arc<dyn Store>,
    pub(super) worker: WorkerId,
    pub(super) lease: Duration,
    pub(super) deliveries: Arc<Deliveries>,
    /// Whether the last claim failed.
    pub(super) failed: bool,
    pub(super) supervisor: AbortOnDropHandle<()>,
}

#[async_trait]
impl Consumer for RabbitConsumer {
    async fn ready(&mut self) -> Result<(), BrokerError> {
        if self.failed {
            tokio::time::sleep(PAUSE).await;
        }
        tokio::select! {
            () = self.deliveries.arrival() => Ok(()),
            ended = &mut self.supervisor => match ended {
                // It would look like a queue without work.
                Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
                _ => std::future::pending().await,
            },
        }
    }

    /// A delivery whose task is not there to be claimed (done, cancelled, claimed
    /// by somebody else, due later) is acknowledged and dropped: the store knows
    /// better, and the relay tells of the task again when it is due.
    async fn claim(&mut self, limit: u32) -> Result<Vec<Task>, BrokerError> {
        let Some(taken) = self.deliveries.take(limit) else {
            return Ok(Vec::new());
        };
        failpoint!("broker::before_claim");
        self.failed = true;
        let tasks = self
            .store
            .claim_these(&taken.tasks(), &self.worker, self.lease)
            .await?;
        self.failed = false;
        failpoint!("broker::before_ack");
        taken.settle();
        Ok(tasks)
    }
}
