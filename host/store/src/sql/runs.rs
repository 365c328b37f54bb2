//! Runs: stored, begun, cancelled, shown.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, Queue, RunId, TenantId};
use serde_json::{Value as Json, json as object};
use sqlx::Row;

use super::{
    Backend, Connection, DbRow, Tally,
    audit::{Act, note},
    dialect::{EACH, IDS, NOW},
    enqueue, graves, history, integrations, json, owner, sql, tally,
};
use crate::{
    Actor, Adopted, Integration, NewIntegration, NewRun, Rescue, Run, RunState, Runs, Skipped,
    StoreError, TaskKind, Tasks, error::Failed,
};

const COLUMNS: &str = "job_runs.id, stream, depends_on, options, state, requests, bytes, retries, extracted, \
                       transformed, loaded, unchanged, dead, replaced_nuls, open_tasks";

#[async_trait]
impl Runs for Backend {
    async fn open_integration(&self, new: &NewIntegration) -> Result<Integration, StoreError> {
        self.run(|| integrations::open(self, new)).await
    }

    async fn adopt(&self, integration: IntegrationId) -> Result<Adopted, StoreError> {
        let adopted = self.hold(integration).await?;
        self.rescue(Rescue::Of(integration)).await?;
        Ok(adopted)
    }

    async fn unfinished(&self, integration: IntegrationId) -> Result<Vec<Run>, StoreError> {
        self.run(|| unfinished(self, integration)).await
    }

    async fn create_runs(
        &self,
        integration: &Integration,
        runs: &[NewRun],
    ) -> Result<Vec<RunId>, StoreError> {
        self.run(|| create(self, integration, runs)).await
    }

    async fn begin(&self, run: RunId) -> Result<(), StoreError> {
        self.run(|| begin_one(self, run)).await
    }

    async fn cancel(&self, runs: &[RunId]) -> Result<(), StoreError> {
        self.run(|| cancel(self, runs)).await
    }

    async fn cancel_run(&self, run: RunId, by: &Actor) -> Result<bool, StoreError> {
        self.run(|| cancel_one(self, run, by)).await
    }

    async fn retry_run(&self, run: RunId, by: &Actor) -> Result<u64, StoreError> {
        self.run(|| graves::retry_run(self, run, by)).await
    }

    async fn given_up(&self, run: RunId) -> Result<u64, StoreError> {
        self.run(|| graves::given_up(self, run)).await
    }

    async fn fail_run(&self, run: RunId, problem: &str) -> Result<(), StoreError> {
        self.run(|| fail(self, run, problem)).await
    }

    async fn runs(&self, ids: &[RunId]) -> Result<Vec<Run>, StoreError> {
        self.run(|| runs(self, ids)).await
    }

    async fn findings(&self, ids: &[RunId]) -> Result<(Vec<Skipped>, Vec<String>), StoreError> {
        self.run(|| findings(self, ids)).await
    }
}

async fn unfinished(store: &Backend, integration: IntegrationId) -> Result<Vec<Run>, Failed> {
    let rows = sqlx::query(sql!(
        "SELECT {COLUMNS} FROM job_runs WHERE integration_id = $1 AND coalesce(start_id, id) IN
             (SELECT coalesce(start_id, id) FROM job_runs
              WHERE integration_id = $1 AND state IN ('waiting', 'running')
                  AND id NOT IN (SELECT run_id FROM replay_parts))
         ORDER BY id"
    ))
    .bind(integration.0)
    .fetch_all(&store.readers())
    .await?;
    rows.iter().map(read).collect()
}

async fn create(
    store: &Backend,
    integration: &Integration,
    runs: &[NewRun],
) -> Result<Vec<RunId>, Failed> {
    let mut transaction = store.begin().await?;
    let mut ids: Vec<RunId> = Vec::with_capacity(runs.len());
    for run in runs {
        // What runs that start together have in common.
        let start = ids.first().map(|first| first.0);
        ids.push(insert(&mut transaction, integration, run, start).await?);
    }
    super::commit(transaction).await?;
    Ok(ids)
}

