//! What every request can reach.

use std::{ops::Deref, sync::Arc, thread::available_parallelism, time::Duration};

use runnel_control::Host;
use runnel_model::TenantId;
use runnel_store::{After, Tenant, UserRole};
use tokio_util::task::TaskTracker;

use crate::{
    exporter::Exporter, guard::Turns, problem::ApiError, proxies::Network, rights::Who,
    routes::board::Board, serve::ApiSettings, shared::Shared, watch::Watch,
};

/// How long all are told the same who scrape: they may be many, and need no sign-in.
const BOARD: Duration = Duration::from_secs(2);

/// The host behind the API, shared by all requests.
#[derive(Clone)]
pub(crate) struct Api(Arc<Inner>);

/// See [`Api`].
pub(crate) struct Inner {
    pub(crate) host: Host,
    pub(crate) read_only: bool,
    pub(crate) trusted_proxies: Vec<Network>,
    /// How many requests are worked on at once: the workers of the process, and the
    /// database, have other things to do than to answer everybody who asks.
    pub(crate) turns: Turns,
    pub(crate) watch: Watch,
    pub(crate) exporter: Exporter,
    /// What the database says for Prometheus.
    pub(crate) board: Shared<Arc<Board>>,
    /// What is seen to its end when the host stops: connections, and changes that have a
    /// key, whose connection may be gone.
    pub(crate) under_way: TaskTracker,
}

impl Deref for Api {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Api {
    pub(crate) fn new(host: Host, settings: ApiSettings, exporter: Exporter) -> Self {
        let watch = Watch::new(Arc::clone(&host.store));
        let tally = Arc::clone(&host.tally);
        Self(Arc::new(Inner {
            host,
            read_only: settings.read_only,
            trusted_proxies: settings.trusted_proxies,
            turns: Turns::new(half_the_processors(), move || tally.is_at_work()),
            watch,
            exporter,
            board: Shared::new(BOARD),
            under_way: TaskTracker::new(),
        }))
    }

    /// The tenant of this name.
    ///
    /// # Errors
    /// [`ApiError::NoSuch`] where there is none, or it is none of theirs, and
    /// [`ApiError::Forbidden`] where the role is too low.
    pub(crate) async fn tenant(
        &self,
        who: &Who,
        role: UserRole,
        name: &str,
    ) -> Result<Tenant, ApiError> {
        let what = || format!("tenant {name:?}");
        let found = self.named(name).await?;
        let tenant = found.ok_or_else(|| ApiError::NoSuch(what()))?;
        who.may(role, tenant.id, what)?;
        Ok(tenant)
    }

    /// The tenant of this name, whoever asks.
    async fn named(&self, name: &str) -> Result<Option<Tenant>, ApiError> {
        // The first behind this name and no id.
        let after = After {
            name: name.to_owned(),
            id: 0,
        };
        let all = runnel_store::Scope::All;
        let first = self
            .host
            .store
            .tenants_page(&all, None, &after, 1)
            .await?
            .pop();
        Ok(first.filter(|tenant| tenant.name == name))
    }

    /// Whom a change concerns: the tenant of this name, or everybody.
    pub(crate) async fn whom(
        &self,
        who: &Who,
        role: UserRole,
        name: Option<&str>,
    ) -> Result<Option<TenantId>, ApiError> {
        match name {
            Some(name) => Ok(Some(self.tenant(who, role, name).await?.id)),
            None => who.may_everywhere(role).map(|()| None),
        }
    }

    /// Whose data a list is of: what somebody may see, or of it one tenant's.
    pub(crate) async fn scope(
        &self,
        who: &Who,
        role: UserRole,
        tenant: Option<&str>,
    ) -> Result<runnel_store::Scope, ApiError> {
        match tenant {
            None => Ok(who.rights.scope(role)),
            Some(name) => {
                let tenant = self.tenant(who, role, name).await?;
                Ok(runnel_store::Scope::Only(vec![tenant.id]))
            }
        }
    }
}

fn half_the_processors() -> u32 {
    let processors = available_parallelism().map_or(2, usize::from);
    u32::try_from(processors / 2).unwrap_or(u32::MAX).max(1)
}
