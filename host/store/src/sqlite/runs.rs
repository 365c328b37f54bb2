//! Integrations and runs on SQLite.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, Queue, RunId, TenantId};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{SqliteStore, bulk, tasks};
use crate::{
    Counters, Integration, Micros, NewIntegration, NewRun, Run, RunState, Runs, Skipped,
    StoreError, TaskKind, now,
};

const COLUMNS: &str = "id, stream, depends_on, options, state, requests, bytes, retries, extracted, transformed, \
                       loaded, unchanged, dead, replaced_nuls, open_tasks";

/// Counts tasks that were queued or ended.
pub(super) async fn count_open(
    connection: &mut SqliteConnection,
    run: RunId,
    extracts: i64,
    tasks: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE job_runs SET open_extracts = open_extracts + ?2, open_tasks = open_tasks + ?3 WHERE id = ?1")
        .bind(run.0)
        .bind(extracts)
        .bind(tasks)
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes what went wrong for good; the run will end as failed.
pub(super) async fn add_problem(
    connection: &mut SqliteConnection,
    run: RunId,
    problem: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE job_runs SET failed = failed + 1 WHERE id = ?1")
        .bind(run.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO run_problems (run_id, message, created_at) VALUES (?1, ?2, ?3)")
        .bind(run.0)
        .bind(problem)
        .bind(now())
        .execute(connection)
        .await?;
    Ok(())
}

/// After tasks ended: moves the cursors once everything has been read (which
/// only the end of an `extract` task can bring about), and ends the run once
/// everything is done.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    run: RunId,
    extract: bool,
) -> Result<(), sqlx::Error> {
    let (extracts, tasks): (i64, i64) = sqlx::query_as(
        "SELECT open_extracts, open_tasks FROM job_runs WHERE id = ?1 AND state = 'running'",
    )
    .bind(run.0)
    .fetch_optional(&mut *connection)
    .await?
    .unwrap_or((1, 1));
    if extract && extracts == 0 {
        move_cursors(connection, run).await?;
    }
    if tasks == 0 {
        sqlx::query(
            "UPDATE job_runs SET state = iif(failed = 0, 'succeeded', 'failed'), finished_at = ?2 WHERE id = ?1",
        )
        .bind(run.0)
        .bind(now())
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// The cursors, validators and watermark that the run's partitions have earned.
/// The run's own copies go, so that this has an effect only once.
async fn move_cursors(connection: &mut SqliteConnection, run: RunId) -> Result<(), sqlx::Error> {
    let statements = [
        "INSERT INTO cursors (tenant_id, integration_id, stream, partition, cursor, updated_at)
         SELECT r.tenant_id, r.integration_id, r.stream, p.partition, p.progress, ?2
         FROM run_partitions p JOIN job_runs r ON r.id = p.run_id
         WHERE p.run_id = ?1 AND p.failed = 0 AND p.skipped IS NULL AND p.progress IS NOT NULL
         ON CONFLICT DO UPDATE SET cursor = json_patch(cursor, excluded.cursor), updated_at = excluded.updated_at",
        "DELETE FROM validators WHERE (integration_id, stream, partition) IN
             (SELECT r.integration_id, r.stream, v.partition
              FROM run_validators v JOIN job_runs r ON r.id = v.run_id WHERE v.run_id = ?1)",
        "INSERT INTO validators (tenant_id, integration_id, stream, partition, url, etag)
         SELECT r.tenant_id, r.integration_id, r.stream, v.partition, v.url, v.etag
         FROM run_validators v JOIN job_runs r ON r.id = v.run_id
         LEFT JOIN run_partitions p ON p.run_id = v.run_id AND p.partition = v.partition
         WHERE v.run_id = ?1 AND coalesce(p.failed, 0) = 0 AND p.skipped IS NULL",
        "INSERT INTO watermarks (tenant_id, integration_id, stream, raw_data_id)
         SELECT tenant_id, integration_id, stream, parents_upto FROM job_runs
         WHERE id = ?1 AND failed = 0 AND parents_upto IS NOT NULL
         ON CONFLICT DO UPDATE SET raw_data_id = max(raw_data_id, excluded.raw_data_id)",
        "DELETE FROM run_validators WHERE run_id = ?1",
        "UPDATE run_partitions SET progress = NULL WHERE run_id = ?1 AND progress IS NOT NULL",
    ];
    for statement in statements {
        sqlx::query(statement)
            .bind(run.0)
            .bind(now())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

#[async_trait]
impl Runs for SqliteStore {
    async fn open_integration(&self, new: &NewIntegration) -> Result<Integration, StoreError> {
        let mut transaction = self.write().await?;
        let (id, tenant) = upsert_integration(&mut transaction, new)
            .await
            .map_err(|e| self.translate(e))?;
        self.commit(transaction).await?;
        Ok(Integration {
            id: IntegrationId(id),
            tenant: TenantId(tenant),
            source: new.source.clone(),
            base_url: new.base_url.clone(),
        })
    }

    async fn unfinished(&self, integration: IntegrationId) -> Result<Vec<Run>, StoreError> {
        let statement = format!(
            "SELECT {COLUMNS} FROM job_runs WHERE integration_id = ?1 AND created_at IN
                 (SELECT created_at FROM job_runs WHERE integration_id = ?1 AND state IN ('waiting', 'running'))
             ORDER BY id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(integration.0)
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.translate(e))?;
        rows.iter().map(read).collect()
    }

    async fn create_runs(
        &self,
        integration: &Integration,
        runs: &[NewRun],
    ) -> Result<Vec<RunId>, StoreError> {
        let mut transaction = self.write().await?;
        let mut ids = Vec::with_capacity(runs.len());
        // What runs that start together have in common.
        let at = now();
        for run in runs {
            let id = insert_run(&mut transaction, integration, run, at)
                .await
                .map_err(|e| self.translate(e))?;
            ids.push(RunId(id));
        }
        self.commit(transaction).await?;
        Ok(ids)
    }

    async fn begin(&self, run: RunId) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        begin_in(&mut transaction, run)
            .await
            .map_err(|e| self.translate(e))?;
        self.commit(transaction).await
    }

    async fn cancel(&self, runs: &[RunId]) -> Result<(), StoreError> {
        let ids = bulk::json(runs);
        let mut transaction = self.write().await?;
        let statements = [
            "DELETE FROM requests WHERE run_id IN (SELECT value FROM json_each(?1))",
            "DELETE FROM run_validators WHERE run_id IN (SELECT value FROM json_each(?1))",
            "DELETE FROM tasks WHERE queue = 'etl.extract' AND run_id IN (SELECT value FROM json_each(?1))",
            "UPDATE job_runs SET state = 'cancelled', finished_at = ?2, open_extracts = 0,
                 open_tasks = (SELECT COUNT(*) FROM tasks WHERE tasks.run_id = job_runs.id AND tasks.state <> 'dead')
             WHERE id IN (SELECT value FROM json_each(?1)) AND state IN ('waiting', 'running')",
        ];
        for statement in statements {
            sqlx::query(statement)
                .bind(&ids)
                .bind(now())
                .execute(&mut *transaction)
                .await
                .map_err(|e| self.translate(e))?;
        }
        self.commit(transaction).await
    }

    async fn runs(&self, ids: &[RunId]) -> Result<Vec<Run>, StoreError> {
        let statement = format!(
            "SELECT {COLUMNS} FROM json_each(?1) wanted JOIN job_runs ON job_runs.id = wanted.value ORDER BY wanted.key"
        )
        .replace("SELECT id", "SELECT job_runs.id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(bulk::json(ids))
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.translate(e))?;
        rows.iter().map(read).collect()
    }

    async fn findings(&self, ids: &[RunId]) -> Result<(Vec<Skipped>, Vec<String>), StoreError> {
        let ids = bulk::json(ids);
        let skipped: Vec<(String, String)> = sqlx::query_as(
            "SELECT DISTINCT skipped, reason FROM run_partitions
             WHERE run_id IN (SELECT value FROM json_each(?1)) AND skipped IS NOT NULL ORDER BY skipped",
        )
        .bind(&ids)
        .fetch_all(&self.readers)
        .await
        .map_err(|e| self.translate(e))?;
        let problems: Vec<String> = sqlx::query_scalar(
            "SELECT message FROM run_problems WHERE run_id IN (SELECT value FROM json_each(?1)) ORDER BY id",
        )
        .bind(&ids)
        .fetch_all(&self.readers)
        .await
        .map_err(|e| self.translate(e))?;
        let skipped = skipped
            .into_iter()
            .map(|(what, reason)| Skipped { what, reason })
            .collect();
        Ok((skipped, problems))
    }
}

async fn upsert_integration(
    connection: &mut SqliteConnection,
    new: &NewIntegration,
) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query("INSERT INTO tenants (name, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        .bind(&new.tenant)
        .bind(now())
        .execute(&mut *connection)
        .await?;
    sqlx::query_as(
        "INSERT INTO integrations (tenant_id, source, name, base_url, scope, settings, created_at)
         SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM tenants WHERE name = ?1
         ON CONFLICT (tenant_id, name) DO UPDATE SET
             source = excluded.source, base_url = excluded.base_url, scope = excluded.scope, settings = excluded.settings
         RETURNING id, tenant_id",
    )
    .bind(&new.tenant)
    .bind(&*new.source)
    .bind(&new.name)
    .bind(&new.base_url)
    .bind(bulk::json(&new.scope))
    .bind(new.settings.to_string())
    .bind(now())
    .fetch_one(connection)
    .await
}

async fn insert_run(
    connection: &mut SqliteConnection,
    integration: &Integration,
    run: &NewRun,
    at: Micros,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO job_runs (tenant_id, integration_id, stream, depends_on, options, state, priority,
                               changed_parents_of, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', ?6, ?7, ?8) RETURNING id",
    )
    .bind(integration.tenant.0)
    .bind(integration.id.0)
    .bind(&*run.stream)
    .bind(bulk::json(&run.depends_on))
    .bind(serde_json::json!(run.options).to_string())
    .bind(run.priority)
    .bind(run.changed_parents_of.as_deref())
    .bind(at)
    .fetch_one(connection)
    .await
}

async fn begin_in(connection: &mut SqliteConnection, run: RunId) -> Result<(), sqlx::Error> {
    let begun: Option<(i64, i32)> = sqlx::query_as(
        "UPDATE job_runs SET state = 'running', started_at = ?2,
             parents_after = CASE WHEN changed_parents_of IS NULL OR options ->> 'full' THEN 0 ELSE coalesce(
                 (SELECT raw_data_id FROM watermarks w
                  WHERE w.integration_id = job_runs.integration_id AND w.stream = job_runs.stream), 0) END,
             parents_upto = CASE WHEN changed_parents_of IS NULL THEN NULL ELSE coalesce(
                 (SELECT MAX(raw_data_id) FROM records p
                  WHERE p.integration_id = job_runs.integration_id AND p.stream = changed_parents_of), 0) END
         WHERE id = ?1 AND state = 'waiting' RETURNING tenant_id, priority",
    )
    .bind(run.0)
    .bind(now())
    .fetch_optional(&mut *connection)
    .await?;
    let Some((tenant, priority)) = begun else {
        return Ok(());
    };
    let plan = tasks::NewTask {
        tenant: TenantId(tenant),
        run,
        queue: Queue::Extract,
        priority,
        kinds: &[TaskKind::Plan],
    };
    tasks::enqueue(connection, &plan).await
}

fn read(row: &SqliteRow) -> Result<Run, StoreError> {
    let id = RunId(row.get("id"));
    let corrupt = |reason: String| StoreError::Corrupt {
        what: format!("run {id}"),
        reason,
    };
    let count = |column: &str| u64::try_from(row.get::<i64, _>(column)).unwrap_or(0);
    Ok(Run {
        id,
        stream: Name::new(row.get::<String, _>("stream")).map_err(|e| corrupt(e.to_string()))?,
        depends_on: serde_json::from_str(row.get("depends_on"))
            .map_err(|e| corrupt(e.to_string()))?,
        state: state(row.get("state")).ok_or_else(|| corrupt("its state is unknown".to_owned()))?,
        options: serde_json::from_str(row.get("options")).map_err(|e| corrupt(e.to_string()))?,
        counters: Counters {
            requests: count("requests"),
            bytes: count("bytes"),
            retries: count("retries"),
            extracted: count("extracted"),
            transformed: count("transformed"),
            loaded: count("loaded"),
            unchanged: count("unchanged"),
            dead: count("dead"),
            replaced_nuls: count("replaced_nuls"),
            open_tasks: count("open_tasks"),
        },
    })
}

fn state(text: &str) -> Option<RunState> {
    Some(match text {
        "waiting" => RunState::Waiting,
        "running" => RunState::Running,
        "succeeded" => RunState::Succeeded,
        "failed" => RunState::Failed,
        "cancelled" => RunState::Cancelled,
        _ => return None,
    })
}
