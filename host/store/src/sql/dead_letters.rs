//! Dead letters: shown, replayed, dropped.

use std::collections::BTreeMap;

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, Queue, RawId, RunId, TenantId};
use sqlx::Row;

use super::{
    Backend, Connection, Db, DbRow, NewTask, Tally,
    audit::{Act, note},
    count,
    dialect::ids_or_all,
    enqueue, json,
    owner::PRIVATE_TO,
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

    async fn dead_letter_groups(
        &self,
        filter: &DeadLetterFilter,
    ) -> Result<Vec<DeadLetterGroup>, StoreError> {
        self.run(|| groups(self, filter)).await
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
         AND ($4 = '' OR d.stream = $4) AND ($5 = '' OR d.fingerprint = $5)"
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
        .bind(filter.fingerprint.clone().unwrap_or_default())
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

async fn groups(
    store: &Backend,
    filter: &DeadLetterFilter,
) -> Result<Vec<DeadLetterGroup>, Failed> {
    let text = format!(
        "SELECT g.letters, d.* FROM dead_letters d JOIN
             (SELECT COUNT(*) AS letters, MAX(d.id) AS newest FROM dead_letters d WHERE {}
              GROUP BY d.tenant_id, d.stream, d.fingerprint) g ON g.newest = d.id
         ORDER BY g.letters DESC, d.id DESC",
        filtered()
    );
    let rows = bound(text, filter).fetch_all(&store.readers()).await?;
    Ok(rows.iter().map(group).collect())
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

/// The letters of one run.
struct OfRun {
    run: RunId,
    tenant: TenantId,
    priority: i32,
    private_to: i64,
    queue: Queue,
    records: Vec<RawId>,
}

async fn replay(store: &Backend, filter: &DeadLetterFilter, by: &Actor) -> Result<u64, Failed> {
    let mut transaction = store.begin().await?;
    let runs = letters_by_run(&mut transaction, filter).await?;
    let removed = delete(&mut transaction, filter).await?;
    for of_run in &runs {
        queue_again(&mut transaction, of_run).await?;
    }
    let done = note_all(
        &mut transaction,
        ("dead_letter.replay", &removed),
        filter,
        by,
    );
    let count = done.await?;
    super::commit(transaction).await?;
    Ok(count)
}

/// Deletes dead letters. Answers how many of which tenant.
async fn delete(
    connection: &mut Connection,
    filter: &DeadLetterFilter,
) -> Result<BTreeMap<TenantId, u64>, sqlx::Error> {
    let text = format!(
        "SELECT DISTINCT d.tenant_id FROM dead_letters d WHERE {}",
        filtered()
    );
    let tenants = bound(text, filter).fetch_all(&mut *connection).await?;
    let text = format!("DELETE FROM dead_letters AS d WHERE {}", filtered());
    let mut removed = BTreeMap::new();
    for row in &tenants {
        let tenant = TenantId(row.get("tenant_id"));
        let own = DeadLetterFilter {
            tenant: Some(tenant),
            ..filter.clone()
        };
        let done = bound(text.clone(), &own).execute(&mut *connection).await?;
        removed.insert(tenant, done.rows_affected());
    }
    Ok(removed)
}

/// Writes down what was done with dead letters, for each of their tenants. Answers with
/// how many.
async fn note_all(
    connection: &mut Connection,
    (action, done): (&str, &BTreeMap<TenantId, u64>),
    filter: &DeadLetterFilter,
    by: &Actor,
) -> Result<u64, sqlx::Error> {
    for (tenant, count) in done {
        let act = Act {
            by,
            action,
            subject: &format!("{count} dead letters"),
            tenant: Some(*tenant),
            detail: serde_json::json!({
                "ids": filter.ids, "fingerprint": filter.fingerprint, "stream": filter.stream,
                "integration": filter.integration, "count": count,
            }),
        };
        note(connection, act).await?;
    }
    Ok(done.values().sum())
}

async fn letters_by_run(
    connection: &mut Connection,
    filter: &DeadLetterFilter,
) -> Result<Vec<OfRun>, Failed> {
    let text = format!(
        "SELECT d.raw_data_id, r.id AS run_id, r.tenant_id, r.priority, i.source, {PRIVATE_TO} AS private_to
         FROM dead_letters d JOIN job_runs r ON r.id = d.run_id JOIN integrations i ON i.id = r.integration_id
         WHERE {} ORDER BY r.id, d.raw_data_id",
        filtered()
    );
    let rows = bound(text, filter).fetch_all(connection).await?;
    let mut runs: Vec<OfRun> = Vec::new();
    for row in &rows {
        let run = RunId(row.get("run_id"));
        let source = Name::new(row.get::<String, _>("source"))
            .map_err(|e| Failed::corrupt(format_args!("run {run}"), e))?;
        if runs.last().is_none_or(|last| last.run != run) {
            runs.push(OfRun {
                run,
                tenant: TenantId(row.get("tenant_id")),
                priority: row.get("priority"),
                private_to: row.get("private_to"),
                queue: Queue::Transform(source),
                records: Vec::new(),
            });
        }
        if let Some(last) = runs.last_mut() {
            last.records.push(RawId(row.get("raw_data_id")));
        }
    }
    Ok(runs)
}

/// The run runs again until its records are mapped, and counts them anew.
async fn queue_again(connection: &mut Connection, of_run: &OfRun) -> Result<(), Failed> {
    sqlx::query(
        "UPDATE job_runs SET dead = dead - $2, finished_at = NULL,
             state = CASE WHEN state = 'cancelled' THEN state ELSE 'running' END
         WHERE id = $1",
    )
    .bind(of_run.run.0)
    .bind(count(of_run.records.len()))
    .execute(&mut *connection)
    .await?;
    let kinds: Vec<TaskKind> = of_run
        .records
        .chunks(BATCH)
        .map(|records| TaskKind::Transform(records.to_vec()))
        .collect();
    let mut tally = Tally::default();
    let tasks = NewTask {
        tenant: of_run.tenant,
        run: of_run.run,
        private_to: of_run.private_to,
        queue: of_run.queue.clone(),
        priority: of_run.priority,
        kinds: &kinds,
        traceparents: &[],
    };
    enqueue(connection, &tasks, &mut tally).await?;
    tally.write(connection, of_run.run).await
}

async fn remove(store: &Backend, filter: &DeadLetterFilter, by: &Actor) -> Result<u64, Failed> {
    let mut transaction = store.begin().await?;
    let removed = delete(&mut transaction, filter).await?;
    let done = note_all(&mut transaction, ("dead_letter.drop", &removed), filter, by);
    let count = done.await?;
    super::commit(transaction).await?;
    Ok(count)
}
