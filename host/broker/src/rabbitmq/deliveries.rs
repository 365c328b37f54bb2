//! Deliveries between the broker and the claim.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use runnel_model::TaskId;
use tokio::sync::{
    Notify,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// A delivery: its task, and its number on the channel that brought it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Delivery {
    pub(super) task: TaskId,
    pub(super) tag: u64,
}

/// What was delivered and is not claimed: never more than the prefetch.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    inner: Mutex<Inner>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<Delivery>,
    /// To whoever acknowledges on the channel that these came by.
    acknowledge: Option<UnboundedSender<u64>>,
}

impl Deliveries {
    /// A new channel: the broker delivers again what was not acknowledged on the
    /// one before. Answers the tags to acknowledge, each with all before it.
    pub(super) fn renew(&self) -> UnboundedReceiver<u64> {
        let (sender, receiver) = unbounded_channel();
        let mut inner = self.lock();
        inner.waiting.clear();
        inner.acknowledge = Some(sender);
        receiver
    }

    pub(super) fn push(&self, delivery: Delivery) {
        self.lock().waiting.push_back(delivery);
        self.arrived.notify_one();
    }

    /// Waits until something is there. It may be dropped while it waits.
    pub(super) async fn arrival(&self) {
        while self.lock().waiting.is_empty() {
            self.arrived.notified().await;
        }
    }

    /// Takes the oldest, at most `limit`.
    pub(super) fn take(&self, limit: u32) -> Option<Taken<'_>> {
        let mut inner = self.lock();
        let acknowledge = inner.acknowledge.clone()?;
        let count = inner.waiting.len().min(limit as usize);
        let taken: Vec<_> = inner.waiting.drain(..count).collect();
        if taken.is_empty() {
            return None;
        }
        Some(Taken {
            from: self,
            taken,
            acknowledge,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Deliveries whose tasks are being claimed. Unless they are settled they are put
/// back where they were, also when the claim is dropped half-way.
pub(super) struct Taken<'a> {
    from: &'a Deliveries,
    taken: Vec<Delivery>,
    acknowledge: UnboundedSender<u64>,
}

impl Taken<'_> {
    pub(super) fn tasks(&self) -> Vec<TaskId> {
        self.taken.iter().map(|delivery| delivery.task).collect()
    }

    /// The claim has committed: the broker may forget them. Nothing is waited
    /// for, since a broker that does not listen must not hold up what is claimed.
    pub(super) fn settle(mut self) {
        if let Some(last) = self.taken.last() {
            // Where the channel is gone they come again, and find no queued task.
            let _ = self.acknowledge.send(last.tag);
        }
        self.taken.clear();
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut inner = self.from.lock();
        let same = inner
            .acknowledge
            .as_ref()
            .is_some_and(|now| now.same_channel(&self.acknowledge));
        if same {
            for delivery in self.taken.drain(..).rev() {
                inner.waiting.push_front(delivery);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Deliveries, Delivery, TaskId};

    fn delivered(tags: std::ops::RangeInclusive<u64>, to: &Deliveries) {
        for tag in tags {
            to.push(Delivery {
                task: TaskId(tag.cast_signed() + 100),
                tag,
            });
        }
    }

    #[test]
    fn what_is_settled_is_acknowledged_with_all_before_it() {
        let deliveries = Deliveries::default();
        let mut tags = deliveries.renew();
        delivered(1..=3, &deliveries);
        let taken = deliveries.take(2).unwrap();
        assert_eq!(taken.tasks(), [TaskId(101), TaskId(102)]);
        taken.settle();
        assert_eq!(tags.try_recv().unwrap(), 2);
        assert_eq!(deliveries.take(9).unwrap().tasks(), [TaskId(103)]);
    }

    #[test]
    fn what_is_not_settled_is_there_again_in_its_order() {
        let deliveries = Deliveries::default();
        let mut tags = deliveries.renew();
        delivered(1..=3, &deliveries);
        drop(deliveries.take(2).unwrap());
        assert!(tags.try_recv().is_err());
        let again = deliveries.take(9).unwrap().tasks();
        assert_eq!(again, [TaskId(101), TaskId(102), TaskId(103)]);
    }

    #[test]
    fn what_a_lost_channel_brought_is_forgotten_because_it_comes_again() {
        let deliveries = Deliveries::default();
        let mut old = deliveries.renew();
        delivered(1..=2, &deliveries);
        let taken = deliveries.take(1).unwrap();
        let mut new = deliveries.renew();
        taken.settle();
        assert_eq!(old.try_recv().unwrap(), 1);
        assert!(new.try_recv().is_err());
        assert!(deliveries.take(9).is_none());
    }

    #[tokio::test]
    async fn an_arrival_before_the_wait_is_noticed() {
        let deliveries = Deliveries::default();
        let _tags = deliveries.renew();
        delivered(1..=1, &deliveries);
        deliveries.arrival().await;
    }
}
