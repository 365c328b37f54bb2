//! The plugins as they are now: those of the folder, and over them what is active
//! in the database, for every tenant or for one.
//!
//! A host asks for the database's generation a few times a second. Where it has
//! moved, what is new is fetched, checked against its digest, compiled, and bound
//! for whoever used what it replaces; then one pointer is swapped. A batch looks the
//! plugin up once, and so is mapped, committed and loaded by one version, whatever
//! is swapped meanwhile; nothing waits for a swap, and a swap waits for nothing.
//!
//! An activation that this host cannot follow (the bytes are not those of the
//! digest, nobody signed them whose key it asks for, they do not load, or take too
//! long to compile) is said so once, and what did the work before goes on doing it. A
//! trial that it cannot follow is left to the other hosts.

mod discovered;
mod load;
mod mappings;
mod snapshot;
mod views;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use runnel_model::{Digest, PluginVersion, TenantId};
use runnel_pipeline::Mapping;
use runnel_sandbox::Sandbox;
use runnel_signatures::Signers;
use runnel_store::{Activation, Generation, Store, StoreError, WorkingRun};
use tokio_util::sync::CancellationToken;

use crate::{
    ControlError, config,
    lineup::{InstalledKind, Lineup, Tried},
};
pub(crate) use discovered::{Declared, Discovered};
pub(crate) use load::{COMPILE, checked, within};
use mappings::Mappings;
pub(crate) use mappings::{Wanted, bind};
use snapshot::Snapshot;

/// How often a host asks whether other versions are active. What is activated is to
/// be in use a second later.
pub const FOLLOW: Duration = Duration::from_millis(250);

/// Which plugin does what now.
pub(crate) struct Live {
    store: Arc<dyn Store>,
    sandbox: Sandbox,
    signers: Signers,
    folder: Lineup,
    /// Held for as long as it takes to copy or to swap a pointer.
    now: RwLock<Arc<Snapshot>>,
    /// Those of the snapshot and of the one before it, so that going back and forth
    /// loads nothing twice.
    loaded: Mutex<HashMap<Digest, InstalledKind>>,
    /// The versions that replays name.
    pinned: Mutex<Pinned>,
    /// Held while it is looked whether other versions are active.
    looking: tokio::sync::Mutex<()>,
    mappings: Mappings,
}

/// Versions that are used whether they are active or not, each with the generation
/// in which it was looked up.
type Pinned = HashMap<PluginVersion, (Generation, InstalledKind)>;

impl Live {
    /// What the folder and the database say now.
    ///
    /// # Errors
    /// Those of the store. What cannot be loaded from the database is no error.
    pub(crate) async fn open(
        sandbox: &Sandbox,
        signers: &Signers,
        folder: Lineup,
        store: &Arc<dyn Store>,
    ) -> Result<Self, StoreError> {
        let live = Self {
            now: RwLock::new(Arc::new(Snapshot::new(
                Generation(-1),
                &folder,
                Vec::new(),
                Vec::new(),
            ))),
            store: Arc::clone(store),
            sandbox: sandbox.clone(),
            signers: signers.clone(),
            folder,
            loaded: Mutex::default(),
            pinned: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
            mappings: Mappings::new(Arc::clone(store)),
        };
        live.refresh().await?;
        Ok(live)
    }

    /// Which plugin does what now for a tenant, or for one that is not there yet.
    pub(crate) fn lineup(&self, tenant: Option<TenantId>) -> Arc<Lineup> {
        self.snapshot().of(tenant)
    }

    /// The plugins of the folder, whatever the database says.
    pub(crate) fn folder(&self) -> &Lineup {
        &self.folder
    }

    /// The transform of what is wanted, as it is now.
    ///
    /// # Errors
    /// Where there is none, it does not accept the configuration, or its tables
    /// cannot be had.
    pub(crate) async fn mapping(&self, wanted: &Wanted) -> Result<Arc<Mapping>, ControlError> {
        let lineup = self.lineup(Some(wanted.tenant));
        self.mappings.get(&lineup, wanted).await
    }

