//! What keeps a consumer consuming.

use std::{convert::Infallible, str, sync::Arc, time::Instant};

use futures_util::StreamExt;
use lapin::{
    Channel,
    message::Delivery as Message,
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions},
    types::FieldTable,
};
use runnel_model::{Queue, TaskId};

use super::{
    deliveries::{Deliveries, Delivery},
    fault::Fault,
    link::Link,
    live::{Live, answered},
    topology,
};
use crate::{AmqpUrl, backoff::Backoff, failpoints::failpoint, outage::Outage};

/// What is consumed, by whom.
pub(super) struct Supervisor {
    pub(super) link: Arc<Link>,
    pub(super) queue: Queue,
    pub(super) prefetch: u16,
    pub(super) deliveries: Arc<Deliveries>,
}

impl Supervisor {
    /// Consumes for ever: on any failure it drops everything and begins anew:
    /// connect, declare, qos, consume. It may be aborted at any time; what it had
    /// and was not acknowledged goes back to the broker with the channel.
    pub(super) async fn run(self) {
        let mut backoff = Backoff::default();
        let mut outage = Outage::of("consuming");
        loop {
            let live = self.link.live().await;
            let began = Instant::now();
            let Err(fault) = self.consume(&live, &mut outage).await;
            self.link.failed(&live, &fault).await;
            if fault.spared {
                outage.goes_on(&fault.error);
            }
            tokio::time::sleep(backoff.after(began.elapsed())).await;
        }
    }

    async fn consume(&self, live: &Live, outage: &mut Outage) -> Result<Infallible, Fault> {
        let url = &self.link.url;
        let channel = live.channel().await?;
        let mut messages = answered(url, self.begin(&channel)).await?;
        outage.is_over();
        let mut settled = self.deliveries.renew();
        loop {
            tokio::select! {
                message = messages.next() => match message {
                    Some(Ok(message)) => self.deliver(message, &channel, url).await?,
                    Some(Err(error)) => return Err(Fault::of(url, &error)),
                    None => return Err(Fault::on_channel(url, "the queue is gone")),
                },
                Some(tag) = settled.recv() => acknowledge(url, &channel, tag).await?,
            }
        }
    }

    async fn begin(&self, channel: &Channel) -> Result<lapin::Consumer, lapin::Error> {
        topology::declare_exchanges(channel).await?;
        topology::declare_queue(channel, &self.queue).await?;
        channel
            .basic_qos(self.prefetch, BasicQosOptions::default())
            .await?;
        channel
            .basic_consume(
                self.queue.to_string().into(),
                "".into(),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            )
            .await
    }

    /// What is no message of ours goes to `etl.dlx`: given back, it would come
    /// again for ever.
    async fn deliver(
        &self,
        message: Message,
        channel: &Channel,
        url: &AmqpUrl,
    ) -> Result<(), Fault> {
        let tag = message.delivery_tag;
        if let Some(task) = task(&message.data) {
            self.deliveries.push(Delivery { task, tag });
            return Ok(());
        }
        let beginning: String = String::from_utf8_lossy(&message.data)
            .chars()
            .take(60)
            .collect();
        tracing::warn!(queue = %self.queue, "no task's id, put into etl.malformed: {beginning:?}");
        let reject = channel.basic_reject(tag, BasicRejectOptions { requeue: false });
        answered(url, reject).await
    }
}

/// The body is a task's id and nothing else.
fn task(body: &[u8]) -> Option<TaskId> {
    let id = str::from_utf8(body).ok()?.parse().ok()?;
    (id > 0).then_some(TaskId(id))
}

async fn acknowledge(url: &AmqpUrl, channel: &Channel, tag: u64) -> Result<(), Fault> {
    answered(
        url,
        channel.basic_ack(tag, BasicAckOptions { multiple: true }),
    )
    .await?;
    failpoint!("broker::after_ack");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{TaskId, task};

    #[test]
    fn a_body_is_a_tasks_id_and_nothing_else() {
        assert_eq!(task(b"42"), Some(TaskId(42)));
        for malformed in [
            "",
            "0",
            "-1",
            "4 2",
            "42\n",
            "{\"task\":42}",
            "99999999999999999999",
            "\u{ff}",
        ] {
            assert_eq!(task(malformed.as_bytes()), None, "{malformed:?}");
        }
    }
}
