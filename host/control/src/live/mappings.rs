//! Transforms, bound to configurations.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use runnel_model::{Digest, Name, TenantId, TransformDescriptor};
use runnel_pipeline::{Mapping, PipelineError};
use runnel_sandbox::BoundTransform;
use runnel_store::{DescriptorId, Store};

use super::Snapshot;
use crate::{ControlError, lineup::Lineup};

/// The most bound transforms that are kept.
const KEPT: usize = 1_000;

/// Whose records of which kind are to be mapped, under which configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    /// The tenant.
    pub(crate) tenant: TenantId,
    /// The source.
    pub(crate) source: Name,
    /// The entity type.
    pub(crate) entity: Name,
    /// As plugins get it.
    pub(crate) config: String,
}

/// Transforms that are bound already, by what they are bound to.
pub(super) struct Mappings {
    store: Arc<dyn Store>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    mappings: HashMap<(Digest, String), Arc<Mapping>>,
    /// What was asked for: a new version is bound for it before it is used.
    wanted: HashSet<Wanted>,
    /// Descriptors that are stored, with their tables. Under most configurations a
    /// transform says the same of itself.
    stored: Vec<(Digest, TransformDescriptor, DescriptorId)>,
}

impl Mappings {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            known: Mutex::default(),
        }
    }

    /// The transform that does what is wanted, bound, with its tables made.
    pub(super) async fn get(
        &self,
        lineup: &Lineup,
        wanted: &Wanted,
    ) -> Result<Arc<Mapping>, ControlError> {
        let transform = lineup.transform(&wanted.source, &wanted.entity);
        let transform = transform.ok_or_else(|| PipelineError::NoTransform {
            entity: wanted.entity.to_string(),
        })?;
        let key = (transform.digest(), wanted.config.clone());
        if let Some(known) = self.known().find(&key, wanted) {
            return Ok(known);
        }
        let (transform, config) = (transform.clone(), wanted.config.clone());
        let bound = tokio::task::spawn_blocking(move || transform.bind(&config))
            .await
            .map_err(|e| ControlError::Host(e.to_string()))??;
        let mapping = Arc::new(Mapping {
            descriptor: self.descriptor(&bound).await?,
            transform: bound,
        });
        let mut known = self.known();
        if known.mappings.len() >= KEPT {
            known.mappings.clear();
        }
        known.mappings.insert(key, Arc::clone(&mapping));
        Ok(mapping)
    }

    async fn descriptor(&self, bound: &BoundTransform) -> Result<DescriptorId, ControlError> {
        let (digest, descriptor) = (bound.digest(), bound.descriptor());
        let stored = self.known().stored(&digest, descriptor);
        if let Some(stored) = stored {
            return Ok(stored);
        }
        let id = self.store.prepare(descriptor, &digest).await?;
        self.known().stored.push((digest, descriptor.clone(), id));
        Ok(id)
    }

    /// Binds what is new for whoever will want it, so that no batch has to wait for
    /// that. What does not succeed is met again, and answered for, by the first batch
    /// that wants it.
    pub(super) async fn warm(&self, snapshot: &Snapshot) {
        let wanted: Vec<Wanted> = self.known().wanted.iter().cloned().collect();
        for wanted in wanted {
            let got = self.get(&snapshot.of(Some(wanted.tenant)), &wanted).await;
            if let Err(error) = got {
                tracing::warn!(tenant = wanted.tenant.0, entity = %wanted.entity, "{error}");
            }
        }
    }

    /// Lets go of the others.
    pub(super) fn keep(&self, digests: &BTreeSet<Digest>) {
        let mut known = self.known();
        known
            .mappings
            .retain(|(digest, _), _| digests.contains(digest));
        known.stored.retain(|(digest, ..)| digests.contains(digest));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn find(&mut self, key: &(Digest, String), wanted: &Wanted) -> Option<Arc<Mapping>> {
        if !self.wanted.contains(wanted) {
            if self.wanted.len() >= KEPT {
                self.wanted.clear();
            }
            self.wanted.insert(wanted.clone());
        }
        self.mappings.get(key).map(Arc::clone)
    }

    fn stored(&self, digest: &Digest, descriptor: &TransformDescriptor) -> Option<DescriptorId> {
        let same =
            |(of, body, _): &&(Digest, TransformDescriptor, _)| (of, body) == (digest, descriptor);
        self.stored.iter().find(same).map(|(.., id)| *id)
    }
}
