//! What somebody else may do to the broker.

use std::{
    fmt::Debug,
    ops::RangeBounds,
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties,
    message::Delivery,
    options::{
        BasicConsumeOptions, BasicPublishOptions, QueueDeclareOptions, QueueDeleteOptions,
        QueuePurgeOptions,
    },
    types::FieldTable,
};
use runnel_model::TaskId;

use super::work::PATIENCE;

/// A client that is not ours.
pub(crate) struct Stranger {
    channel: Channel,
    _connection: Connection,
}

impl Stranger {
    pub(crate) async fn at(url: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default())
            .await
            .unwrap();
        Self {
            channel: connection.create_channel().await.unwrap(),
            _connection: connection,
        }
    }

    /// How many messages wait in a queue that is there.
    pub(crate) async fn waiting(&self, queue: &str) -> u32 {
        let passive = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::default()
        };
        let queue = self
            .channel
            .queue_declare(queue.into(), passive, FieldTable::default());
        queue.await.unwrap().message_count()
    }

    /// Waits until so many messages wait in a queue that is there.
    pub(crate) async fn await_waiting(&self, queue: &str, count: impl RangeBounds<u32> + Debug) {
        let began = Instant::now();
        loop {
            let waiting = self.waiting(queue).await;
            if count.contains(&waiting) {
                return;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "{waiting} messages wait, not {count:?}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Declares a queue as we do not.
    pub(crate) async fn declare_classic(&self, queue: &str) {
        let declare = self.channel.queue_declare(
            queue.into(),
            QueueDeclareOptions::durable(),
            FieldTable::default(),
        );
        declare.await.unwrap();
    }

    pub(crate) async fn purge(&self, queue: &str) -> u32 {
        let purge = self
            .channel
            .queue_purge(queue.into(), QueuePurgeOptions::default());
        purge.await.unwrap()
    }

    pub(crate) async fn delete(&self, queue: &str) {
        let delete = self
            .channel
            .queue_delete(queue.into(), QueueDeleteOptions::default());
        delete.await.unwrap();
    }

    /// Puts a message straight into a queue.
    pub(crate) async fn put(&self, queue: &str, body: &[u8]) {
        let put = self.channel.basic_publish(
            "".into(),
            queue.into(),
            BasicPublishOptions::default(),
            body,
            BasicProperties::default(),
        );
        put.await.unwrap().await.unwrap();
    }

    pub(crate) async fn put_task(&self, queue: &str, task: TaskId) {
        self.put(queue, task.to_string().as_bytes()).await;
    }

    /// The next message of a queue.
    pub(crate) async fn take(&self, queue: &str) -> Delivery {
        let consumer = self.channel.basic_consume(
            queue.into(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        consumer.await.unwrap().next().await.unwrap().unwrap()
    }
}