    /// The transform of a run's records: the version that it is a replay by, or the
    /// one that is active.
    ///
    /// # Errors
    /// Those of [`Self::mapping`], and where the version is not there or not what
    /// was installed.
    pub(crate) async fn mapping_of(&self, run: &WorkingRun) -> Result<Arc<Mapping>, ControlError> {
        let wanted = Wanted {
            tenant: run.integration.tenant,
            integration: run.integration.id,
            source: run.integration.source.clone(),
            entity: run.stream.clone(),
            config: config::of(run),
        };
        let pinned = run
            .replay
            .as_ref()
            .and_then(|replay| replay.version.as_ref());
        let Some(version) = pinned else {
            if run.replay.is_some() {
                // Whoever activates a version and replays means that one, and not what
                // was active when this host looked last.
                self.look().await?;
            }
            return self.mapping(&wanted).await;
        };
        let mut lineup = Lineup::default();
        lineup.put(self.pinned(version).await?);
        self.mappings.get(&lineup, &wanted).await
    }

    /// An installed version, active or not: looked up once a generation, since its
    /// bytes may be replaced.
    async fn pinned(&self, version: &PluginVersion) -> Result<InstalledKind, ControlError> {
        let generation = self.snapshot().generation;
        let known = self.pinned_to().get(version).cloned();
        if let Some((_, plugin)) = known.filter(|(of, _)| *of == generation) {
            return Ok(plugin);
        }
        let rows = self.store.versions(Some(&version.plugin)).await?;
        let row = rows.into_iter().find(|row| row.version == *version);
        let row = row.ok_or_else(|| {
            ControlError::Plugins(format!("{version} is not installed: install it again"))
        })?;
        let plugin = self.obtain(&row.into()).await?;
        self.pinned_to()
            .insert(version.clone(), (generation, plugin.clone()));
        Ok(plugin)
    }

    fn pinned_to(&self) -> MutexGuard<'_, Pinned> {
        self.pinned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the database until it is told to stop.
    pub(crate) async fn follow(&self, every: Duration, stop: CancellationToken) {
        let mut interval = tokio::time::interval(every);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(interval.tick()).await.is_some() {
            if let Some(Err(error)) = stop.run_until_cancelled(self.look()).await {
                tracing::debug!(%error, "the active plugins are looked at again in a moment");
            }
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        // One at a time: of two, the one that saw less could end last.
        let _one = self.looking.lock().await;
        if self.store.generation().await? == self.snapshot().generation {
            return Ok(());
        }
        self.refresh().await
    }

    async fn refresh(&self) -> Result<(), StoreError> {
        let (generation, activations) = self.store.activations().await?;
        let old = self.snapshot();
        let mut active = Vec::new();
        for activation in activations {
            match self.obtain(&activation).await {
                Ok(plugin) => active.push((activation, plugin)),
                Err(ControlError::Store(error)) => return Err(error),
                Err(error) => {
                    tracing::error!(plugin = %activation.version, digest = %activation.digest, "{error}");
                    active.extend(old.in_place_of(&activation));
                }
            }
        }
        let trials = self.trials().await?;
        let new = Arc::new(Snapshot::new(generation, &self.folder, active, trials));
        self.mappings.warm(&new).await;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&new);
        new.tell_what_is_new(&old);
        self.forget(&old, &new);
        Ok(())
    }

    /// What is tried, as far as this host can follow it.
    async fn trials(&self) -> Result<Vec<Tried>, StoreError> {
        let mut trials = Vec::new();
        for trial in self.store.running_trials().await? {
            match self.obtain(&trial.of).await {
                Ok(plugin) => trials.push(Tried { trial, plugin }),
                Err(ControlError::Store(error)) => return Err(error),
                Err(error) => {
                    tracing::error!(plugin = %trial.of.version, digest = %trial.of.digest, "{error}");
                }
            }
        }
        Ok(trials)
    }

    /// The plugin of an activation: known, or fetched and loaded.
    async fn obtain(&self, activation: &Activation) -> Result<InstalledKind, ControlError> {
        if let Some(known) = self.loaded().get(&activation.digest) {
            return Ok(known.clone());
        }
        let stored = self.store.component(activation.id).await?;
        let plugin = load::checked(&self.sandbox, &self.signers, activation, stored).await?;
        self.loaded().insert(activation.digest, plugin.clone());
        Ok(plugin)
    }

    /// Lets go of what neither of the two needs.
    fn forget(&self, old: &Snapshot, new: &Snapshot) {
        let keep: BTreeSet<Digest> = old.digests().chain(new.digests()).collect();
        self.loaded().retain(|digest, _| keep.contains(digest));
        self.pinned_to().clear();
        let trials = new.trials().collect();
        self.mappings.keep(&keep, &trials);
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&now)
    }

    fn loaded(&self) -> MutexGuard<'_, HashMap<Digest, InstalledKind>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
