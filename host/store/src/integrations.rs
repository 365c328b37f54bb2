//! Tenants, their integrations and credentials: what an operator manages.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, TenantId};

use crate::{Account, Actor, Integration, Micros, NewIntegration, NewJob, StoreError};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name, unique.
    pub name: String,
    /// When it was added.
    pub created_at: Micros,
}

/// An integration as an operator sees it; never an ad hoc one.
#[derive(Debug, Clone, PartialEq)]
pub struct Configured {
    /// Its id.
    pub id: IntegrationId,
    /// Whose it is.
    pub tenant: Tenant,
    /// Unique within the tenant.
    pub name: String,
    /// The source.
    pub source: Name,
    /// The service's base URL.
    pub base_url: String,
    /// What is read.
    pub scope: Vec<String>,
    /// The settings: a JSON object.
    pub settings: serde_json::Value,
    /// Whether it is paused.
    pub paused: bool,
    /// Whether it has a stored credential.
    pub has_credential: bool,
    /// Whose budget its requests are counted against, since it first sent one.
    pub account: Option<Account>,
    /// When it was added.
    pub created_at: Micros,
}

/// A secret as it is stored: sealed, and of no use without its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecret(pub Vec<u8>);

/// What is to change about an integration. Absent: it stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntegrationChange {
    /// Whether it is paused: no job of a paused one starts.
    pub paused: Option<bool>,
    /// The service's base URL, without a slash at its end.
    pub base_url: Option<String>,
    /// What is read.
    pub scope: Option<Vec<String>>,
    /// The settings: a JSON object.
    pub settings: Option<serde_json::Value>,
    /// The sealed credential, in place of an earlier one.
    pub credential: Option<StoredSecret>,
    /// The jobs that its source asks for under what is new, brought up to date.
    pub jobs: Vec<NewJob>,
}

/// What comes with an integration and follows from its id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Companions {
    /// The sealed credential, in place of an earlier one; none leaves that as it is.
    pub credential: Option<StoredSecret>,
    /// The jobs that its source asks for, brought up to date.
    pub jobs: Vec<NewJob>,
}

/// Makes what comes with an integration, once that has its id. It is called within the
/// transaction, again where that begins again, and so waits for nothing.
pub type Accompany<'a> = dyn Fn(&Integration) -> Result<Companions, StoreError> + Send + Sync + 'a;

/// What becomes of an integration that is put where there is one of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfThere {
    /// That one is brought up to date.
    Update,
    /// It stays as it is, unless it only stands for what `runnel sync` was asked for.
    Refuse,
}

/// What the command line and the HTTP API need of integrations. Each change leaves a
/// row in `audit_log`, in its own transaction; what changes nothing leaves none.
#[async_trait]
pub trait Integrations: Send + Sync {
    /// The tenant of this name, made if it is missing.
    async fn add_tenant(&self, name: &str, by: &Actor) -> Result<Tenant, StoreError>;

    /// All tenants, by name.
    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError>;

    /// All integrations, or those of a tenant, by tenant and name.
    async fn integrations(&self, tenant: Option<TenantId>) -> Result<Vec<Configured>, StoreError>;

    /// The integration of this name, made or brought up to date by somebody, with all
    /// that comes with it, or nothing of it.
    ///
    /// # Errors
    /// Those of `companions`, [`StoreError::Cycle`] where a job would wait for itself,
    /// [`StoreError::Exists`] where that is refused, and [`StoreError::OtherService`]
    /// where a stored credential would go to another one.
    async fn put_integration(
        &self,
        integration: (&NewIntegration, IfThere),
        companions: &Accompany<'_>,
        by: &Actor,
    ) -> Result<Integration, StoreError>;

    /// Changes an integration, all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`], [`StoreError::Cycle`] where a job would wait for itself,
    /// and [`StoreError::OtherService`] where a stored credential would go to another
    /// one.
    async fn change_integration(
        &self,
        integration: IntegrationId,
        change: &IntegrationChange,
        by: &Actor,
    ) -> Result<(), StoreError>;

    /// Pauses or resumes an integration: no job of a paused one starts.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    async fn pause_integration(
        &self,
        integration: IntegrationId,
        paused: bool,
        by: &Actor,
    ) -> Result<(), StoreError>;

    /// Removes an integration with its jobs, credential, cursors, runs and raw
    /// records. The rows that came of it stay.
    ///
    /// # Errors
    /// [`StoreError::NoSuch`].
    async fn remove_integration(
        &self,
        integration: IntegrationId,
        by: &Actor,
    ) -> Result<(), StoreError>;
}

/// Where sealed secrets are kept; credentials come with their integrations. A key that
/// is sealed anew leaves a row in `audit_log`.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// A tenant's sealed data key; the given one is kept where there is none. Of
    /// two hosts that give one at once, both get the same.
    async fn data_key(
        &self,
        tenant: TenantId,
        made: Option<&StoredSecret>,
    ) -> Result<Option<StoredSecret>, StoreError>;

    /// All sealed data keys.
    async fn data_keys(&self) -> Result<Vec<(TenantId, StoredSecret)>, StoreError>;

    /// Replaces a data key that is sealed as `old`; not where it has changed
    /// meanwhile. Answers whether it did.
    async fn reseal_data_key(
        &self,
        tenant: TenantId,
        old: &StoredSecret,
        new: &StoredSecret,
        by: &Actor,
    ) -> Result<bool, StoreError>;

    /// An integration's sealed credential.
    async fn credential(
        &self,
        integration: IntegrationId,
    ) -> Result<Option<StoredSecret>, StoreError>;
}
