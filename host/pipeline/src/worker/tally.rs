//! How many tasks of each queue this process has finished, and when the last ones.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use runnel_model::{Queue, TenantId};
use runnel_store::{Inbox, LastEnd};

/// So long after a task has ended there may be more of them.
const AT_WORK: Duration = Duration::from_secs(1);

/// Counts finished tasks, from the start of the process.
#[derive(Debug, Default)]
pub struct Tally {
    counts: Mutex<BTreeMap<Queue, u64>>,
    last: Mutex<Option<Instant>>,
    ends: Mutex<BTreeMap<(Queue, TenantId), Instant>>,
}

impl Tally {
    /// Counts this queue from now on: a queue without tasks has workers too.
    pub(super) fn begin(&self, queue: &Queue) {
        open(&self.counts).entry(queue.clone()).or_default();
    }

    /// A task of this tenant has ended just now. When those of an ad hoc integration end
    /// says nothing of the queue that everybody shares.
    pub(super) fn add(&self, inbox: &Inbox, tenant: TenantId) {
        let now = Instant::now();
        *open(&self.counts).entry(inbox.queue.clone()).or_default() += 1;
        *open(&self.last) = Some(now);
        if inbox.only.is_none() {
            let key = (inbox.queue.clone(), tenant);
            open(&self.ends).insert(key, now);
        }
    }

    /// Whether tasks end just now: one has within the last second. One that waits for a
    /// source that is slow, or for its budget, needs no processor.
    pub fn is_at_work(&self) -> bool {
        open(&self.last).is_some_and(|last| last.elapsed() < AT_WORK)
    }

    /// The counts so far.
    pub fn counts(&self) -> Vec<(Queue, u64)> {
        let counts = open(&self.counts);
        counts.iter().map(|(q, n)| (q.clone(), *n)).collect()
    }

    /// When the last tasks ended of those that have since the last time that this was
    /// asked for.
    pub fn take_ends(&self) -> Vec<LastEnd> {
        let ends = std::mem::take(&mut *open(&self.ends));
        let end = |((queue, tenant), at): ((Queue, TenantId), Instant)| LastEnd {
            queue,
            tenant,
            ago: at.elapsed(),
        };
        ends.into_iter().map(end).collect()
    }

    /// Keeps for the next time what could not be told, unless there is newer.
    pub fn keep_ends(&self, ends: Vec<LastEnd>) {
        let mut kept = open(&self.ends);
        for end in ends {
            if let Some(at) = Instant::now().checked_sub(end.ago) {
                kept.entry((end.queue, end.tenant)).or_insert(at);
            }
        }
    }
}

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use runnel_model::{IntegrationId, Queue, TenantId};
    use runnel_store::{Inbox, LastEnd};

    use super::{AT_WORK, Tally, open};

    fn of(ends: &[LastEnd]) -> Vec<TenantId> {
        ends.iter().map(|end| end.tenant).collect()
    }

    #[test]
    fn the_last_end_of_each_tenants_shared_tasks_is_told_once() {
        let tally = Tally::default();
        let shared = Inbox::from(Queue::Extract);
        let private = Inbox {
            queue: Queue::Extract,
            only: Some(IntegrationId(7)),
        };
        for (inbox, tenant) in [(&shared, 1), (&shared, 2), (&shared, 1), (&private, 3)] {
            tally.add(inbox, TenantId(tenant));
        }
        assert_eq!(tally.counts(), [(Queue::Extract, 4)]);
        assert_eq!(of(&tally.take_ends()), [TenantId(1), TenantId(2)]);
        assert_eq!(tally.take_ends(), []);
    }

    #[test]
    fn who_has_ended_a_task_is_at_work_for_a_moment() {
        let tally = Tally::default();
        assert!(!tally.is_at_work());
        tally.add(&Inbox::from(Queue::Extract), TenantId(1));
        assert!(tally.is_at_work());
        *open(&tally.last) = std::time::Instant::now().checked_sub(AT_WORK);
        assert!(!tally.is_at_work());
    }

    #[test]
    fn an_end_that_could_not_be_told_is_told_the_next_time_unless_there_is_a_newer_one() {
        let tally = Tally::default();
        let end = |tenant| LastEnd {
            queue: Queue::Extract,
            tenant: TenantId(tenant),
            ago: Duration::from_millis(50),
        };
        tally.add(&Inbox::from(Queue::Extract), TenantId(1));
        tally.keep_ends(vec![end(1), end(2)]);
        let told = tally.take_ends();
        assert_eq!(of(&told), [TenantId(1), TenantId(2)]);
        assert!(told[0].ago < told[1].ago, "{told:?}");
        assert!(told[1].ago >= Duration::from_millis(50), "{told:?}");
    }
}
