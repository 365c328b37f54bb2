//! Tenants, their integrations and credentials: what an operator manages.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, TenantId};

use crate::{Micros, StoreError};

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
    /// When it was added.
    pub created_at: Micros,
}

/// A secret as it is stored: sealed, and of no use without its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecret(pub Vec<u8>);

/// What the command line and the workers need of integrations.
#[async_trait]
pub trait Integrations: Send + Sync {
    /// The tenant of this name, made if it is missing.
    async fn add_tenant(&self, name: &str) -> Result<Tenant, StoreError>;

    /// All tenants, by name.
    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError>;

    /// All integrations, or those of a tenant, by tenant and name.
    async fn integrations(&self, tenant: Option<TenantId>) -> Result<Vec<Configured>, StoreError>;

    /// Pauses or resumes an integration: no job of a paused one starts.
    async fn pause_integration(
        &self,
        integration: IntegrationId,
        paused: bool,
    ) -> Result<(), StoreError>;

    /// Removes an integration with its jobs, credential, cursors, runs and raw
    /// records. The rows that came of it stay.
    async fn remove_integration(&self, integration: IntegrationId) -> Result<(), StoreError>;
}

/// Where sealed secrets are kept.
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
    ) -> Result<bool, StoreError>;

    /// Keeps an integration's sealed credential, in place of an earlier one.
    async fn put_credential(
        &self,
        integration: IntegrationId,
        sealed: &StoredSecret,
    ) -> Result<(), StoreError>;

    /// An integration's sealed credential.
    async fn credential(
        &self,
        integration: IntegrationId,
    ) -> Result<Option<StoredSecret>, StoreError>;
}
