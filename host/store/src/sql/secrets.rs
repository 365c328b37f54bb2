//! Sealed secrets.

use async_trait::async_trait;
use runnel_model::{IntegrationId, TenantId};

use serde_json::json;

use super::{
    Backend, Connection,
    audit::{Act, note},
    dialect::NOW,
    sql,
};
use crate::{Actor, Credentials, StoreError, StoredSecret, error::Failed};

#[async_trait]
impl Credentials for Backend {
    async fn data_key(
        &self,
        tenant: TenantId,
        made: Option<&StoredSecret>,
    ) -> Result<Option<StoredSecret>, StoreError> {
        self.run(|| data_key(self, tenant, made)).await
    }

    async fn data_keys(&self) -> Result<Vec<(TenantId, StoredSecret)>, StoreError> {
        self.run(|| data_keys(self)).await
    }

    async fn reseal_data_key(
        &self,
        tenant: TenantId,
        old: &StoredSecret,
        new: &StoredSecret,
        by: &Actor,
    ) -> Result<bool, StoreError> {
        self.run(|| reseal(self, tenant, (old, new), by)).await
    }

    async fn credential(
        &self,
        integration: IntegrationId,
    ) -> Result<Option<StoredSecret>, StoreError> {
        self.run(|| get(self, integration)).await
    }
}

async fn data_key(
    store: &Backend,
    tenant: TenantId,
    made: Option<&StoredSecret>,
) -> Result<Option<StoredSecret>, Failed> {
    if let Some(made) = made {
        sqlx::query(
            "INSERT INTO data_keys (tenant_id, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(tenant.0)
        .bind(&made.0)
        .execute(&store.writer())
        .await?;
    }
    let sealed: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT sealed FROM data_keys WHERE tenant_id = $1")
            .bind(tenant.0)
            .fetch_optional(&store.readers())
            .await?;
    Ok(sealed.map(StoredSecret))
}

async fn data_keys(store: &Backend) -> Result<Vec<(TenantId, StoredSecret)>, Failed> {
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT tenant_id, sealed FROM data_keys ORDER BY tenant_id")
            .fetch_all(&store.readers())
            .await?;
    let key = |(tenant, sealed)| (TenantId(tenant), StoredSecret(sealed));
    Ok(rows.into_iter().map(key).collect())
}

async fn reseal(
    store: &Backend,
    tenant: TenantId,
    (old, new): (&StoredSecret, &StoredSecret),
    by: &Actor,
) -> Result<bool, Failed> {
    let mut transaction = store.begin().await?;
    let done = sqlx::query("UPDATE data_keys SET sealed = $3 WHERE tenant_id = $1 AND sealed = $2")
        .bind(tenant.0)
        .bind(&old.0)
        .bind(&new.0)
        .execute(&mut *transaction)
        .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let act = Act {
        by,
        action: "key.rotate",
        subject: "data key",
        tenant: Some(tenant),
        detail: json!({}),
    };
    note(&mut transaction, act).await?;
    super::commit(transaction).await?;
    Ok(true)
}

/// Keeps a sealed credential, in place of an earlier one. Where there is no new one, the
/// earlier one stays, unless it would go to another service.
pub(super) async fn keep(
    connection: &mut Connection,
    integration: IntegrationId,
    (sealed, elsewhere): (Option<&StoredSecret>, bool),
) -> Result<(), Failed> {
    match sealed {
        Some(sealed) => Ok(put(connection, integration, sealed).await?),
        None if elsewhere && has_one(connection, integration).await? => {
            Err(StoreError::OtherService.into())
        }
        None => Ok(()),
    }
}

async fn has_one(
    connection: &mut Connection,
    integration: IntegrationId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM credentials WHERE integration_id = $1)")
        .bind(integration.0)
        .fetch_one(connection)
        .await
}

async fn put(
    connection: &mut Connection,
    integration: IntegrationId,
    sealed: &StoredSecret,
) -> Result<(), sqlx::Error> {
    sqlx::query(sql!(
        "INSERT INTO credentials (integration_id, tenant_id, sealed, updated_at)
         SELECT id, tenant_id, $2, {NOW} FROM integrations WHERE id = $1
         ON CONFLICT (integration_id) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at"
    ))
    .bind(integration.0)
    .bind(&sealed.0)
    .execute(connection)
    .await?;
    Ok(())
}

async fn get(store: &Backend, integration: IntegrationId) -> Result<Option<StoredSecret>, Failed> {
    let sealed: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT sealed FROM credentials WHERE integration_id = $1")
            .bind(integration.0)
            .fetch_optional(&store.readers())
            .await?;
    Ok(sealed.map(StoredSecret))
}
