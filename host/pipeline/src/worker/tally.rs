//! How many tasks of each queue this process has finished.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use runnel_model::Queue;

/// Counts finished tasks, from the start of the process.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<Queue, u64>>);

impl Tally {
    /// Counts this queue from now on: a queue without tasks has workers too.
    pub(super) fn begin(&self, queue: &Queue) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.entry(queue.clone()).or_default();
    }

    pub(super) fn add(&self, queue: &Queue) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(queue) {
            Some(count) => *count += 1,
            None => {
                counts.insert(queue.clone(), 1);
            }
        }
    }

    /// The counts so far.
    pub fn counts(&self) -> Vec<(Queue, u64)> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(q, n)| (q.clone(), *n)).collect()
    }
}
