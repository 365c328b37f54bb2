//! Compiling within a time limit.
//!
//! Cranelift cannot be interrupted. So each compilation runs on threads of its
//! own, and whoever asked for it goes away when the limit has passed; the threads
//! end with the compilation, whose size is bounded (see `weigh`). Two run at a
//! time, so that components which take too long cannot take every processor; the
//! digest of one that did is kept, so that it is not tried again and again.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    time::Duration,
};

use rayon::{ThreadPool, ThreadPoolBuilder};
use runnel_model::Digest;
use wasmtime::{Engine, component::Component};

use crate::{Refused, SandboxError, gate::Gate, words::line};

/// Compilations at a time.
const AT_ONCE: u32 = 2;
/// Bytes of a compiling thread's stack: Cranelift recurses along expressions.
const STACK: usize = 8 << 20;

/// Compiles components.
pub(crate) struct Compiler {
    limit: Duration,
    places: Arc<Gate>,
    /// Components that were not compiled in time.
    slow: Mutex<HashSet<Digest>>,
}

impl Compiler {
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            limit,
            places: Arc::new(Gate::new(AT_ONCE)),
            slow: Mutex::default(),
        }
    }

    /// Compiles, or gives up when the limit has passed.
    ///
    /// # Errors
    /// [`Refused::Invalid`] and [`Refused::TooSlow`] are the component's doing,
    /// [`SandboxError::Engine`] is not.
    pub(crate) fn compile(
        &self,
        engine: &Engine,
        bytes: &[u8],
        digest: Digest,
    ) -> Result<Component, SandboxError> {
        let refused = |reason| SandboxError::Refused { digest, reason };
        let slow = Refused::TooSlow { limit: self.limit };
        if self.slow().contains(&digest) {
            return Err(refused(slow));
        }
        let place = self.places.enter_within(self.limit).ok_or_else(|| {
            SandboxError::Engine("components that take too long keep the compiler busy".to_owned())
        })?;
        let pool = threads()?;
        let (done, result) = mpsc::channel();
        let (engine, bytes) = (engine.clone(), bytes.to_vec());
        pool.spawn(move || {
            let _place = place;
            // Whoever asked may have gone away.
            let _taken = done.send(Component::from_binary(&engine, &bytes));
        });
        match result.recv_timeout(self.limit) {
            Ok(compiled) => compiled
                .map_err(|error| refused(Refused::Invalid(line(&format!("{error:#}"), 2_000)))),
            Err(RecvTimeoutError::Timeout) => {
                self.slow().insert(digest);
                Err(refused(slow))
            }
            // The compiler panicked.
            Err(RecvTimeoutError::Disconnected) => Err(refused(Refused::Invalid(
                "the compiler cannot cope with it".to_owned(),
            ))),
        }
    }

    fn slow(&self) -> MutexGuard<'_, HashSet<Digest>> {
        self.slow.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As many threads as there are processors. They end when the pool was dropped
/// and its work is done.
fn threads() -> Result<ThreadPool, SandboxError> {
    ThreadPoolBuilder::new()
        .thread_name(|_| "runnel-compile".to_owned())
        .stack_size(STACK)
        // Without a handler a panic would end the process.
        .panic_handler(|_| tracing::error!("the compiler of components panicked"))
        .build()
        .map_err(|error| SandboxError::Engine(format!("no threads to compile on: {error}")))
}
