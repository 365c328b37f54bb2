//! Raw records, looked through.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, RawId, TenantId};
use sqlx::Row;

use super::{
    Backend, DbRow,
    transform::{RawRow, raw_record},
};
use crate::{Archive, Archived, RawRecord, StoreError, Window, error::Failed};

#[async_trait]
impl Archive for Backend {
    async fn archives(
        &self,
        source: &Name,
        stream: &Name,
        tenant: Option<TenantId>,
    ) -> Result<Vec<Archived>, StoreError> {
        self.run(|| archives(self, source, stream, tenant)).await
    }

    async fn newest_records(
        &self,
        of: (IntegrationId, &Name),
        window: Window,
        after: RawId,
        limit: u32,
    ) -> Result<Vec<RawRecord>, StoreError> {
        self.run(|| newest(self, of, window, (after, limit))).await
    }
}

async fn archives(
    store: &Backend,
    source: &Name,
    stream: &Name,
    tenant: Option<TenantId>,
) -> Result<Vec<Archived>, Failed> {
    let rows = sqlx::query(
        "SELECT i.id, i.base_url, i.scope, i.settings FROM integrations i
         WHERE i.source = $1 AND ($3 = 0 OR i.tenant_id = $3)
             AND EXISTS (SELECT 1 FROM records r WHERE r.integration_id = i.id AND r.stream = $2)
         ORDER BY i.id",
    )
    .bind(&**source)
    .bind(&**stream)
    .bind(tenant.map_or(0, |tenant| tenant.0))
    .fetch_all(&store.readers())
    .await?;
    rows.iter().map(archived).collect()
}

fn archived(row: &DbRow) -> Result<Archived, Failed> {
    let integration = IntegrationId(row.get("id"));
    let corrupt = |e| Failed::corrupt(format_args!("integration {integration}"), e);
    Ok(Archived {
        integration,
        base_url: row.get("base_url"),
        scope: serde_json::from_str(row.get("scope")).map_err(corrupt)?,
        settings: serde_json::from_str(row.get("settings")).map_err(corrupt)?,
    })
}

async fn newest(
    store: &Backend,
    (integration, stream): (IntegrationId, &Name),
    window: Window,
    (after, limit): (RawId, u32),
) -> Result<Vec<RawRecord>, Failed> {
    let rows: Vec<RawRow> = sqlx::query_as(
        "SELECT d.id, d.external_id, d.context, d.payload, d.gone FROM records r JOIN raw_data d ON d.id = r.raw_data_id
         WHERE r.integration_id = $1 AND r.stream = $2 AND r.raw_data_id > $3 AND NOT d.gone
             AND d.fetched_at >= $4 AND d.fetched_at < $5
         ORDER BY r.raw_data_id LIMIT $6",
    )
    .bind(integration.0)
    .bind(&**stream)
    .bind(after.0)
    .bind(window.since.unwrap_or(i64::MIN))
    .bind(window.until.unwrap_or(i64::MAX))
    .bind(i64::from(limit))
    .fetch_all(&store.readers())
    .await?;
    Ok(rows.into_iter().map(raw_record).collect())
}
