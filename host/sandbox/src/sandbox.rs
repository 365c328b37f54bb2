//! The engine with everything that plugins share.

use std::{path::Path, sync::Arc};

use runnel_model::Digest;
use wasmtime::{
    Engine,
    component::{Component, HasSelf, InstancePre, Linker},
};

use crate::{
    Inspection, Kind, Limits, Refused, SandboxError, Source, Transform, bindings,
    cache::Cache,
    call::{Loaded, World},
    compiler::Compiler,
    engine,
    gate::Gate,
    guest::Guest,
    inspect, weigh,
    words::line,
};

/// Runs plugins. Cheap to clone: all clones share one engine, one bound on
/// instances and one cache. Its calls block; call them from threads of your own.
#[derive(Clone)]
pub struct Sandbox(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) limits: Limits,
    pub(crate) gate: Gate,
    linker: Linker<Guest>,
    compiler: Compiler,
    cache: Option<Cache>,
}

/// A loaded plugin. Cheap to clone.
#[derive(Clone)]
pub enum Plugin {
    /// It maps records.
    Transform(Transform),
    /// It reads a service.
    Source(Source),
}

impl Sandbox {
    /// Sets the engine up. `cache` is a directory for compiled components, made
    /// if need be and taken from other users; without one, every start compiles.
    ///
    /// # Errors
    /// [`SandboxError::Engine`], or [`SandboxError::Cache`] if the directory
    /// cannot be made private or its key cannot be kept.
    pub fn new(limits: Limits, cache: Option<&Path>) -> Result<Self, SandboxError> {
        let engine = engine::engine(&limits)?;
        let cache = cache.map(|dir| open(dir, &engine)).transpose()?;
        Ok(Self(Arc::new(Shared {
            linker: linker(&engine).map_err(|error| SandboxError::Engine(format!("{error:#}")))?,
            gate: Gate::new(limits.instances),
            compiler: Compiler::new(limits.compiling),
            limits,
            cache,
            engine,
        })))
    }

    /// Loads a component: checks it, and compiles it unless the cache has it. That
    /// takes no longer than [`Limits::compiling`], whatever the component is.
    ///
    /// # Errors
    /// [`SandboxError::Refused`] says what kind of file it is instead, what it
    /// imports that it may not, which version of the interface it needs, or that
    /// it cannot be compiled in time; [`SandboxError::Engine`] if others keep the
    /// compiler busy.
    pub fn load(&self, bytes: &[u8]) -> Result<Plugin, SandboxError> {
        let digest = inspect::digest(bytes);
        let refused = |reason| SandboxError::Refused { digest, reason };
        let kind = self.check(bytes).map_err(refused)?;
        let component = self.compile(bytes, digest)?;
        let pre = self.link(&component).map_err(refused)?;
        Ok(match kind {
            Kind::Transform => {
                let world = bindings::transform::TransformPre::new(pre);
                Plugin::Transform(Transform::new(self.proven(digest, world)?))
            }
            Kind::Source => {
                let world = bindings::source::SourcePre::new(pre);
                Plugin::Source(Source::new(self.proven(digest, world)?))
            }
        })
    }

    /// The limits it was made with.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    fn proven<W: World>(
        &self,
        digest: Digest,
        world: wasmtime::Result<W>,
    ) -> Result<Loaded<W>, SandboxError> {
        let loaded = Loaded {
            sandbox: self.clone(),
            digest,
            world: world.map_err(|error| SandboxError::Refused {
                digest,
                reason: Refused::Types(line(&format!("{error:#}"), 2_000)),
            })?,
        };
        loaded.prove()?;
        Ok(loaded)
    }

    fn check(&self, bytes: &[u8]) -> Result<Kind, Refused> {
        let limit = self.0.limits.component;
        if bytes.len() > limit {
            return Err(Refused::TooLarge {
                size: bytes.len(),
                limit,
            });
        }
        Inspection::of(bytes)?.kind()
    }

    fn compile(&self, bytes: &[u8], digest: Digest) -> Result<Component, SandboxError> {
        let Shared {
            engine,
            cache,
            compiler,
            ..
        } = &*self.0;
        if let Some(known) = cache.as_ref().and_then(|cache| cache.get(engine, digest)) {
            return Ok(known);
        }
        weigh::weigh(bytes).map_err(|reason| SandboxError::Refused { digest, reason })?;
        let component = compiler.compile(engine, bytes, digest)?;
        if let Some(cache) = cache {
            cache.put(&component, digest);
        }
        Ok(component)
    }

    fn link(&self, component: &Component) -> Result<InstancePre<Guest>, Refused> {
        self.0
            .linker
            .instantiate_pre(component)
            .map_err(|error| Refused::Types(line(&format!("{error:#}"), 2_000)))
    }
}

fn open(dir: &Path, engine: &Engine) -> Result<Cache, SandboxError> {
    Cache::open(dir, engine).map_err(|error| SandboxError::Cache {
        path: dir.display().to_string(),
        error,
    })
}

/// The log and nothing else. Both worlds import the same.
fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    bindings::transform::Transform::add_to_linker::<_, HasSelf<Guest>>(&mut linker, |guest| guest)?;
    Ok(linker)
}
