//! What all connections of a server share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use sha2::{Digest, Sha256};

use crate::api::cache::PageCache;
use crate::faults::Dealer;
use crate::options::Options;
use crate::server::log::Log;
use crate::server::quota::Quota;
use crate::world::World;
use crate::world::edit::Edit;

/// The state of a server. Each lock is held for one step and never across another
/// but the world's, which a handler reads.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) cache: PageCache,
    world: RwLock<World>,
    quota: Mutex<Quota>,
    dealer: Mutex<Dealer>,
    log: Mutex<Log>,
    later: Mutex<Later>,
    under_way: AtomicUsize,
    tokens: Vec<([u8; 32], String)>,
}

/// Edits that wait for requests to be served.
#[derive(Debug, Default)]
struct Later {
    begun: u64,
    due: Vec<(u64, Edit)>,
}

impl Shared {
    /// The state at the beginning. The tokens are kept as digests only.
    pub(crate) fn new(world: World, mut options: Options) -> Self {
        let tokens = std::mem::take(&mut options.tokens);
        let digested = tokens
            .into_iter()
            .map(|(token, owner)| (digest(&token), owner));
        Self {
            cache: PageCache::new(options.page_cache),
            world: RwLock::new(world),
            quota: Mutex::new(Quota::new(options.limits, options.secondary)),
            dealer: Mutex::new(Dealer::new(options.faults)),
            log: Mutex::default(),
            later: Mutex::default(),
            under_way: AtomicUsize::new(0),
            tokens: digested.collect(),
            options,
        }
    }

    /// The data, to read.
    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The data, to change.
    pub(crate) fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The limits.
    pub(crate) fn quota(&self) -> MutexGuard<'_, Quota> {
        self.quota.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults.
    pub(crate) fn dealer(&self) -> MutexGuard<'_, Dealer> {
        self.dealer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log.
    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account of a token: `None` if the token is not accepted.
    pub(crate) fn account(&self, token: &str) -> Option<&str> {
        if self.tokens.is_empty() {
            return Some("anybody");
        }
        let digest = digest(token);
        let found = self.tokens.iter().find(|(known, _)| *known == digest)?;
        Some(&found.1)
    }

    /// Applies an edit once `count` more requests have begun.
    pub(crate) fn edit_after(&self, count: u64, edit: Edit) {
        let mut later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        let due = later.begun + count;
        later.due.push((due, edit));
    }

    /// Counts a request; first come the edits that waited for those before it.
    pub(crate) fn begin(&self) -> UnderWay<'_> {
        let due = {
            let mut later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
            let begun = later.begun;
            later.begun += 1;
            let is_due = |(at, _): &mut (u64, Edit)| *at <= begun;
            later.due.extract_if(.., is_due).collect::<Vec<_>>()
        };
        for (_, edit) in due {
            if let Err(error) = self.world_mut().edit(edit) {
                eprintln!("fake-github: a delayed edit failed: {error}");
            }
        }
        let others = self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay {
            counter: &self.under_way,
            count: others + 1,
        }
    }
}

/// A request under way; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay<'a> {
    counter: &'a AtomicUsize,
    /// How many there are, this one included.
    pub(crate) count: usize,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.counter.fetch_sub(1, Ordering::Relaxed);
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
