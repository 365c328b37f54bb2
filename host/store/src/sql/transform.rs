//! Raw records in, changes out.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use runnel_model::{Queue, RawId, RunId};

use super::{
    Backend, Connection, Tally,
    dialect::{EACH_ROW, IDS, NOW},
    enqueue, finish_one, json, owner, sql,
};
use crate::{
    ChangesId, DeadLetter, DescriptorId, RawRecord, StoreError, TaskKind, Transform,
    TransformCommit, error::Failed, fingerprint::fingerprint,
};

#[async_trait]
impl Transform for Backend {
    async fn raw_records(&self, ids: &[RawId]) -> Result<Vec<RawRecord>, StoreError> {
        self.run(|| raw_records(self, ids)).await
    }

    async fn commit_transformed(&self, batch: TransformCommit) -> Result<(), StoreError> {
        self.run(|| commit(self, &batch)).await
    }
}

async fn raw_records(store: &Backend, ids: &[RawId]) -> Result<Vec<RawRecord>, Failed> {
    let rows: Vec<(i64, String, String)> = sqlx::query_as(sql!(
        "SELECT id, context, payload FROM raw_data WHERE id {IDS}"
    ))
    .bind(json(ids))
    .fetch_all(&store.readers())
    .await?;
    let record = |(id, context, payload)| RawRecord {
        id: RawId(id),
        context,
        payload,
    };
    let mut found: HashMap<RawId, RawRecord> = rows
        .into_iter()
        .map(|row| (RawId(row.0), record(row)))
        .collect();
    // The same record may stand twice among the ids.
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

async fn commit(store: &Backend, batch: &TransformCommit) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    let mut tally = Tally::default();
    tally.transformed += batch.transformed;
    tally.dead += batch.dead.len() as u64;
    tally.replaced_nuls += batch.replaced_nuls;
    finish_one(&mut transaction, batch.claim, false, &mut tally).await?;
    if !batch.changes.is_empty() {
        queue_load(&mut transaction, batch, &mut tally).await?;
    }
    add_dead_letters(&mut transaction, batch.run, batch.descriptor, &batch.dead).await?;
    tally.write(&mut transaction, batch.run).await?;
    Ok(super::commit(transaction).await?)
}

async fn queue_load(
    connection: &mut Connection,
    batch: &TransformCommit,
    tally: &mut Tally,
) -> Result<(), Failed> {
    let owner = owner::of(connection, batch.run).await?;
    let body = serde_json::to_vec(&batch.changes).map_err(|e| sqlx::Error::Encode(e.into()))?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO changes (tenant_id, integration_id, run_id, descriptor_id, body)
         VALUES ($1, $2, $3, $4, $5) RETURNING id",
    )
    .bind(owner.tenant.0)
    .bind(owner.integration.0)
    .bind(batch.run.0)
    .bind(batch.descriptor.0)
    .bind(body)
    .fetch_one(&mut *connection)
    .await?;
    let load = [TaskKind::Load(ChangesId(id))];
    let queue = Queue::Load(owner.source.clone());
    enqueue(connection, &owner.tasks(queue, &load), tally).await?;
    Ok(())
}

/// Keeps one letter for each record and component: the last.
pub(super) async fn add_dead_letters(
    connection: &mut Connection,
    run: RunId,
    descriptor: DescriptorId,
    letters: &[DeadLetter],
) -> Result<(), sqlx::Error> {
    if letters.is_empty() {
        return Ok(());
    }
    let last: BTreeMap<RawId, &DeadLetter> =
        letters.iter().map(|letter| (letter.raw, letter)).collect();
    let rows = last.into_iter().map(|(raw, letter)| {
        let cause = fingerprint(&letter.error, letter.path.as_deref());
        (raw, &letter.error, &letter.path, cause)
    });
    sqlx::query(sql!(
        "INSERT INTO dead_letters (tenant_id, integration_id, run_id, stream, raw_data_id, plugin, version, digest,
                                   error, path, fingerprint, created_at)
         SELECT r.tenant_id, r.integration_id, r.id, r.stream, CAST(each.value ->> 0 AS BIGINT), d.plugin, d.version,
                d.digest, each.value ->> 1, each.value ->> 2, each.value ->> 3, {NOW}
         FROM job_runs r CROSS JOIN descriptors d CROSS JOIN {EACH_ROW} WHERE r.id = $2 AND d.id = $3
         ON CONFLICT (raw_data_id, digest) DO UPDATE SET
             error = excluded.error, path = excluded.path, fingerprint = excluded.fingerprint, run_id = excluded.run_id"
    ))
    .bind(json(rows))
    .bind(run.0)
    .bind(descriptor.0)
    .execute(connection)
    .await?;
    Ok(())
}
