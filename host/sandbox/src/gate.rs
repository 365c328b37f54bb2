//! A bound on instances at work: a full pool is an error at instantiation, so
//! calls wait here instead.

use std::{
    ops::Deref,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Lets so many in at once.
pub(crate) struct Gate {
    free: Mutex<u32>,
    left: Condvar,
}

/// A place inside, given back when dropped.
pub(crate) struct Place<G: Deref<Target = Gate>>(G);

impl Gate {
    pub(crate) fn new(places: u32) -> Self {
        Self {
            free: Mutex::new(places.max(1)),
            left: Condvar::new(),
        }
    }

    /// Waits for a place.
    pub(crate) fn enter(&self) -> Place<&Self> {
        let mut free = self.free();
        while *free == 0 {
            free = self.left.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Place(self)
    }

    /// Waits for a place, but no longer than this. The place may go to another
    /// thread.
    pub(crate) fn enter_within(self: &Arc<Self>, wait: Duration) -> Option<Place<Arc<Self>>> {
        let (mut free, _) = self
            .left
            .wait_timeout_while(self.free(), wait, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        Some(Place(Arc::clone(self)))
    }

    /// The count is right even if a holder panicked, since it changes in one step.
    fn free(&self) -> MutexGuard<'_, u32> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<G: Deref<Target = Gate>> Drop for Place<G> {
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

    use super::{Arc, Gate};

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

    #[test]
    fn whoever_waits_too_long_gets_no_place_and_a_place_may_go_to_another_thread() {
        let gate = Arc::new(Gate::new(1));
        let place = gate.enter_within(Duration::ZERO);
        assert!(place.is_some());
        assert!(gate.enter_within(Duration::from_millis(5)).is_none());
        let gone = thread::spawn(move || drop(place)).join();
        assert!(gone.is_ok() && gate.enter_within(Duration::ZERO).is_some());
    }
}