pub(super) async fn insert(
    connection: &mut Connection,
    integration: &Integration,
    run: &NewRun,
    start: Option<i64>,
) -> Result<RunId, sqlx::Error> {
    let id = sqlx::query_scalar(sql!(
        "INSERT INTO job_runs (tenant_id, integration_id, stream, depends_on, options, is_full, goes_back,
                               start_id, state, priority, changed_parents_of, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9, $10, {NOW}) RETURNING id"
    ))
    .bind(integration.tenant.0)
    .bind(integration.id.0)
    .bind(&*run.stream)
    .bind(json(&run.depends_on))
    .bind(serde_json::json!(run.options).to_string())
    .bind(run.options.full)
    .bind(run.options.since.is_some())
    .bind(start)
    .bind(run.priority)
    .bind(run.changed_parents_of.as_deref())
    .fetch_one(connection)
    .await?;
    Ok(RunId(id))
}

async fn begin_one(store: &Backend, run: RunId) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    begin(&mut transaction, run).await?;
    Ok(super::commit(transaction).await?)
}

/// Lets a waiting run begin.
pub(super) async fn begin(connection: &mut Connection, run: RunId) -> Result<(), Failed> {
    let owner = owner::lock(connection, run).await?;
    let begun = sqlx::query(sql!(
        "UPDATE job_runs SET state = 'running', started_at = {NOW},
             parents_after = CASE WHEN changed_parents_of IS NULL OR is_full THEN 0 ELSE coalesce(
                 (SELECT raw_data_id FROM watermarks w
                  WHERE w.integration_id = job_runs.integration_id AND w.stream = job_runs.stream), 0) END,
             parents_upto = CASE WHEN changed_parents_of IS NULL THEN NULL ELSE coalesce(
                 (SELECT MAX(raw_data_id) FROM records p
                  WHERE p.integration_id = job_runs.integration_id AND p.stream = changed_parents_of), 0) END
         WHERE id = $1 AND state = 'waiting'"
    ))
    .bind(run.0)
    .execute(&mut *connection)
    .await?;
    if begun.rows_affected() == 0 {
        return Ok(());
    }
    let mut tally = Tally::default();
    let plan = owner.tasks(Queue::Extract, &[TaskKind::Plan]);
    enqueue(connection, &plan, &mut tally).await?;
    tally.write(connection, run).await
}

async fn cancel(store: &Backend, runs: &[RunId]) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    give_up_all(&mut transaction, runs).await?;
    Ok(super::commit(transaction).await?)
}

/// Cancels those of the runs that have not ended, and answers them.
pub(super) async fn give_up_all(
    connection: &mut Connection,
    runs: &[RunId],
) -> Result<Vec<RunId>, Failed> {
    owner::lock_all(connection, runs).await?;
    let active: Vec<i64> = sqlx::query_scalar(sql!(
        "SELECT id FROM job_runs WHERE id {IDS} AND state IN ('waiting', 'running') ORDER BY id"
    ))
    .bind(json(runs))
    .fetch_all(&mut *connection)
    .await?;
    let active: Vec<RunId> = active.into_iter().map(RunId).collect();
    give_up(connection, &active, "cancelled").await?;
    Ok(active)
}

async fn cancel_one(store: &Backend, run: RunId, by: &Actor) -> Result<bool, Failed> {
    let mut transaction = store.begin().await?;
    if give_up_all(&mut transaction, &[run]).await?.is_empty() {
        return Ok(false);
    }
    note_run(&mut transaction, run, (by, "run.cancel"), object!({})).await?;
    super::commit(transaction).await?;
    Ok(true)
}

/// Writes down what somebody did with a run, with its job and its stream.
pub(super) async fn note_run(
    connection: &mut Connection,
    run: RunId,
    (by, action): (&Actor, &'static str),
    mut detail: Json,
) -> Result<(), Failed> {
    let row = sqlx::query(
        "SELECT r.tenant_id, r.stream, j.job_name FROM job_runs r LEFT JOIN etl_jobs j ON j.id = r.job_id
         WHERE r.id = $1",
    )
    .bind(run.0)
    .fetch_one(&mut *connection)
    .await?;
    detail["job"] = row.get::<Option<String>, _>("job_name").into();
    detail["stream"] = row.get::<String, _>("stream").into();
    let act = Act {
        by,
        action,
        subject: &run.to_string(),
        tenant: Some(TenantId(row.get("tenant_id"))),
        detail,
    };
    Ok(note(connection, act).await?)
}

async fn fail(store: &Backend, run: RunId, problem: &str) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    owner::lock(&mut transaction, run).await?;
    if give_up(&mut transaction, &[run], "failed").await? > 0 {
        let mut tally = Tally::default();
        tally::add_problem(&mut transaction, run, problem, &mut tally).await?;
        tally.write(&mut transaction, run).await?;
    }
    Ok(super::commit(transaction).await?)
}

