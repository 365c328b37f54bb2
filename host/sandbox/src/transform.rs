//! Transforms: loaded, and bound to a configuration.

use std::{sync::Arc, time::Duration};

use runnel_model::{Digest, Outcome, TransformDescriptor};

use crate::{
    Fault, Log, PluginId, Projection, SandboxError, batch, bindings::transform::TransformPre,
    call::Loaded, guest::Guest, outcome::Shape,
};

/// A loaded transform. Cheap to clone.
#[derive(Clone)]
pub struct Transform {
    loaded: Arc<Loaded<TransformPre<Guest>>>,
}

/// A transform with an integration's configuration. Cheap to clone.
#[derive(Clone)]
pub struct BoundTransform(pub(crate) Arc<Bound>);

pub(crate) struct Bound {
    pub(crate) loaded: Arc<Loaded<TransformPre<Guest>>>,
    pub(crate) config: String,
    pub(crate) descriptor: TransformDescriptor,
    pub(crate) plugin: Arc<PluginId>,
    pub(crate) projection: Projection,
    pub(crate) tables: Vec<Shape>,
}

/// A record to map.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The payload: JSON text that [`split`](crate::answer::split) has checked.
    pub payload: &'a str,
    /// What the source added: a JSON object.
    pub context: &'a str,
}

/// What became of a batch.
#[derive(Debug)]
pub struct Batch {
    /// One for each record, in order.
    pub outcomes: Vec<Result<Outcome, Fault>>,
    /// How many U+0000 were replaced by U+FFFD: no database takes them.
    pub replaced_nuls: u64,
    /// What the transform logged.
    pub log: Log,
    /// How often an instance was made and called: 1, unless the batch was large
    /// or had to be narrowed down to a record that does harm.
    pub calls: u32,
    /// The wall time of the calls, instantiation included.
    pub spent: Duration,
    /// The most that the memories and tables of an instance took, in bytes.
    pub memory: usize,
}

impl Transform {
    pub(crate) fn new(loaded: Loaded<TransformPre<Guest>>) -> Self {
        let loaded = Arc::new(loaded);
        Self { loaded }
    }

    /// The component's digest.
    pub fn digest(&self) -> Digest {
        self.loaded.digest
    }

    /// What the transform reads and fills, given an integration's configuration
    /// (JSON text).
    ///
    /// # Errors
    /// [`SandboxError::Configuration`] if the plugin does not accept it,
    /// [`SandboxError::Descriptor`] if its answer is not of the published form,
    /// [`SandboxError::Guest`] if it fails.
    pub fn descriptor_for(&self, config: &str) -> Result<TransformDescriptor, SandboxError> {
        let text = self.loaded.describe(|instance, store| {
            instance
                .runnel_plugin_transform_api()
                .call_describe(store, config)
        })?;
        TransformDescriptor::parse(&text).map_err(|error| SandboxError::Descriptor {
            plugin: PluginId::unnamed(self.digest()),
            error: Box::new(error),
        })
    }

    /// Asks for the descriptor and prepares for batches under this configuration.
    ///
    /// # Errors
    /// Those of [`Transform::descriptor_for`].
    pub fn bind(&self, config: &str) -> Result<BoundTransform, SandboxError> {
        let descriptor = self.descriptor_for(config)?;
        Ok(BoundTransform(Arc::new(Bound {
            loaded: self.loaded.clone(),
            config: config.to_owned(),
            plugin: Arc::new(PluginId {
                name: descriptor.name.to_string(),
                version: descriptor.version.clone(),
                digest: self.digest(),
            }),
            projection: Projection::new(&descriptor.reads),
            tables: descriptor.tables.iter().map(Shape::of).collect(),
            descriptor,
        })))
    }
}

impl BoundTransform {
    /// What it reads and fills.
    pub fn descriptor(&self) -> &TransformDescriptor {
        &self.0.descriptor
    }

    /// The component's digest.
    pub fn digest(&self) -> Digest {
        self.0.plugin.digest
    }

    /// Name, version and digest.
    pub fn plugin(&self) -> &PluginId {
        &self.0.plugin
    }

    /// Maps a batch of any size. A record that traps, exceeds a limit or is
    /// answered against the interface becomes a [`Fault`]; the others keep their
    /// outcomes.
    ///
    /// A record that runs past the deadline costs two deadlines: one of the batch
    /// and one of its own. From the third such record of a batch on, a record
    /// gets a fiftieth of the deadline for itself.
    ///
    /// # Errors
    /// [`SandboxError::Engine`] where the host has no room for an instance.
    pub fn transform(&self, batch: &[Record<'_>]) -> Result<Batch, SandboxError> {
        batch::run(&self.0, batch)
    }
}
