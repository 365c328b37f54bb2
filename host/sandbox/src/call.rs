//! One call into a fresh instance.
//!
//! A store that trapped is finished, and one that did not may hold what an
//! earlier record left behind: so every call has a store of its own, which costs
//! some 20 microseconds.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use runnel_model::Digest;
use wasmtime::{Store, Trap};

use crate::{
    Fault, Log, PluginId, Refused, Sandbox, SandboxError,
    bindings::{source, transform},
    engine,
    guest::{Guest, OverMemory},
    words::line,
};

/// Resources of the host that a guest may hold. No interface has any yet.
const HANDLES: usize = 1024;

/// A component that is ready to be instantiated.
pub(crate) trait World {
    type Instance;
    fn instantiate(&self, store: &mut Store<Guest>) -> wasmtime::Result<Self::Instance>;
    /// Instantiates, and tells errors of that from types that do not fit.
    fn prove(&self, store: &mut Store<Guest>) -> wasmtime::Result<wasmtime::Result<()>>;
}

impl World for transform::TransformPre<Guest> {
    type Instance = transform::Transform;

    fn instantiate(&self, store: &mut Store<Guest>) -> wasmtime::Result<Self::Instance> {
        self.instantiate(store)
    }

    fn prove(&self, store: &mut Store<Guest>) -> wasmtime::Result<wasmtime::Result<()>> {
        let instance = self.instance_pre().instantiate(&mut *store)?;
        Ok(transform::Transform::new(store, &instance).map(drop))
    }
}

impl World for source::SourcePre<Guest> {
    type Instance = source::Source;

    fn instantiate(&self, store: &mut Store<Guest>) -> wasmtime::Result<Self::Instance> {
        self.instantiate(store)
    }

    fn prove(&self, store: &mut Store<Guest>) -> wasmtime::Result<wasmtime::Result<()>> {
        let instance = self.instance_pre().instantiate(&mut *store)?;
        Ok(source::Source::new(store, &instance).map(drop))
    }
}

/// What there is to say of a call, whatever came of it.
pub(crate) struct Called {
    pub(crate) log: Log,
    /// What all memories and tables of the instance took, in bytes.
    pub(crate) memory: usize,
    pub(crate) spent: Duration,
}

/// A loaded component of one world.
pub(crate) struct Loaded<W> {
    pub(crate) sandbox: Sandbox,
    pub(crate) world: W,
    pub(crate) digest: Digest,
}

impl<W: World> Loaded<W> {
    /// Instantiates and calls within the limits. What was logged and what it cost
    /// comes back in either case. The deadline starts once there is a place for the
    /// instance.
    pub(crate) fn call<R>(
        &self,
        plugin: &Arc<PluginId>,
        deadline: Duration,
        work: impl FnOnce(&W::Instance, &mut Store<Guest>) -> wasmtime::Result<R>,
    ) -> (Result<R, SandboxError>, Called) {
        let _place = self.sandbox.0.gate.enter();
        let begun = Instant::now();
        let mut store = self.store(deadline);
        let result = match self.world.instantiate(&mut store) {
            Ok(instance) => work(&instance, &mut store).map_err(|e| fault(plugin, &e)),
            Err(error) => Err(unstarted(plugin, &error)),
        };
        let guest = store.into_data();
        let called = Called {
            memory: guest.used(),
            log: guest.log,
            spent: begun.elapsed(),
        };
        (result, called)
    }

    /// Instantiates once: what cannot start, or has other types than the
    /// interface's, is refused when it is loaded and not at its first batch.
    pub(crate) fn prove(&self) -> Result<(), SandboxError> {
        let plugin = Arc::new(PluginId::unnamed(self.digest));
        let _place = self.sandbox.0.gate.enter();
        let mut store = self.store(self.sandbox.0.limits.deadline);
        self.world
            .prove(&mut store)
            .map_err(|error| unstarted(&plugin, &error))?
            .map_err(|error| SandboxError::Refused {
                digest: self.digest,
                reason: Refused::Types(line(&format!("{error:#}"), 2_000)),
            })
    }

    /// The epoch is set first: a store's deadline is the present by default.
    fn store(&self, deadline: Duration) -> Store<Guest> {
        let shared = &*self.sandbox.0;
        let mut store = Store::new(&shared.engine, Guest::new(&shared.limits));
        store.limiter(|guest| guest);
        store.set_epoch_deadline(engine::ticks(deadline));
        store.set_hostcall_fuel(shared.limits.output);
        store.set_max_component_handles(HANDLES);
        store
    }

    /// What a plugin says of itself, as text of bounded length.
    pub(crate) fn describe(
        &self,
        call: impl FnOnce(&W::Instance, &mut Store<Guest>) -> wasmtime::Result<Result<String, String>>,
    ) -> Result<String, SandboxError> {
        let limits = &self.sandbox.0.limits;
        let plugin = Arc::new(PluginId::unnamed(self.digest));
        let text = self.call(&plugin, limits.deadline, call).0?;
        let text = text.map_err(|message| SandboxError::Configuration {
            plugin: (*plugin).clone(),
            message: line(&message, 2_000),
        })?;
        if text.len() > limits.descriptor {
            let message = format!(
                "its descriptor has {} bytes, and at most {} are allowed",
                text.len(),
                limits.descriptor
            );
            return Err(Box::new(Fault::wrong(&plugin, message)).into());
        }
        Ok(text)
    }
}

/// An instance that did not come to be.
fn unstarted(plugin: &Arc<PluginId>, error: &wasmtime::Error) -> SandboxError {
    if error.is::<Trap>() || error.is::<OverMemory>() {
        fault(plugin, error)
    } else {
        // No memory or no place in the pool: not the guest's doing.
        SandboxError::Engine(format!("{error:#}"))
    }
}

fn fault(plugin: &Arc<PluginId>, error: &wasmtime::Error) -> SandboxError {
    Box::new(Fault::of(plugin, error)).into()
}
