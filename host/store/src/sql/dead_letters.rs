//! Dead letters: shown, replayed, dropped.

use std::collections::BTreeMap;

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, Queue, RawId, RunId, TenantId};
use sqlx::{FromRow, Row};

use super::{
    Backend, Connection, Db, DbRow, Tally,
    audit::{Act, note},
    count,
    dialect::ids_or_all,
    enqueue, json,
    owner::{self, Owner},
};
use crate::{
    Actor, DeadLetterFilter, DeadLetterGroup, DeadLetterRow, DeadLetters, StoreError, TaskKind,
    error::Failed,
};

/// The most records that one transform task of a replay gets.
const BATCH: usize = 500;

#[async_trait]
impl DeadLetters for Backend {
    async fn dead_letters(
        &self,
        filter: &DeadLetterFilter,
        limit: u32,
    ) -> Result<Vec<DeadLetterRow>, StoreError> {
        self.run(|| list(self, filter, limit)).await
    }

    async fn payload(&self, raw: RawId) -> Result<Option<String>, StoreError> {
        self.run(|| payload(self, raw)).await
    }

    async fn replay_dead_letters(
        &self,
        filter: &DeadLetterFilter,
        by: &Actor,
    ) -> Result<u64, StoreError> {
        self.run(|| replay(self, filter, by)).await
    }

    async fn drop_dead_letters(
        &self,
        filter: &DeadLetterFilter,
        by: &Actor,
    ) -> Result<u64, StoreError> {
        self.run(|| remove(self, filter, by)).await
    }
}

/// What a filter lets through, of `dead_letters d`: the parameters `$1` to `$5`.
fn filtered() -> String {
    let ids = ids_or_all("d.id");
    format!(
        "{ids} AND ($2 = 0 OR d.tenant_id = $2) AND ($3 = 0 OR d.integration_id = $3)
         AND ($4 = '' OR d.stream = $4) AND ($5 IS NULL OR d.fingerprint = $5)"
    )
}

type Arguments = <Db as sqlx::Database>::Arguments;
type Query = sqlx::query::Query<'static, Db, Arguments>;

fn bound(text: String, filter: &DeadLetterFilter) -> Query {
    let name = |name: &Option<Name>| name.as_deref().unwrap_or_default().to_owned();
    sqlx::query(sqlx::AssertSqlSafe(text))
        .bind(json(&filter.ids))
        .bind(filter.tenant.map_or(0, |tenant| tenant.0))
        .bind(filter.integration.map_or(0, |integration| integration.0))
        .bind(name(&filter.stream))
        .bind(filter.fingerprint.clone())
}

async fn list(
    store: &Backend,
    filter: &DeadLetterFilter,
    limit: u32,
) -> Result<Vec<DeadLetterRow>, Failed> {
    let text = format!(
        "SELECT d.*, r.external_id FROM dead_letters d JOIN raw_data r ON r.id = d.raw_data_id
         WHERE {} ORDER BY d.id DESC LIMIT $6",
        filtered()
    );
    let rows = bound(text, filter)
        .bind(i64::from(limit))
        .fetch_all(&store.readers())
        .await?;
    Ok(rows.iter().map(read).collect())
}

pub(super) fn read(row: &DbRow) -> DeadLetterRow {
    DeadLetterRow {
        id: row.get("id"),
        tenant: TenantId(row.get("tenant_id")),
        integration: IntegrationId(row.get("integration_id")),
        run: RunId(row.get("run_id")),
        stream: row.get("stream"),
        raw: RawId(row.get("raw_data_id")),
        external_id: row.get("external_id"),
        plugin: row.get("plugin"),
        version: row.get("version"),
        digest: row.get("digest"),
        error: row.get("error"),
        path: row.get("path"),
        fingerprint: row.get("fingerprint"),
        created_at: row.get("created_at"),
    }
}

pub(super) fn group(row: &DbRow) -> DeadLetterGroup {
    DeadLetterGroup {
        fingerprint: row.get("fingerprint"),
        count: u64::try_from(row.get::<i64, _>("letters")).unwrap_or(0),
        stream: row.get("stream"),
        plugin: format!(
            "{} {}",
            row.get::<String, _>("plugin"),
            row.get::<String, _>("version")
        ),
        error: row.get("error"),
        newest: row.get("created_at"),
    }
}

