//! Transforms, bound to configurations.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use runnel_model::{Digest, IntegrationId, Name, TenantId, TransformDescriptor};
use runnel_pipeline::{Mapping, Part, PipelineError, Trial};
use runnel_sandbox::{BoundTransform, SandboxError, Transform};
use runnel_store::{DescriptorId, Exceeded, Store, StoreError, TrialId, TrialKind};

use super::{
    Snapshot,
    discovered::{Declared, Discovered, Discoveries},
    views::Views,
};
use crate::{ControlError, lineup::Lineup};

/// The most bound transforms that are kept.
const KEPT: usize = 1_000;

/// Whose records of which kind are to be mapped, under which configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    /// The tenant.
    pub(crate) tenant: TenantId,
    /// The integration.
    pub(crate) integration: IntegrationId,
    /// The source.
    pub(crate) source: Name,
    /// The entity type.
    pub(crate) entity: Name,
    /// As plugins get it, but for what the integration's records say.
    pub(crate) config: String,
}

/// Transforms that are bound already, by what they are bound to.
pub(super) struct Mappings {
    store: Arc<dyn Store>,
    discoveries: Discoveries,
    views: Views,
    known: Mutex<Known>,
}

/// The transform, what is tried beside it, the integration and its configuration.
type Key = (Digest, Option<TrialId>, IntegrationId, String);

#[derive(Default)]
struct Known {
    /// Each with what was known of the integration's records when it was bound.
    mappings: HashMap<Key, (Arc<Discovered>, Arc<Mapping>)>,
    /// What was asked for: a new version is bound for it before it is used.
    wanted: HashSet<Wanted>,
    /// Descriptors that are stored, with their tables. Under most configurations a
    /// transform says the same of itself.
    stored: Vec<(Digest, TransformDescriptor, DescriptorId)>,
}

impl Mappings {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            discoveries: Discoveries::new(Arc::clone(&store)),
            views: Views::new(Arc::clone(&store)),
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
        let trial = lineup.trial(&wanted.source, &wanted.entity);
        let declared = Declared::of(lineup.descriptors(&wanted.source, &wanted.entity));
        let of = (wanted.integration, &wanted.entity);
        let discovered = self.discoveries.get(of, &declared).await?;
        let trial_id = trial.map(|(trial, _)| trial.id);
        let key = (transform.digest(), trial_id, of.0, wanted.config.clone());
        if let Some(known) = self.known().find((&key, &discovered), wanted) {
            return Ok(known);
        }
        let config = discovered.extend(&wanted.config);
        let bound = bind(transform, &config).await?;
        let descriptor = self.descriptor(&bound).await?;
        self.views
            .show(of.0, (bound.descriptor(), descriptor))
            .await;
        let mapping = Arc::new(Mapping {
            descriptor,
            transform: bound,
            trial: match trial {
                Some(tried) => self.trial(tried, &config).await?,
                None => None,
            },
            observation: discovered.observation(),
        });
        self.known().keep(key, (discovered, Arc::clone(&mapping)));
        Ok(mapping)
    }

    /// What is tried, bound. A trial that cannot be is broken off: once activated, its
    /// version would fail these records.
    async fn trial(
        &self,
        (trial, transform): (&runnel_store::Trial, &Transform),
        config: &str,
    ) -> Result<Option<Trial>, ControlError> {
        let bound = async {
            let transform = bind(transform, config).await?;
            let part = match trial.kind {
                TrialKind::Shadow => Part::Shadow,
                TrialKind::Canary { percent } => Part::Canary {
                    percent,
                    descriptor: self.descriptor(&transform).await?,
                },
            };
            Ok::<_, ControlError>(Trial {
                id: trial.id,
                transform,
                part,
            })
        };
        match bound.await {
            Ok(bound) => Ok(Some(bound)),
            Err(error) if is_its_own(&error) => {
                let reason = format!("it cannot be used for every integration: {error}");
                let trial = trial.id;
                tracing::error!(%trial, "the trial is broken off: {reason}");
                self.store.break_off(&Exceeded { trial, reason }).await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn descriptor(&self, bound: &BoundTransform) -> Result<DescriptorId, ControlError> {
        let (digest, descriptor) = (bound.digest(), bound.descriptor());
        let stored = self.known().stored(&digest, descriptor);
        if let Some(stored) = stored {
            return Ok(stored);
        }
        let id = self.store.prepare(descriptor, &digest).await?;
        let mut known = self.known();
        if known.stored.len() >= KEPT {
            known.stored.clear();
        }
        known.stored.push((digest, descriptor.clone(), id));
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
    pub(super) fn keep(&self, digests: &BTreeSet<Digest>, trials: &BTreeSet<TrialId>) {
        let mut known = self.known();
        let goes_on = |trial: &Option<TrialId>| trial.is_none_or(|trial| trials.contains(&trial));
        known
            .mappings
            .retain(|(digest, trial, ..), _| digests.contains(digest) && goes_on(trial));
        known.stored.retain(|(digest, ..)| digests.contains(digest));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transform, bound to a configuration.
pub(crate) async fn bind(
    transform: &Transform,
    config: &str,
) -> Result<BoundTransform, ControlError> {
    let (transform, config) = (transform.clone(), config.to_owned());
    crate::config::apart(move || transform.bind(&config)).await
}

/// Whether it is the plugin that does not fit, and no host can make it so.
fn is_its_own(error: &ControlError) -> bool {
    match error {
        // A configuration that it does not accept.
        ControlError::Usage(_) => true,
        ControlError::Sandbox(error) => {
            !matches!(error, SandboxError::Engine(_) | SandboxError::Cache { .. })
        }
        ControlError::Store(error) => matches!(error, StoreError::Incompatible { .. }),
        _ => false,
    }
}

impl Known {
    /// The mapping, if it was bound to what is known now.
    fn find(
        &mut self,
        (key, discovered): (&Key, &Arc<Discovered>),
        wanted: &Wanted,
    ) -> Option<Arc<Mapping>> {
        if !self.wanted.contains(wanted) {
            if self.wanted.len() >= KEPT {
                self.wanted.clear();
            }
            self.wanted.insert(wanted.clone());
        }
        let (of, mapping) = self.mappings.get(key)?;
        Arc::ptr_eq(of, discovered).then(|| Arc::clone(mapping))
    }

    fn keep(&mut self, key: Key, mapping: (Arc<Discovered>, Arc<Mapping>)) {
        if self.mappings.len() >= KEPT {
            self.mappings.clear();
        }
        self.mappings.insert(key, mapping);
    }

    fn stored(&self, digest: &Digest, descriptor: &TransformDescriptor) -> Option<DescriptorId> {
        let same =
            |(of, body, _): &&(Digest, TransformDescriptor, _)| (of, body) == (digest, descriptor);
        self.stored.iter().find(same).map(|(.., id)| *id)
    }
}
