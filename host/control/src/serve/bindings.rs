//! The plugins of every integration's runs, each bound to its configuration, and
//! the clients that send their requests.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use runnel_model::{IntegrationId, Pace};
use runnel_pipeline::{
    BaseUrl, BoundSource, Client, ClientOptions, Credential, Guard, Mapping, Occupant,
    PipelineError, Plugins, Quota, SharedQuota, Usage,
};
use runnel_sandbox::Source;
use runnel_secrets::{ExposeSecret, SecretString};
use runnel_store::{Account, Configured, Quotas, Store, WorkerId, WorkingRun};
use sha2::{Digest, Sha256};

use super::Service;
use crate::{ControlError, Registry, Vault, config};

/// For how long a closed account is waited for before the task is given back.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a request is sent before its task is given back.
const ATTEMPTS: u32 = 3;

pub(super) struct Bindings {
    registry: Arc<Registry>,
    store: Arc<dyn Store>,
    vault: Vault,
    worker: WorkerId,
    guard: Guard,
    concurrency: u32,
    quotas: Mutex<HashMap<Account, Arc<Quota>>>,
    /// By entity type and configuration.
    mappings: Mutex<HashMap<(String, String), Arc<Mapping>>>,
}

/// The most bound transforms that are kept.
const MAPPINGS: usize = 1_000;

impl Bindings {
    pub(super) fn new(service: &Service, vault: Vault) -> Self {
        Self {
            registry: Arc::clone(&service.registry),
            store: Arc::clone(&service.store),
            vault,
            worker: service.worker.clone(),
            guard: service.settings.guard.clone(),
            concurrency: service.settings.slots.extract,
            quotas: Mutex::default(),
            mappings: Mutex::default(),
        }
    }

    async fn bind(&self, run: &WorkingRun) -> Result<BoundSource, ControlError> {
        let integration = &run.integration;
        let base_url = BaseUrl::parse(&integration.base_url)?;
        let token = self.vault.get(integration.tenant, integration.id).await?;
        let account = account(&base_url, token.as_ref());
        self.store.assign(integration.id, &account).await?;
        let (source, known) = self.registry.source(&integration.source)?;
        let quota = self.quota(account, &base_url, config::pace(known, &base_url));
        let egress = Egress {
            base_url,
            integration: integration.id,
            token,
            quota,
            guard: self.guard.clone(),
        };
        bound(source, configuration(run), egress)
    }

    /// The budget of the account: one for all integrations that use it.
    fn quota(&self, account: Account, base_url: &BaseUrl, pace: Option<Pace>) -> Arc<Quota> {
        let mut quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        let quota = quotas.entry(account.clone()).or_insert_with(|| {
            let occupant = Occupant {
                account,
                worker: self.worker.clone(),
                host: base_url.host().to_owned(),
            };
            let store: Arc<dyn Quotas> = Arc::clone(&self.store) as _;
            let usage = Usage {
                concurrency: self.concurrency,
                pace,
                patience: PATIENCE,
                shared: Some(SharedQuota::new(store, occupant)),
            };
            Arc::new(Quota::new(usage, Arc::new(|_| ())))
        });
        Arc::clone(quota)
    }

    async fn map(&self, run: &WorkingRun) -> Result<Mapping, ControlError> {
        let config = configuration(run);
        let transforms = self.registry.transforms(&run.integration.source);
        let (transform, _) = transforms
            .into_iter()
            .find(|(_, descriptor)| descriptor.entity == run.stream)
            .ok_or_else(|| no_transform(run))?;
        let transform = transform.bind(&config)?;
        let descriptor = self
            .store
            .prepare(transform.descriptor(), &transform.digest())
            .await?;
        Ok(Mapping {
            transform,
            descriptor,
        })
    }
}

/// What the requests of an integration are sent with.
struct Egress {
    base_url: BaseUrl,
    integration: IntegrationId,
    token: Option<SecretString>,
    quota: Arc<Quota>,
    guard: Guard,
}

fn bound(source: &Source, config: String, egress: Egress) -> Result<BoundSource, ControlError> {
    let descriptor = source.descriptor(&config)?;
    let client = Client::new(ClientOptions {
        base_url: egress.base_url,
        credential: Credential {
            token: egress.token,
            origin: format!("the credential of integration {}", egress.integration),
        },
        headers: descriptor.headers.clone(),
        quota: egress.quota,
        attempts: ATTEMPTS,
        guard: egress.guard,
    })?;
    Ok(BoundSource {
        source: source.clone(),
        descriptor,
        config,
        client: Arc::new(client),
    })
}

/// The source of an integration for a single request: with a budget of its own.
pub(crate) fn bind_source(
    registry: &Registry,
    integration: &Configured,
    token: Option<SecretString>,
    guard: Guard,
) -> Result<BoundSource, ControlError> {
    let (source, _) = registry.source(&integration.source)?;
    let base_url = BaseUrl::parse(&integration.base_url)?;
    let settings = integration
        .settings
        .as_object()
        .cloned()
        .unwrap_or_default();
    let config = config::config(&base_url.to_string(), &integration.scope, &settings);
    let usage = Usage {
        concurrency: 1,
        pace: None,
        patience: PATIENCE,
        shared: None,
    };
    let egress = Egress {
        base_url,
        integration: integration.id,
        token,
        quota: Arc::new(Quota::new(usage, Arc::new(|_| ()))),
        guard,
    };
    bound(source, config, egress)
}

#[async_trait]
impl Plugins for Bindings {
    async fn source(&self, run: &WorkingRun) -> Result<Arc<BoundSource>, PipelineError> {
        let name = &run.integration.source;
        if self.registry.source(name).is_err() {
            return Err(PipelineError::NoSource {
                name: name.to_string(),
            });
        }
        let bound = self.bind(run).await.map_err(|e| refused(run, e))?;
        Ok(Arc::new(bound))
    }

    async fn mapping(&self, run: &WorkingRun) -> Result<Arc<Mapping>, PipelineError> {
        let key = (run.stream.to_string(), configuration(run));
        let known = || self.mappings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mapping) = known().get(&key) {
            return Ok(Arc::clone(mapping));
        }
        let mapping = self.map(run).await.map_err(|e| refused(run, e))?;
        let mapping = Arc::new(mapping);
        let mut known = known();
        if known.len() >= MAPPINGS {
            known.clear();
        }
        known.insert(key, Arc::clone(&mapping));
        Ok(mapping)
    }
}

fn configuration(run: &WorkingRun) -> String {
    let settings = run
        .options
        .settings
        .as_object()
        .cloned()
        .unwrap_or_default();
    config::config(&run.integration.base_url, &run.options.scope, &settings)
}

/// What an operator has to mend fails the run; anything else is tried again.
fn refused(run: &WorkingRun, error: ControlError) -> PipelineError {
    match error {
        ControlError::Usage(_) | ControlError::Secrets(_) | ControlError::Plugins(_) => {
            PipelineError::Unusable {
                integration: run.integration.id.0,
                reason: error.to_string(),
            }
        }
        other => other.into(),
    }
}

fn no_transform(run: &WorkingRun) -> PipelineError {
    PipelineError::NoTransform {
        entity: run.stream.to_string(),
    }
}

/// Of a token only its digest is stored, together with where it is used.
fn account(base_url: &BaseUrl, token: Option<&SecretString>) -> Account {
    let token = token.map_or("", |token| token.expose_secret());
    let digest = Sha256::new()
        .chain_update(base_url.to_string())
        .chain_update([0])
        .chain_update(token)
        .finalize();
    Account(
        digest
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    )
}
