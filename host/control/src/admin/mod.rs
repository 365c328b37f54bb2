//! What operators do with integrations, beyond what the store does by itself.

mod edit;

use std::sync::Arc;

use runnel_model::{IntegrationId, SourceDescriptor, Stream, TenantId, TransformDescriptor};
use runnel_pipeline::{Guard, Probed, probe};
use runnel_sandbox::Sandbox;
use runnel_secrets::SecretString;
use runnel_signatures::Signers;
use runnel_store::{
    Actor, Companions, Configured, IfThere, Integration, NewIntegration, NewJob, Store, StoreError,
    Tenant,
};
use serde_json::{Map, Value};

use crate::{
    ControlError, Registry, Seal, Vault, config, lineup::AtWork, live::Live, serve::bind_source,
};

pub use edit::IntegrationEdit;

/// An integration as it is asked for.
pub struct IntegrationRequest {
    /// Whose it is.
    pub tenant: Tenant,
    /// Its name, unique within the tenant.
    pub name: String,
    /// The source's name.
    pub source: String,
    /// The service's base URL, unless it is the source's own.
    pub base_url: Option<String>,
    /// What is read.
    pub scope: Vec<String>,
    /// The settings.
    pub settings: Map<String, Value>,
    /// The credential; none leaves a stored one as it is.
    pub token: Option<SecretString>,
}

impl IntegrationRequest {
    fn asked(&self) -> config::Asked<'_> {
        config::Asked {
            source: &self.source,
            base_url: self.base_url.as_ref(),
            scope: &self.scope,
            settings: &self.settings,
        }
    }
}

/// Adds integrations and tries them out.
pub struct Admin {
    store: Arc<dyn Store>,
    live: Arc<Live>,
    vault: Vault,
}

