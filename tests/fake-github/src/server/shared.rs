//! What all connections of a server share.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use sha2::{Digest, Sha256};
use stand_in::Later;

use crate::api::cache::PageCache;
use crate::options::Options;
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
    /// Edits that wait for requests to be served.
    pub(crate) later: Later<Edit>,
    tokens: Vec<([u8; 32], String)>,
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
            later: Later::default(),
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

    /// The account of a token: `None` if the token is not accepted.
    pub(crate) fn account(&self, token: &str) -> Option<&str> {
        if self.tokens.is_empty() {
            return Some("anybody");
        }
        let digest = digest(token);
        let found = self.tokens.iter().find(|(known, _)| *known == digest)?;
        Some(&found.1)
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
