//! Which plugin does what for whom, at one moment.

use std::{collections::HashMap, sync::Arc};

use runnel_model::{Digest, TenantId};
use runnel_store::{Activation, Generation, TrialId};

use crate::lineup::{InstalledKind, Lineup, Tried};

/// Which plugin does what for whom. Never changed: a change makes another.
pub(super) struct Snapshot {
    pub(super) generation: Generation,
    /// For the tenants that have no activation of their own.
    everyone: Arc<Lineup>,
    tenants: HashMap<TenantId, Arc<Lineup>>,
    /// What the database says, as far as this host can follow it.
    active: Vec<(Activation, InstalledKind)>,
    trials: Vec<Tried>,
}

impl Snapshot {
    /// A tenant's own go before those for all, and those before the folder's. What is
    /// tried for all is not tried for a tenant that has its own version of the plugin.
    pub(super) fn new(
        generation: Generation,
        folder: &Lineup,
        active: Vec<(Activation, InstalledKind)>,
        trials: Vec<Tried>,
    ) -> Self {
        let mut everyone = folder.clone();
        for (_, plugin) in active.iter().filter(|(a, _)| a.tenant.is_none()) {
            everyone.put(plugin.clone());
        }
        for tried in trials.iter().filter(|t| t.trial.of.tenant.is_none()) {
            everyone.try_out(tried.clone());
        }
        let mut tenants: HashMap<TenantId, Lineup> = HashMap::new();
        for (activation, plugin) in &active {
            if let Some(tenant) = activation.tenant {
                let own = tenants.entry(tenant).or_insert_with(|| everyone.clone());
                own.put(plugin.clone());
            }
        }
        for tried in &trials {
            if let Some(tenant) = tried.trial.of.tenant {
                let own = tenants.entry(tenant).or_insert_with(|| everyone.clone());
                own.try_out(tried.clone());
            }
        }
        Self {
            generation,
            everyone: Arc::new(everyone),
            tenants: tenants
                .into_iter()
                .map(|(tenant, lineup)| (tenant, Arc::new(lineup)))
                .collect(),
            active,
            trials,
        }
    }

    /// What a tenant's runs go by.
    pub(super) fn of(&self, tenant: Option<TenantId>) -> Arc<Lineup> {
        let own = tenant.and_then(|tenant| self.tenants.get(&tenant));
        Arc::clone(own.unwrap_or(&self.everyone))
    }

    /// What did the work of an activation that cannot be followed.
    pub(super) fn in_place_of(
        &self,
        activation: &Activation,
    ) -> Option<(Activation, InstalledKind)> {
        let same = |(own, _): &&(Activation, InstalledKind)| {
            (own.tenant, &own.purpose) == (activation.tenant, &activation.purpose)
        };
        self.active.iter().find(same).cloned()
    }

    /// The digests of all that does any work.
    pub(super) fn digests(&self) -> impl Iterator<Item = Digest> {
        let tenants = self.tenants.values().flat_map(|lineup| lineup.digests());
        self.everyone.digests().chain(tenants)
    }

    /// The trials that go on.
    pub(super) fn trials(&self) -> impl Iterator<Item = TrialId> {
        self.trials.iter().map(|tried| tried.trial.id)
    }

    /// For whoever operates the host.
    pub(super) fn tell_what_is_new(&self, old: &Self) {
        for (now, _) in self.active.iter().filter(|(now, _)| !old.has(now)) {
            let (digest, tenant) = (now.digest.short(), now.tenant.map(|tenant| tenant.0));
            tracing::info!(plugin = %now.version, digest, tenant, "a version is active from now on");
        }
        for (then, _) in old.active.iter().filter(|(then, _)| !self.has(then)) {
            let (digest, tenant) = (then.digest.short(), then.tenant.map(|tenant| tenant.0));
            tracing::info!(plugin = %then.version, digest, tenant, "a version is no longer active");
        }
        for (now, then, words) in [
            (self, old, "a version is tried from now on"),
            (old, self, "a version is no longer tried"),
        ] {
            for tried in now.trials.iter().filter(|tried| !then.tries(tried)) {
                let (trial, kind) = (tried.trial.id, tried.trial.kind);
                tracing::info!(plugin = %tried.trial.of.version, %trial, %kind, "{words}");
            }
        }
    }

    fn tries(&self, tried: &Tried) -> bool {
        self.trials.iter().any(|own| own.trial == tried.trial)
    }

    fn has(&self, activation: &Activation) -> bool {
        self.active.iter().any(|(own, _)| own == activation)
    }
}
