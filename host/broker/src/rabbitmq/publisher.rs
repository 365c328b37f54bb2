//! Publishes tasks, and knows which of them the broker has.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use lapin::{Channel, options::ConfirmSelectOptions};
use runnel_model::{Queue, TaskId};
use runnel_store::Bell;

use super::{
    batch,
    fault::Fault,
    link::Link,
    live::{Live, answered},
    topology,
};
use crate::{AmqpUrl, backoff::Backoff, failpoints::failpoint, outage::Outage};

/// A connection and a channel of its own, with confirms. It runs nothing by
/// itself, and stops when it is dropped.
pub(crate) struct Publisher {
    link: Link,
    /// How long a confirm may take.
    confirm: Duration,
    open: Option<Open>,
    /// Queues that cannot be declared, because somebody has declared them
    /// otherwise. They must not hold up the others.
    refused: HashSet<Queue>,
    backoff: Backoff,
    outage: Outage,
}

struct Open {
    live: Arc<Live>,
    channel: Channel,
    since: Instant,
    /// The queues that are known to be there.
    declared: HashSet<Queue>,
}

impl Publisher {
    pub(crate) fn new(url: AmqpUrl, confirm: Duration) -> Self {
        Self {
            link: Link::new(url, "publishing"),
            confirm,
            open: None,
            refused: HashSet::new(),
            backoff: Backoff::default(),
            outage: Outage::of("publishing"),
        }
    }

    /// Waits until it can publish, for ever. It may be dropped while it waits.
    pub(crate) async fn ready(&mut self) {
        while !self.open.as_ref().is_some_and(|open| open.live.works()) {
            self.open = None;
            let live = self.link.live().await;
            match self.open_channel(&live).await {
                Ok(channel) => {
                    if self.refused.is_empty() {
                        self.outage.is_over();
                    }
                    self.open = Some(Open {
                        live,
                        channel,
                        since: Instant::now(),
                        declared: HashSet::new(),
                    });
                }
                Err(fault) => self.failed(&live, Instant::now(), fault).await,
            }
        }
    }

    async fn open_channel(&self, live: &Live) -> Result<Channel, Fault> {
        let channel = live.channel().await?;
        answered(&self.link.url, async {
            channel
                .confirm_select(ConfirmSelectOptions::default())
                .await?;
            topology::declare_exchanges(&channel).await
        })
        .await?;
        Ok(channel)
    }

    /// Gives the channel up, and the connection unless it was spared.
    async fn failed(&mut self, live: &Arc<Live>, since: Instant, fault: Fault) {
        self.open = None;
        self.link.failed(live, &fault).await;
        if fault.spared {
            self.outage.goes_on(&fault.error);
        }
        tokio::time::sleep(self.backoff.after(since.elapsed())).await;
    }

    /// Publishes a message for each and awaits every confirm. Answers those that
    /// the broker does not have: refused, without a queue, or not confirmed in
    /// time. Those whose queue cannot be declared count as sent, and are sent again
    /// when it can. Dropped half-way, it may have published any of them.
    pub(crate) async fn publish(&mut self, bells: &[Bell]) -> Vec<TaskId> {
        failpoint!("broker::before_publish");
        self.declare_all(bells).await;
        let refused = &self.refused;
        let bells: Vec<_> = bells
            .iter()
            .filter(|bell| !refused.contains(&bell.queue))
            .collect();
        let sent = self.send(&bells).await;
        failpoint!("broker::after_confirm");
        sent.unwrap_or_else(|| bells.iter().map(|bell| bell.task).collect())
    }

    /// Answers what was not taken; nothing was where there is no answer.
    async fn send(&mut self, bells: &[&Bell]) -> Option<Vec<TaskId>> {
        let mut open = self.open.take()?;
        let url = self.link.url.clone();
        let sent = batch::send(&url, &open.channel, bells, self.confirm).await;
        // Whatever was wrong with their queues, declaring them may mend it.
        let not_taken = |bell: &&&Bell| sent.not_taken.contains(&bell.task);
        for bell in bells.iter().filter(not_taken) {
            open.declared.remove(&bell.queue);
        }
        match sent.fault {
            None => self.open = Some(open),
            Some(fault) => self.failed(&open.live, open.since, fault).await,
        }
        Some(sent.not_taken.into_iter().collect())
    }

    /// Declares the queues that are not known to be there.
    async fn declare_all(&mut self, bells: &[Bell]) {
        for bell in bells {
            let known = self
                .open
                .as_ref()
                .is_some_and(|open| open.declared.contains(&bell.queue));
            if !known && !self.refused.contains(&bell.queue) {
                self.waiting(&bell.queue).await;
            }
        }
    }

    /// How many messages wait in a queue, which is declared where it is not there;
    /// those that a consumer has been given do not wait. Not known where the
    /// broker does not say.
    pub(crate) async fn waiting(&mut self, queue: &Queue) -> Option<u64> {
        let mut open = self.open.take()?;
        match declare(&self.link.url, &open.live, queue).await {
            Ok(waiting) => {
                if self.refused.remove(queue) {
                    self.outage.is_over();
                }
                open.declared.insert(queue.clone());
                self.open = Some(open);
                Some(waiting)
            }
            Err(fault) if fault.spared => {
                self.outage.goes_on(&fault.error);
                self.refused.insert(queue.clone());
                self.open = Some(open);
                None
            }
            Err(fault) => {
                self.failed(&open.live, open.since, fault).await;
                None
            }
        }
    }
}

/// On a channel of its own: a declaration that is refused takes its channel with
/// it.
async fn declare(url: &AmqpUrl, live: &Live, queue: &Queue) -> Result<u64, Fault> {
    let channel = live.channel().await?;
    answered(url, topology::declare_queue(&channel, queue)).await
}
