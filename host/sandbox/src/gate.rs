//! A bound on instances at work: a full pool is an error at instantiation, so
//! calls wait here instead.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Lets so many in at once.
pub(crate) struct Gate {
    free: Mutex<u32>,
    left: Condvar,
}

/// A place inside, given back when dropped.
pub(crate) struct Place<'a>(&'a Gate);

impl Gate {
    pub(crate) fn new(places: u32) -> Self {
        Self {
            free: Mutex::new(places.max(1)),
            left: Condvar::new(),
        }
    }

    /// Waits for a place.
    pub(crate) fn enter(&self) -> Place<'_> {
        let mut free = self.free();
        while *free == 0 {
            free = self.left.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Place(self)
    }

    /// The count is right even if a holder panicked, since it changes in one step.
    fn free(&self) -> MutexGuard<'_, u32> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        thread,
        time::Duration,
    };

    use super::Gate;

    #[test]
    fn no_more_than_the_places_are_inside_at_once() {
        let (gate, inside) = (Gate::new(2), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _place = gate.enter();
                    assert!(inside.fetch_add(1, Ordering::SeqCst) < 2);
                    thread::sleep(Duration::from_millis(2));
                    inside.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
    }
}
