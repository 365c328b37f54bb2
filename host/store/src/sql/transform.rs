//! Raw records in, changes out.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use runnel_model::{Queue, RawId, RunId};

use super::{
    Backend, Connection, Tally,
    dialect::{EACH_ROW, IDS, NOW},
    enqueue, finish_together, json, owner,
    owner::Owner,
    replays, reports, sql,
};
use crate::{
    ChangesId, Claim, DeadLetter, DescriptorId, Exceeded, RawRecord, Step, StoreError, TaskKind,
    Transform, TransformCommit, Transformed, error::Failed, fingerprint::fingerprint,
};

#[async_trait]
impl Transform for Backend {
    async fn raw_records(&self, ids: &[RawId]) -> Result<Vec<RawRecord>, StoreError> {
        self.run(|| raw_records(self, ids)).await
    }

    async fn commit_transformed(
        &self,
        of: TransformCommit,
    ) -> Result<Option<Exceeded>, StoreError> {
        self.run(|| commit(self, &of)).await
    }

    async fn break_off(&self, trial: &Exceeded) -> Result<bool, StoreError> {
        self.run(|| reports::end(self, trial)).await
    }

    async fn step_replay(&self, claim: Claim, run: RunId) -> Result<Step, StoreError> {
        self.run(|| replays::step(self, claim, run)).await
    }
}

/// Id, external id, context, payload, and whether it is gone.
pub(super) type RawRow = (i64, String, String, String, bool);

pub(super) fn raw_record((id, external_id, context, payload, gone): RawRow) -> RawRecord {
    RawRecord {
        id: RawId(id),
        external_id,
        context,
        payload,
        gone,
    }
}

async fn raw_records(store: &Backend, ids: &[RawId]) -> Result<Vec<RawRecord>, Failed> {
    let rows: Vec<RawRow> = sqlx::query_as(sql!(
        "SELECT id, external_id, context, payload, gone FROM raw_data WHERE id {IDS}"
    ))
    .bind(json(ids))
    .fetch_all(&store.readers())
    .await?;
    let mut found: HashMap<RawId, RawRecord> = rows
        .into_iter()
        .map(|row| (RawId(row.0), raw_record(row)))
        .collect();
    // The same record may stand twice among the ids.
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

async fn commit(store: &Backend, of: &TransformCommit) -> Result<Option<Exceeded>, Failed> {
    let mut transaction = store.begin().await?;
    let mut tally = Tally::default();
    finish_together(&mut transaction, &of.claims, false, &mut tally).await?;
    queue_loads(store, &mut transaction, of, &mut tally).await?;
    settle(&mut transaction, &of.settled).await?;
    for batch in &of.batches {
        tally.transformed += batch.transformed;
        tally.dead += batch.dead.len() as u64;
        tally.replaced_nuls += batch.replaced_nuls;
        add_dead_letters(&mut transaction, of.run, batch.descriptor, &batch.dead).await?;
    }
    tally.write(&mut transaction, of.run).await?;
    let exceeded = match of.trial.clone() {
        Some(found) => reports::add(&mut transaction, found).await?,
        None => None,
    };
    super::commit(transaction).await?;
    Ok(exceeded)
}

async fn queue_loads(
    store: &Backend,
    connection: &mut Connection,
    of: &TransformCommit,
    tally: &mut Tally,
) -> Result<(), Failed> {
    let mut full = Vec::new();
    for batch in &of.batches {
        let known = store.catalog.with(batch.descriptor, connection).await?;
        let tables = known.get(batch.descriptor).map(|by| &by.descriptor.tables);
        // Of the others nobody asks which records were mapped.
        let asked = tables.is_some_and(|tables| tables.iter().any(|table| table.of_record));
        let records: &[RawId] = if asked { &batch.records } else { &[] };
        if !(batch.changes.is_empty() && records.is_empty()) {
            full.push((batch, records));
        }
    }
    if full.is_empty() {
        return Ok(());
    }
    let owner = owner::of(connection, of.run).await?;
    let (mut loads, mut traces) = (Vec::new(), Vec::new());
    for (batch, records) in full {
        traces.push(batch.traceparents.clone());
        loads.push(TaskKind::Load(
            keep(connection, &owner, batch, records).await?,
        ));
    }
    let queue = Queue::Load(owner.source.clone());
    enqueue(
        connection,
        &owner.tasks(queue, &loads).traced(&traces),
        tally,
    )
    .await?;
    Ok(())
}

/// Keeps a batch's changes until they are loaded.
async fn keep(
    connection: &mut Connection,
    owner: &Owner,
    batch: &Transformed,
    records: &[RawId],
) -> Result<ChangesId, Failed> {
    let body = serde_json::to_vec(&batch.changes).map_err(|e| sqlx::Error::Encode(e.into()))?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO changes (tenant_id, integration_id, run_id, descriptor_id, body, records)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(owner.tenant.0)
    .bind(owner.integration.0)
    .bind(owner.run.0)
    .bind(batch.descriptor.0)
    .bind(body)
    .bind(json(records))
    .fetch_one(connection)
    .await?;
    Ok(ChangesId(id))
}

/// What a record failed on before is of no more interest: it has been mapped anew,
/// and fails again or does not.
async fn settle(connection: &mut Connection, records: &[RawId]) -> Result<(), sqlx::Error> {
    if records.is_empty() {
        return Ok(());
    }
    sqlx::query(sql!("DELETE FROM dead_letters WHERE raw_data_id {IDS}"))
        .bind(json(records))
        .execute(connection)
        .await?;
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