async fn payload(store: &Backend, raw: RawId) -> Result<Option<String>, Failed> {
    Ok(
        sqlx::query_scalar("SELECT payload FROM raw_data WHERE id = $1")
            .bind(raw.0)
            .fetch_optional(&store.readers())
            .await?,
    )
}

/// A letter that was removed: its tenant, run and raw record.
type Taken = (i64, i64, i64);

async fn replay(store: &Backend, filter: &DeadLetterFilter, by: &Actor) -> Result<u64, Failed> {
    let mut transaction = store.begin().await?;
    let taken = take(&mut transaction, filter).await?;
    let mut by_run: BTreeMap<RunId, Vec<RawId>> = BTreeMap::new();
    for (_, run, raw) in &taken {
        by_run.entry(RunId(*run)).or_default().push(RawId(*raw));
    }
    let runs: Vec<RunId> = by_run.keys().copied().collect();
    let owners = owner::all(&mut transaction, &runs).await?;
    for (run, mut records) in by_run {
        records.sort_unstable();
        let owner = owners.get(&run).ok_or_else(|| owner::missing(run))?;
        queue_again(&mut transaction, owner, &records).await?;
    }
    note_all(&mut transaction, ("dead_letter.replay", &taken), filter, by).await?;
    super::commit(transaction).await?;
    Ok(taken.len() as u64)
}

/// Removes dead letters, and answers which. What else is done goes by the answer: on
/// PostgreSQL others commit letters meanwhile, and what the filter finds before or
/// after is not what was removed.
async fn take(
    connection: &mut Connection,
    filter: &DeadLetterFilter,
) -> Result<Vec<Taken>, sqlx::Error> {
    let text = format!(
        "DELETE FROM dead_letters AS d WHERE {} RETURNING tenant_id, run_id, raw_data_id",
        filtered()
    );
    bound(text, filter)
        .try_map(|row: DbRow| Taken::from_row(&row))
        .fetch_all(connection)
        .await
}

/// Writes down what was done with dead letters, for each of their tenants.
async fn note_all(
    connection: &mut Connection,
    (action, taken): (&str, &[Taken]),
    filter: &DeadLetterFilter,
    by: &Actor,
) -> Result<(), sqlx::Error> {
    let mut counts: BTreeMap<TenantId, u64> = BTreeMap::new();
    for (tenant, _, _) in taken {
        *counts.entry(TenantId(*tenant)).or_default() += 1;
    }
    for (tenant, count) in counts {
        let act = Act {
            by,
            action,
            subject: &format!("{count} dead letters"),
            tenant: Some(tenant),
            detail: serde_json::json!({
                "ids": filter.ids, "fingerprint": filter.fingerprint, "stream": filter.stream,
                "integration": filter.integration, "count": count,
            }),
        };
        note(connection, act).await?;
    }
    Ok(())
}

/// The run runs again until its records are mapped, and counts them anew.
async fn queue_again(
    connection: &mut Connection,
    owner: &Owner,
    records: &[RawId],
) -> Result<(), Failed> {
    sqlx::query(
        "UPDATE job_runs SET dead = dead - $2,
             finished_at = CASE WHEN state = 'cancelled' THEN finished_at END,
             state = CASE WHEN state = 'cancelled' THEN state ELSE 'running' END
         WHERE id = $1",
    )
    .bind(owner.run.0)
    .bind(count(records.len()))
    .execute(&mut *connection)
    .await?;
    let kinds: Vec<TaskKind> = records
        .chunks(BATCH)
        .map(|records| TaskKind::Transform(records.to_vec()))
        .collect();
    let mut tally = Tally::default();
    let tasks = owner.tasks(Queue::Transform(owner.source.clone()), &kinds);
    enqueue(connection, &tasks, &mut tally).await?;
    tally.write(connection, owner.run).await
}

async fn remove(store: &Backend, filter: &DeadLetterFilter, by: &Actor) -> Result<u64, Failed> {
    let mut transaction = store.begin().await?;
    let taken = take(&mut transaction, filter).await?;
    note_all(&mut transaction, ("dead_letter.drop", &taken), filter, by).await?;
    super::commit(transaction).await?;
    Ok(taken.len() as u64)
}
