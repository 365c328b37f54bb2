//! Credentials: sealed on their way into the store, opened on their way out.

use std::sync::Arc;

use runnel_model::{IntegrationId, TenantId};
use runnel_secrets::{DataKey, KeyRing, Place, Sealed, SealedDataKey, SecretString, SecretsError};
use runnel_store::{Actor, Store, StoredSecret};

use crate::ControlError;

/// The one credential that an integration has today.
const FIELD: &str = "token";

/// Seals and opens the credentials of integrations.
#[derive(Clone)]
pub struct Vault {
    store: Arc<dyn Store>,
    ring: Option<Arc<KeyRing>>,
}

impl Vault {
    /// A vault over the store; without keys it holds nothing.
    pub fn new(store: Arc<dyn Store>, ring: Option<Arc<KeyRing>>) -> Self {
        Self { store, ring }
    }

    /// What seals the credentials of a tenant.
    ///
    /// # Errors
    /// [`SecretsError::NoKey`] without a key, which says how to make one: nothing is
    /// stored in plain text.
    pub async fn seal_of(&self, tenant: TenantId) -> Result<Seal, ControlError> {
        let key = self.key_to_seal_with(tenant).await?;
        Ok(Seal { tenant, key })
    }

    /// The credential of an integration, if it has one.
    ///
    /// # Errors
    /// [`SecretsError`] where the key is missing or is another one.
    pub async fn get(
        &self,
        tenant: TenantId,
        integration: IntegrationId,
    ) -> Result<Option<SecretString>, ControlError> {
        let Some(stored) = self.store.credential(integration).await? else {
            return Ok(None);
        };
        let sealed = Sealed::from_bytes(&stored.0)?;
        let key = self.stored_key(tenant).await?.ok_or(SecretsError::NoKey)?;
        Ok(Some(key.open(&place(tenant, integration), &sealed)?))
    }

    /// Wraps every tenant's data key with the first key of the ring. Answers how
    /// many were wrapped by another one.
    ///
    /// # Errors
    /// [`SecretsError`] where one does not open; those before it are done.
    pub async fn rotate(&self, by: &Actor) -> Result<u64, ControlError> {
        let ring = self.ring()?;
        let mut rotated = 0;
        for (tenant, stored) in self.store.data_keys().await? {
            let old = SealedDataKey::from_bytes(&stored.0)?;
            if let Some(new) = ring.rewrap(tenant, &old)? {
                let new = StoredSecret(new.to_bytes());
                let resealed = self.store.reseal_data_key(tenant, &stored, &new, by);
                rotated += u64::from(resealed.await?);
            }
        }
        Ok(rotated)
    }

    async fn key_to_seal_with(&self, tenant: TenantId) -> Result<DataKey, ControlError> {
        let ring = self.ring()?;
        if let Some(key) = self.stored_key(tenant).await? {
            return Ok(key);
        }
        let (_, made) = ring.new_data_key(tenant)?;
        // Another host may make one at the same time: the first stays.
        let made = StoredSecret(made.to_bytes());
        let kept = self.store.data_key(tenant, Some(&made)).await?;
        let sealed = SealedDataKey::from_bytes(&kept.unwrap_or(made).0)?;
        Ok(ring.unwrap(tenant, &sealed)?)
    }

    async fn stored_key(&self, tenant: TenantId) -> Result<Option<DataKey>, ControlError> {
        let ring = self.ring()?;
        let Some(stored) = self.store.data_key(tenant, None).await? else {
            return Ok(None);
        };
        Ok(Some(
            ring.unwrap(tenant, &SealedDataKey::from_bytes(&stored.0)?)?,
        ))
    }

    fn ring(&self) -> Result<&KeyRing, SecretsError> {
        self.ring.as_deref().ok_or(SecretsError::NoKey)
    }
}

/// Seals the credentials of a tenant.
pub struct Seal {
    tenant: TenantId,
    key: DataKey,
}

impl Seal {
    /// A credential as it is stored, which opens for this integration alone.
    ///
    /// # Errors
    /// [`SecretsError::TooLong`] and [`SecretsError::Random`].
    pub fn seal(
        &self,
        integration: IntegrationId,
        token: &SecretString,
    ) -> Result<StoredSecret, SecretsError> {
        let sealed = self.key.seal(&place(self.tenant, integration), token)?;
        Ok(StoredSecret(sealed.to_bytes()))
    }
}

fn place(tenant: TenantId, integration: IntegrationId) -> Place<'static> {
    Place {
        tenant,
        integration,
        field: FIELD,
    }
}
