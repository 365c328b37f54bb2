//! What was looked up a moment ago: hundreds of tasks share a run.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A handful of runs are under way at once; what has ended is forgotten with
/// everything else when this many are known.
const MOST: usize = 64;

/// Values by key, the recent ones.
pub(crate) struct Recent<K, V>(Mutex<HashMap<K, Arc<V>>>);

impl<K: Eq + Hash, V> Recent<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<Arc<V>> {
        self.known().get(key).cloned()
    }

    pub(crate) fn put(&self, key: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, Arc::clone(&value));
        value
    }

    fn known(&self) -> MutexGuard<'_, HashMap<K, Arc<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}
