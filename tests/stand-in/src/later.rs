//! Edits that wait for requests to begin: pages shift under a scan.

use std::sync::{Mutex, PoisonError};

/// Edits of type `E`, each due once so many requests have begun.
#[derive(Debug)]
pub struct Later<E>(Mutex<Waiting<E>>);

#[derive(Debug)]
struct Waiting<E> {
    begun: u64,
    due: Vec<(u64, E)>,
}

impl<E> Default for Later<E> {
    fn default() -> Self {
        let due = Vec::new();
        Self(Mutex::new(Waiting { begun: 0, due }))
    }
}

impl<E> Later<E> {
    /// Keeps an edit until `count` more requests have begun.
    pub fn after(&self, count: u64, edit: E) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = waiting.begun + count;
        waiting.due.push((due, edit));
    }

    /// Counts a request and hands out the edits that waited for those before it.
    pub fn begin(&self) -> Vec<E> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = waiting.begun;
        waiting.begun += 1;
        let is_due = |(at, _): &mut (u64, E)| *at <= begun;
        let due = waiting.due.extract_if(.., is_due);
        due.map(|(_, edit)| edit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_comes_before_the_request_that_follows_those_it_waits_for() {
        let later = Later::default();
        later.after(1, "edit");
        assert!(later.begin().is_empty());
        assert_eq!(later.begin(), ["edit"]);
        assert!(later.begin().is_empty());
    }
}
