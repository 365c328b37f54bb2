//! What integrations' own records say about their records.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, Path, TenantId};

use super::{Backend, count, dialect::TEXTS, json, sql};
use crate::{Discoveries, MAX_OBSERVED, Moment, Observed, StoreError, error::Failed};

#[async_trait]
impl Discoveries for Backend {
    async fn moment(
        &self,
        integration: IntegrationId,
        streams: &[Name],
        observed: &Name,
    ) -> Result<Moment, StoreError> {
        self.run(|| moment(self, integration, (streams, observed)))
            .await
    }

    async fn discovered(
        &self,
        integration: IntegrationId,
        stream: &Name,
    ) -> Result<Vec<String>, StoreError> {
        self.run(|| discovered(self, integration, stream)).await
    }

    async fn observed(
        &self,
        integration: IntegrationId,
        stream: &Name,
    ) -> Result<Observed, StoreError> {
        self.run(|| observed(self, integration, stream)).await
    }

    async fn observe(
        &self,
        of: (TenantId, IntegrationId, &Name),
        keys: &Observed,
    ) -> Result<(), StoreError> {
        self.run(|| observe(self, of, keys)).await
    }
}

async fn moment(
    store: &Backend,
    integration: IntegrationId,
    (streams, entity): (&[Name], &Name),
) -> Result<Moment, Failed> {
    let (newest, keys) = sqlx::query_as(sql!(
        "SELECT COALESCE((SELECT MAX(raw_data_id) FROM records WHERE integration_id = $2 AND stream {TEXTS}), 0),
             (SELECT COUNT(*) FROM observed_keys WHERE integration_id = $2 AND stream = $3)"
    ))
    .bind(json(streams))
    .bind(integration.0)
    .bind(&**entity)
    .fetch_one(&store.readers())
    .await?;
    Ok(Moment { newest, keys })
}

async fn discovered(
    store: &Backend,
    integration: IntegrationId,
    stream: &Name,
) -> Result<Vec<String>, Failed> {
    Ok(sqlx::query_scalar(
        "SELECT d.payload FROM records r JOIN raw_data d ON d.id = r.raw_data_id
         WHERE r.integration_id = $1 AND r.stream = $2 AND NOT d.gone ORDER BY r.external_id",
    )
    .bind(integration.0)
    .bind(&**stream)
    .fetch_all(&store.readers())
    .await?)
}

async fn observed(
    store: &Backend,
    integration: IntegrationId,
    stream: &Name,
) -> Result<Observed, Failed> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT path, key FROM observed_keys WHERE integration_id = $1 AND stream = $2",
    )
    .bind(integration.0)
    .bind(&**stream)
    .fetch_all(&store.readers())
    .await?;
    let mut observed = Observed::new();
    for (path, key) in rows {
        let path: Path = path
            .parse()
            .map_err(|e| Failed::corrupt("path of observed keys", e))?;
        observed.entry(path).or_default().insert(key);
    }
    Ok(observed)
}

async fn observe(
    store: &Backend,
    (tenant, integration, stream): (TenantId, IntegrationId, &Name),
    keys: &Observed,
) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    for (path, keys) in keys {
        for key in keys {
            sqlx::query(
                "INSERT INTO observed_keys (tenant_id, integration_id, stream, path, key)
                 SELECT $1, $2, $3, $4, $5 WHERE (SELECT COUNT(*) FROM observed_keys
                     WHERE integration_id = $2 AND stream = $3 AND path = $4) < $6
                 ON CONFLICT (integration_id, stream, path, key) DO NOTHING",
            )
            .bind(tenant.0)
            .bind(integration.0)
            .bind(&**stream)
            .bind(path.to_string())
            .bind(key)
            .bind(count(MAX_OBSERVED))
            .execute(&mut *transaction)
            .await?;
        }
    }
    Ok(super::commit(transaction).await?)
}
