//! Queues on RabbitMQ. Only this folder knows lapin.
//!
//! A process has one connection for what it consumes, with a channel for each
//! queue, and one for what its relay publishes. lapin's own recovery is off: it
//! gives up after a while and does not mend channels. Instead whatever fails is
//! dropped whole and made again, for ever.

mod batch;
mod consumer;
mod deliveries;
mod fault;
mod link;
mod live;
mod publisher;
mod supervisor;
mod topology;
mod wire;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use runnel_model::Queue;
use runnel_store::{Inbox, Store, WorkerId};
use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;

pub(crate) use self::publisher::Publisher;
use self::{
    consumer::RabbitConsumer,
    deliveries::Deliveries,
    link::Link,
    live::{Live, answered},
    supervisor::Supervisor,
};
use crate::{AmqpUrl, Broker, BrokerError, Consumer, EmbeddedBroker};

/// A RabbitMQ. It connects when it is first used, and each consumer runs until it
/// is dropped; the connection ends with the last of them and this.
///
/// Tasks of an ad hoc integration are only for the process that has its
/// credential. No message tells of them: this process claims them from the store.
pub struct RabbitBroker {
    store: Arc<dyn Store>,
    lease: Duration,
    link: Arc<Link>,
    embedded: EmbeddedBroker,
    hint: Arc<Notify>,
}

impl RabbitBroker {
    /// The RabbitMQ of the URL, with tasks of the store and claims that last for
    /// `lease`.
    pub fn new(url: AmqpUrl, store: Arc<dyn Store>, lease: Duration) -> Self {
        Self {
            embedded: EmbeddedBroker::new(Arc::clone(&store), lease),
            link: Arc::new(Link::new(url, "consuming")),
            hint: Arc::default(),
            store,
            lease,
        }
    }

    /// Whether the broker lets us in and lets us declare what we need, for a
    /// start-up that should fail early. Later the same is retried for ever.
    ///
    /// # Errors
    /// [`BrokerError::Refused`] for a wrong user, password or vhost or a missing
    /// permission, [`BrokerError::Unreachable`] for anything else.
    pub async fn check(&self) -> Result<(), BrokerError> {
        let url = &self.link.url;
        let checked = async {
            let live = Live::dial(url, "checking").await?;
            let channel = live.channel().await?;
            answered(url, topology::declare_exchanges(&channel)).await?;
            live.close().await
        };
        checked.await.map_err(|fault| fault.error)
    }

    /// A publisher with a connection of its own, which gives a confirm this long.
    pub(crate) fn publisher(&self, confirm: Duration) -> Publisher {
        Publisher::new(self.link.url.clone(), confirm)
    }

    /// Rung whenever this process has queued something.
    pub(crate) fn hint(&self) -> Arc<Notify> {
        Arc::clone(&self.hint)
    }
}

#[async_trait]
impl Broker for RabbitBroker {
    async fn consume(
        &self,
        inbox: &Inbox,
        worker: &WorkerId,
        most: u32,
    ) -> Result<Box<dyn Consumer>, BrokerError> {
        if inbox.only.is_some() {
            return self.embedded.consume(inbox, worker, most).await;
        }
        let deliveries = Arc::<Deliveries>::default();
        let supervisor = Supervisor {
            link: Arc::clone(&self.link),
            queue: inbox.queue.clone(),
            // More would wait behind a worker that is busy while another is idle.
            prefetch: u16::try_from(most.max(1)).unwrap_or(u16::MAX),
            deliveries: Arc::clone(&deliveries),
        };
        Ok(Box::new(RabbitConsumer {
            store: Arc::clone(&self.store),
            worker: worker.clone(),
            lease: self.lease,
            deliveries,
            failed: false,
            supervisor: AbortOnDropHandle::new(tokio::spawn(supervisor.run())),
        }))
    }

    /// Tells the relay of this process, if it runs one, and those who claim from
    /// the store.
    fn ring(&self, queue: &Queue) {
        self.embedded.ring(queue);
        self.hint.notify_one();
    }
}