impl Admin {
    /// Over a store, with the plugins of a folder and those that are active in the
    /// database.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn open(
        store: Arc<dyn Store>,
        sandbox: &Sandbox,
        signers: &Signers,
        registry: &Registry,
        vault: Vault,
    ) -> Result<Self, ControlError> {
        let live = Live::open(sandbox, signers, registry.lineup(), &store).await?;
        Ok(Self::over(store, Arc::new(live), vault))
    }

    /// Over the plugins as a service follows them.
    pub(crate) fn over(store: Arc<dyn Store>, live: Arc<Live>, vault: Vault) -> Self {
        Self { store, live, vault }
    }

    /// What the sources say of themselves, by name, as they are now for a tenant, or
    /// for one that is not there yet.
    pub fn sources(&self, tenant: Option<TenantId>) -> Vec<SourceDescriptor> {
        self.live.lineup(tenant).described().0
    }

    /// What does the work now for a tenant, or for one that is not there yet: name,
    /// version and digest of each plugin.
    pub fn at_work(&self, tenant: Option<TenantId>) -> Vec<AtWork> {
        self.live.lineup(tenant).described().1
    }

    /// What the transforms of the plugins folder declare, whether they do any work or
    /// not.
    pub fn folder(&self) -> Vec<TransformDescriptor> {
        self.live.folder().declared()
    }

    /// The plugins of the folder: each does the work where no version of the database
    /// is active for the same.
    pub fn in_folder(&self) -> Vec<AtWork> {
        self.live.folder().described().1
    }

    /// Adds an integration with its credential, or brings it up to date, and schedules
    /// the streams of its source: all of it or nothing. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`ControlError::Usage`] where the source, the settings or the base URL are
    /// to be mended, [`ControlError::Secrets`] where there is a token and no key, and
    /// [`StoreError::Exists`] and [`StoreError::OtherService`]: nothing is stored then.
    pub async fn add(
        &self,
        request: &IntegrationRequest,
        if_there: IfThere,
        by: &Actor,
    ) -> Result<Integration, ControlError> {
        let lineup = self.live.lineup(Some(request.tenant.id));
        let accepted = config::accept(&lineup, &request.asked()).await?;
        let descriptor = &accepted.descriptor;
        let token = match &request.token {
            Some(token) => Some((self.vault.seal_of(request.tenant.id).await?, token)),
            None => None,
        };
        let new = NewIntegration {
            tenant: request.tenant.name.clone(),
            name: request.name.clone(),
            source: descriptor.name.clone(),
            base_url: accepted.base_url.to_string(),
            scope: request.scope.clone(),
            settings: Value::Object(request.settings.clone()),
            ad_hoc: false,
        };
        let companions = |integration: &Integration| {
            let seal = |(seal, token): &(Seal, &SecretString)| seal.seal(integration.id, token);
            let credential = token.as_ref().map(seal).transpose();
            Ok(Companions {
                credential: credential.map_err(|e| StoreError::Companions(e.to_string()))?,
                jobs: jobs(descriptor, integration),
            })
        };
        let put = self
            .store
            .put_integration((&new, if_there), &companions, by);
        Ok(put.await?)
    }

    /// Sends one request for an integration, with its credential, and says what
    /// came back. Nothing is stored.
    ///
    /// # Errors
    /// Whatever a run would fail with.
    pub async fn test(
        &self,
        integration: &Configured,
        guard: Guard,
    ) -> Result<Probed, ControlError> {
        let token = self
            .vault
            .get(integration.tenant.id, integration.id)
            .await?;
        self.probe(integration, token, guard).await
    }

    /// The same for an integration that is not stored.
    ///
    /// # Errors
    /// [`ControlError::Usage`] for what is to be mended, and whatever a run would
    /// fail with.
    pub async fn try_out(
        &self,
        request: &IntegrationRequest,
        guard: Guard,
    ) -> Result<Probed, ControlError> {
        let integration = self.accepted(request).await?;
        self.probe(&integration, request.token.clone(), guard).await
    }

    /// An integration as it would be stored.
    async fn accepted(&self, request: &IntegrationRequest) -> Result<Configured, ControlError> {
        let lineup = self.live.lineup(Some(request.tenant.id));
        let accepted = config::accept(&lineup, &request.asked()).await?;
        Ok(Configured {
            id: IntegrationId(0),
            tenant: request.tenant.clone(),
            name: request.name.clone(),
            source: accepted.descriptor.name.clone(),
            base_url: accepted.base_url.to_string(),
            scope: request.scope.clone(),
            settings: Value::Object(request.settings.clone()),
            paused: false,
            has_credential: request.token.is_some(),
            account: None,
            created_at: 0,
        })
    }

    async fn probe(
        &self,
        integration: &Configured,
        token: Option<SecretString>,
        guard: Guard,
    ) -> Result<Probed, ControlError> {
        let lineup = self.live.lineup(Some(integration.tenant.id));
        let source = bind_source(&lineup, integration, token, guard).await?;
        let streams = &source.descriptor.streams;
        let stream = streams.iter().find(|stream| stream.parents.is_none());
        let stream = stream
            .ok_or_else(|| no_first(&source.descriptor))?
            .name
            .clone();
        Ok(probe(&source, &stream).await?)
    }
}

fn no_first(descriptor: &SourceDescriptor) -> ControlError {
    ControlError::Plugins(format!(
        "{} {} has no stream that can be read by itself: every one is read for another",
        descriptor.name, descriptor.version
    ))
}

fn jobs(descriptor: &SourceDescriptor, integration: &Integration) -> Vec<NewJob> {
    let name = |stream: &str| format!("{stream}_{}", integration.id);
    let job = |stream: &Stream| NewJob {
        name: name(&stream.name),
        job_type: stream.name.clone(),
        every_minutes: stream.every_minutes,
        priority: stream.priority,
        depends_on: stream.depends_on.iter().map(|on| name(on)).collect(),
        changed_parents_of: stream.changed_parents(),
        census_days: stream.census_days,
    };
    descriptor.streams.iter().map(job).collect()
}
