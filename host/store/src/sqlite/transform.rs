//! Raw records in, changes out, on SQLite.

use std::collections::HashMap;

use async_trait::async_trait;
use runnel_model::{Queue, RawId, RunId};
use sqlx::SqliteConnection;

use super::{SqliteStore, bulk, pages, tasks};
use crate::{
    ChangesId, DeadLetter, DescriptorId, RawRecord, StoreError, TaskKind, Transform,
    TransformCommit, now,
};

#[async_trait]
impl Transform for SqliteStore {
    async fn raw_records(&self, ids: &[RawId]) -> Result<Vec<RawRecord>, StoreError> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT id, context, payload FROM raw_data WHERE id IN (SELECT value FROM json_each(?1))",
        )
        .bind(bulk::json(ids))
        .fetch_all(&self.readers)
        .await
        .map_err(|e| self.translate(e))?;
        let mut found: HashMap<i64, RawRecord> = rows
            .into_iter()
            .map(|(id, context, payload)| {
                (
                    id,
                    RawRecord {
                        id: RawId(id),
                        context,
                        payload,
                    },
                )
            })
            .collect();
        // The same record may stand twice among the ids.
        Ok(ids.iter().filter_map(|id| found.remove(&id.0)).collect())
    }

    async fn commit_transformed(&self, batch: TransformCommit) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        write(&mut transaction, &batch)
            .await
            .map_err(|e| self.translate(e))?;
        tasks::finish_in(self, &mut transaction, batch.claim, batch.run, false).await?;
        self.commit(transaction).await
    }
}

async fn write(
    connection: &mut SqliteConnection,
    batch: &TransformCommit,
) -> Result<(), sqlx::Error> {
    let owner = pages::owner(connection, batch.run).await?;
    if !batch.changes.is_empty() {
        let body = serde_json::to_vec(&batch.changes).map_err(|e| sqlx::Error::Encode(e.into()))?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO changes (tenant_id, integration_id, run_id, descriptor_id, body)
             VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
        )
        .bind(owner.tenant.0)
        .bind(owner.integration.0)
        .bind(batch.run.0)
        .bind(batch.descriptor.0)
        .bind(body)
        .fetch_one(&mut *connection)
        .await?;
        let load = [TaskKind::Load(ChangesId(id))];
        tasks::enqueue(
            connection,
            &owner.tasks(Queue::Load(owner.source.clone()), &load),
        )
        .await?;
    }
    for letter in &batch.dead {
        add_dead_letter(connection, batch.run, batch.descriptor, letter).await?;
    }
    count(connection, batch.run, batch).await
}

pub(super) async fn add_dead_letter(
    connection: &mut SqliteConnection,
    run: RunId,
    descriptor: DescriptorId,
    letter: &DeadLetter,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO dead_letters (tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version, digest,
                                   error, path, created_at)
         SELECT r.tenant_id, r.integration_id, r.id, r.stream, ?2, d.body ->> 'name', d.body ->> 'version', d.digest,
                ?4, ?5, ?6
         FROM job_runs r, descriptors d WHERE r.id = ?1 AND d.id = ?3
         ON CONFLICT DO UPDATE SET error = excluded.error, path = excluded.path, run_id = excluded.run_id",
    )
    .bind(run.0)
    .bind(letter.raw.0)
    .bind(descriptor.0)
    .bind(&letter.error)
    .bind(&letter.path)
    .bind(now())
    .execute(connection)
    .await?;
    Ok(())
}

async fn count(
    connection: &mut SqliteConnection,
    run: RunId,
    batch: &TransformCommit,
) -> Result<(), sqlx::Error> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    sqlx::query(
        "UPDATE job_runs SET transformed = transformed + ?2, dead = dead + ?3, replaced_nuls = replaced_nuls + ?4
         WHERE id = ?1",
    )
    .bind(run.0)
    .bind(count(batch.transformed))
    .bind(count(batch.dead.len() as u64))
    .bind(count(batch.replaced_nuls))
    .execute(connection)
    .await?;
    Ok(())
}