/// Ends runs in this state, with nothing more to fetch. Answers how many had not
/// ended.
async fn give_up(
    connection: &mut Connection,
    runs: &[RunId],
    state: &'static str,
) -> Result<u64, Failed> {
    let active = format!("id {IDS} AND state IN ('waiting', 'running')");
    let of_active = format!("run_id IN (SELECT id FROM job_runs WHERE {active})");
    let statements = [
        format!("DELETE FROM requests WHERE {of_active}"),
        format!("DELETE FROM run_validators WHERE {of_active}"),
        format!("DELETE FROM tasks WHERE queue = 'etl.extract' AND {of_active}"),
        format!(
            "UPDATE etl_jobs SET look_at = {NOW} WHERE id IN (SELECT job_id FROM job_runs WHERE {active})"
        ),
        format!(
            "UPDATE job_runs SET state = '{state}', finished_at = {NOW},
                 open_tasks = open_tasks - open_extracts, open_extracts = 0
             WHERE {active}"
        ),
    ];
    let ids = json(runs);
    let mut ended = 0;
    for statement in statements {
        ended = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(&ids)
            .execute(&mut *connection)
            .await?
            .rows_affected();
    }
    Ok(ended)
}

async fn runs(store: &Backend, ids: &[RunId]) -> Result<Vec<Run>, Failed> {
    let rows = sqlx::query(sql!(
        "SELECT {COLUMNS} FROM {EACH} JOIN job_runs ON job_runs.id = CAST(each.value AS BIGINT) ORDER BY each.key"
    ))
    .bind(json(ids))
    .fetch_all(&store.readers())
    .await?;
    rows.iter().map(read).collect()
}

/// There may be as many as there were records; nobody reads them all.
const FINDINGS: i64 = 1_000;

async fn findings(store: &Backend, ids: &[RunId]) -> Result<(Vec<Skipped>, Vec<String>), Failed> {
    let ids = json(ids);
    let skipped: Vec<(String, String)> = sqlx::query_as(sql!(
        "SELECT DISTINCT skipped, reason FROM run_partitions WHERE run_id {IDS} AND skipped IS NOT NULL
         ORDER BY skipped LIMIT {FINDINGS}"
    ))
    .bind(&ids)
    .fetch_all(&store.readers())
    .await?;
    let problems: Vec<String> = sqlx::query_scalar(sql!(
        "SELECT message FROM run_problems WHERE run_id {IDS} ORDER BY id LIMIT {FINDINGS}"
    ))
    .bind(&ids)
    .fetch_all(&store.readers())
    .await?;
    let skipped = skipped
        .into_iter()
        .map(|(what, reason)| Skipped { what, reason })
        .collect();
    Ok((skipped, problems))
}

fn read(row: &DbRow) -> Result<Run, Failed> {
    let id = RunId(row.get("id"));
    let what = format!("run {id}");
    let count = |column: &str| u64::try_from(row.get::<i64, _>(column)).unwrap_or(0);
    Ok(Run {
        id,
        stream: Name::new(row.get::<String, _>("stream")).map_err(|e| Failed::corrupt(&what, e))?,
        depends_on: serde_json::from_str(row.get("depends_on"))
            .map_err(|e| Failed::corrupt(&what, e))?,
        state: RunState::read(row.get("state"))
            .ok_or_else(|| Failed::corrupt(&what, "its state is unknown"))?,
        options: serde_json::from_str(row.get("options")).map_err(|e| Failed::corrupt(&what, e))?,
        counters: history::counters(&count),
    })
}
