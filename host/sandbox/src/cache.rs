//! Compiled components on disk. A serialized component is native code, so an
//! entry is run only if this host wrote it: every file starts with an HMAC under
//! a key that the host made and keeps beside it. The cache is derived data; it
//! may be deleted at any time.
//!
//! An entry is read into memory, checked there and loaded from there, so that a
//! file that changes afterwards changes nothing.

use std::{
    fs,
    hash::{Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

use hmac::{Hmac, KeyInit, Mac};
use runnel_model::Digest;
use sha2::{Digest as _, Sha256};
use wasmtime::{Engine, component::Component};

use crate::private;

const TAG: usize = 32;

/// The directory and its key.
pub(crate) struct Cache {
    dir: PathBuf,
    key: [u8; 32],
    /// Engine settings, wasmtime's version and the machine.
    engine: String,
}

impl Cache {
    /// Opens the cache, or makes it.
    pub(crate) fn open(dir: &Path, engine: &Engine) -> io::Result<Self> {
        private::directory(dir)?;
        let mut hasher = Sha(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        std::env::consts::ARCH.hash(&mut hasher);
        std::env::consts::OS.hash(&mut hasher);
        Ok(Self {
            dir: dir.to_owned(),
            key: private::key(&dir.join("key"))?,
            engine: Digest(hasher.0.finalize().into()).short(),
        })
    }

    /// The compiled component, if this host has kept it.
    pub(crate) fn get(&self, engine: &Engine, digest: Digest) -> Option<Component> {
        let file = fs::read(self.path(digest)).ok()?;
        let (tag, code) = file.split_at_checked(TAG)?;
        if self.mac(digest, code).verify_slice(tag).is_err() {
            tracing::warn!(%digest, "a cached component is not what this host wrote: compiling again");
            return None;
        }
        load(engine, code)
    }

    /// Keeps a compiled component. A cache that cannot be written costs time and
    /// nothing else, so that it is logged and no error.
    pub(crate) fn put(&self, component: &Component, digest: Digest) {
        let written = component
            .serialize()
            .map_err(io::Error::other)
            .and_then(|code| {
                let mut file = self.mac(digest, &code).finalize().into_bytes().to_vec();
                file.extend_from_slice(&code);
                private::replace(&self.path(digest), &file)
            });
        if let Err(error) = written {
            tracing::warn!(%digest, %error, "a compiled component was not cached");
        }
    }

    fn path(&self, digest: Digest) -> PathBuf {
        self.dir.join(format!("{digest}-{}.cwasm", self.engine))
    }

    /// Binds the code to its name too: an entry put in another's place is refused.
    fn mac(&self, digest: Digest, code: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of 32 bytes");
        mac.update(&digest.0);
        mac.update(self.engine.as_bytes());
        mac.update(code);
        mac
    }
}

#[expect(
    unsafe_code,
    reason = "deserializing runs the bytes as native code. They are in our memory and carry this host's HMAC"
)]
fn load(engine: &Engine, code: &[u8]) -> Option<Component> {
    // SAFETY: `code` is what `Component::serialize` of this host gave, for this
    // engine's settings: `Cache::get` has checked the HMAC over both.
    unsafe { Component::deserialize(engine, code) }.ok()
}

/// SHA-256 as a `Hasher`: the standard one promises nothing across processes.
struct Sha(Sha256);

impl Hasher for Sha {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        digest
            .iter()
            .take(8)
            .fold(0, |n, byte| n << 8 | u64::from(*byte))
    }
}
