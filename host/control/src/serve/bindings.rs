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
use crate::{ControlError, Vault, config, lineup::Lineup, live::Live};

/// For how long a closed account is waited for before the task is given back.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a request is sent before its task is given back.
const ATTEMPTS: u32 = 3;

pub(super) struct Bindings {
    live: Arc<Live>,
    store: Arc<dyn Store>,
    vault: Vault,
    worker: WorkerId,
    guard: Guard,
    concurrency: u32,
    quotas: Mutex<HashMap<Account, Arc<Quota>>>,
}

impl Bindings {
    pub(super) fn new(service: &Service, vault: Vault) -> Self {
        Self {
            live: Arc::clone(&service.live),
            store: Arc::clone(&service.store),
            vault,
            worker: service.worker.clone(),
            guard: service.settings.guard.clone(),
            concurrency: service.settings.slots.extract,
            quotas: Mutex::default(),
        }
    }

    async fn bind(&self, lineup: &Lineup, run: &WorkingRun) -> Result<BoundSource, ControlError> {
        let integration = &run.integration;
        let base_url = BaseUrl::parse(&integration.base_url)?;
        let token = self.vault.get(integration.tenant, integration.id).await?;
        let account = account(&base_url, token.as_ref());
        self.store.assign(integration.id, &account).await?;
        let (source, known) = lineup.source(&integration.source)?;
        let quota = self.quota(account, &base_url, config::pace(known, &base_url));
        let egress = Egress {
            base_url,
            integration: integration.id,
            token,
            quota,
            guard: self.guard.clone(),
        };
        bound(source, config::of(run), egress).await
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
}

/// What the requests of an integration are sent with.
struct Egress {
    base_url: BaseUrl,
    integration: IntegrationId,
    token: Option<SecretString>,
    quota: Arc<Quota>,
    guard: Guard,
}

async fn bound(
    source: &Source,
    config: String,
    egress: Egress,
) -> Result<BoundSource, ControlError> {
    let (own, text) = (source.clone(), config.clone());
    let descriptor = config::apart(move || own.descriptor(&text)).await?;
    let client = Client::new(ClientOptions {
        source: descriptor.name.clone(),
        base_url: egress.base_url,
        credential: Credential {
            token: egress.token,
            user: config::basic_user(&descriptor, &config),
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
pub(crate) async fn bind_source(
    lineup: &Lineup,
    integration: &Configured,
    token: Option<SecretString>,
    guard: Guard,
) -> Result<BoundSource, ControlError> {
    let (source, _) = lineup.source(&integration.source)?;
    let base_url = BaseUrl::parse(&integration.base_url)?;
    let asked = (&*integration.scope, &integration.settings);
    let config = config::stored(&base_url.to_string(), asked);
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
    bound(source, config, egress).await
}

#[async_trait]
impl Plugins for Bindings {
    async fn source(&self, run: &WorkingRun) -> Result<Arc<BoundSource>, PipelineError> {
        let name = &run.integration.source;
        let lineup = self.live.lineup(Some(run.integration.tenant));
        if lineup.source(name).is_err() {
            return Err(PipelineError::NoSource {
                name: name.to_string(),
            });
        }
        let bound = self.bind(&lineup, run).await.map_err(|e| refused(run, e))?;
        Ok(Arc::new(bound))
    }

    async fn mapping(&self, run: &WorkingRun) -> Result<Arc<Mapping>, PipelineError> {
        let mapping = self.live.mapping_of(run).await;
        mapping.map_err(|e| refused(run, e))
    }
}

/// What an operator has to mend fails the run; anything else is tried again.
fn refused(run: &WorkingRun, error: ControlError) -> PipelineError {
    match error {
        ControlError::Usage(_)
        | ControlError::Field { .. }
        | ControlError::Secrets(_)
        | ControlError::Plugins(_) => PipelineError::Unusable {
            integration: run.integration.id.0,
            reason: error.to_string(),
        },
        other => other.into(),
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
