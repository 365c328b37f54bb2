//! Queued work on SQLite.

use std::time::Duration;

use async_trait::async_trait;
use runnel_model::{Lease, Queue, RequestId, RunId, TaskId, TenantId};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{SqliteStore, bulk, runs};
use crate::{Claim, Inbox, Micros, StoreError, Task, TaskKind, Tasks, WorkerId, now};

/// A task to be queued.
pub(super) struct NewTask<'a> {
    pub(super) tenant: TenantId,
    pub(super) run: RunId,
    pub(super) queue: Queue,
    pub(super) priority: i32,
    pub(super) kinds: &'a [TaskKind],
}

/// Queues tasks, and counts them with their run.
pub(super) async fn enqueue(
    connection: &mut SqliteConnection,
    task: &NewTask<'_>,
) -> Result<(), sqlx::Error> {
    if task.kinds.is_empty() {
        return Ok(());
    }
    let kinds = bulk::json(
        task.kinds
            .iter()
            .map(|kind| serde_json::json!(kind).to_string()),
    );
    sqlx::query(
        "INSERT INTO tasks (tenant_id, run_id, queue, kind, priority, run_at)
         SELECT ?1, ?2, ?3, value, ?4, ?5 FROM json_each(?6)",
    )
    .bind(task.tenant.0)
    .bind(task.run.0)
    .bind(task.queue.to_string())
    .bind(task.priority)
    .bind(now())
    .bind(kinds)
    .execute(&mut *connection)
    .await?;
    let added = i64::try_from(task.kinds.len()).unwrap_or(i64::MAX);
    let extracts = if task.queue == Queue::Extract {
        added
    } else {
        0
    };
    runs::count_open(connection, task.run, extracts, added).await
}

/// Ends claimed tasks in a transaction that also commits their effect. Answers
/// the ones whose lease still held.
pub(super) async fn finish_all(
    connection: &mut SqliteConnection,
    claims: &[Claim],
) -> Result<Vec<TaskId>, sqlx::Error> {
    let pairs = bulk::json(claims.iter().map(|claim| (claim.task, claim.lease)));
    let rows: Vec<i64> = sqlx::query_scalar(
        "DELETE FROM tasks WHERE state = 'running' AND (id, lease) IN
             (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?1))
         RETURNING id",
    )
    .bind(pairs)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(TaskId).collect())
}

/// Ends one claimed task of a run, in a transaction that also commits its
/// effect; the run ends with it if nothing else is open.
pub(super) async fn finish_in(
    store: &SqliteStore,
    connection: &mut SqliteConnection,
    claim: Claim,
    run: RunId,
    extract: bool,
) -> Result<(), StoreError> {
    let ended = finish_all(connection, &[claim])
        .await
        .map_err(|e| store.translate(e))?;
    if ended.is_empty() {
        return Err(StoreError::LeaseLost);
    }
    runs::count_open(connection, run, -i64::from(extract), -1)
        .await
        .map_err(|e| store.translate(e))?;
    runs::settle(connection, run, extract)
        .await
        .map_err(|e| store.translate(e))
}

#[async_trait]
impl Tasks for SqliteStore {
    async fn claim(
        &self,
        inbox: &Inbox,
        worker: &WorkerId,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Task>, StoreError> {
        let at = now();
        let mut transaction = self.write().await?;
        let rows = sqlx::query(
            "UPDATE tasks SET state = 'running', lease = lease + 1, lease_until = ?3, worker = ?4
             WHERE id IN (SELECT id FROM tasks WHERE queue = ?1 AND state = 'queued' AND run_at <= ?2
                          AND (?6 IS NULL OR run_id IN (SELECT id FROM job_runs WHERE integration_id = ?6))
                          ORDER BY priority DESC, id LIMIT ?5)
             RETURNING id, lease, tenant_id, run_id, kind, attempts, priority",
        )
        .bind(inbox.queue.to_string())
        .bind(at)
        .bind(after(at, lease))
        .bind(&worker.0)
        .bind(limit)
        .bind(inbox.only.map(|integration| integration.0))
        .fetch_all(&mut *transaction)
        .await
        .map_err(|e| self.translate(e))?;
        self.commit(transaction).await?;
        let mut tasks = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        // RETURNING promises no order.
        tasks.sort_by_key(|(priority, task)| (-priority, task.claim.task));
        Ok(tasks.into_iter().map(|(_, task)| task).collect())
    }

    async fn heartbeat(&self, claims: &[Claim], lease: Duration) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE tasks SET lease_until = ?1 WHERE state = 'running' AND (id, lease) IN
                 (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?2))",
        )
        .bind(after(now(), lease))
        .bind(bulk::json(claims.iter().map(|claim| (claim.task, claim.lease))))
        .execute(&self.writer)
        .await
        .map_err(|e| self.translate(e))?;
        Ok(())
    }

    async fn retry(
        &self,
        claim: Claim,
        at: Micros,
        error: &str,
        counts: bool,
    ) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE tasks SET state = 'queued', run_at = ?3, error = ?4, attempts = attempts + ?5, lease_until = NULL
             WHERE id = ?1 AND lease = ?2 AND state = 'running'",
        )
        .bind(claim.task.0)
        .bind(claim.lease.0)
        .bind(at)
        .bind(error)
        .bind(counts)
        .execute(&self.writer)
        .await
        .map_err(|e| self.translate(e))?;
        if done.rows_affected() == 0 {
            Err(StoreError::LeaseLost)
        } else {
            Ok(())
        }
    }

    async fn bury(&self, claim: Claim, problem: &str) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let row = sqlx::query(
            "UPDATE tasks SET state = 'dead', error = ?3, lease_until = NULL
             WHERE id = ?1 AND lease = ?2 AND state = 'running'
             RETURNING id, lease, tenant_id, run_id, kind, attempts, priority",
        )
        .bind(claim.task.0)
        .bind(claim.lease.0)
        .bind(problem)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(|e| self.translate(e))?
        .ok_or(StoreError::LeaseLost)?;
        let (_, task) = read(&row)?;
        bury_in(&mut transaction, &task, problem)
            .await
            .map_err(|e| self.translate(e))?;
        self.commit(transaction).await
    }

    async fn finish(&self, claim: Claim) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let task: Option<(i64, String)> =
            sqlx::query_as("SELECT run_id, queue FROM tasks WHERE id = ?1")
                .bind(claim.task.0)
                .fetch_optional(&mut *transaction)
                .await
                .map_err(|e| self.translate(e))?;
        let (run, queue) = task.ok_or(StoreError::LeaseLost)?;
        let extract = queue == Queue::Extract.to_string();
        finish_in(self, &mut transaction, claim, RunId(run), extract).await?;
        self.commit(transaction).await
    }

    async fn next_due(&self, inbox: &Inbox) -> Result<Option<Micros>, StoreError> {
        sqlx::query_scalar(
            "SELECT MIN(run_at) FROM tasks WHERE queue = ?1 AND state = 'queued'
             AND (?2 IS NULL OR run_id IN (SELECT id FROM job_runs WHERE integration_id = ?2))",
        )
        .bind(inbox.queue.to_string())
        .bind(inbox.only.map(|integration| integration.0))
        .fetch_one(&self.readers)
        .await
        .map_err(|e| self.translate(e))
    }

    async fn rescue(&self, all: bool) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let revived = if all {
            revive(&mut transaction)
                .await
                .map_err(|e| self.translate(e))?
        } else {
            0
        };
        let rescued = sqlx::query(
            "UPDATE tasks SET state = 'queued', lease_until = NULL, attempts = attempts + NOT ?1
             WHERE state = 'running' AND (?1 OR lease_until < ?2)",
        )
        .bind(all)
        .bind(now())
        .execute(&mut *transaction)
        .await
        .map_err(|e| self.translate(e))?;
        self.commit(transaction).await?;
        Ok(revived + rescued.rows_affected())
    }
}

/// A buried transform or load keeps its rows, so that it can be queued again;
/// what was to be fetched or planned is asked for anew by the next run, since
/// its cursor stays where it was.
async fn bury_in(
    connection: &mut SqliteConnection,
    task: &Task,
    problem: &str,
) -> Result<(), sqlx::Error> {
    let extract = matches!(task.kind, TaskKind::Plan | TaskKind::Fetch(_));
    if extract {
        sqlx::query("DELETE FROM tasks WHERE id = ?1")
            .bind(task.claim.task.0)
            .execute(&mut *connection)
            .await?;
    }
    if let TaskKind::Fetch(request) = task.kind {
        fail_partition(connection, task.run, request).await?;
    }
    runs::add_problem(connection, task.run, problem).await?;
    runs::count_open(connection, task.run, -i64::from(extract), -1).await?;
    runs::settle(connection, task.run, extract).await
}

async fn fail_partition(
    connection: &mut SqliteConnection,
    run: RunId,
    request: RequestId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO run_partitions (run_id, partition, failed)
         SELECT ?1, partition, 1 FROM requests WHERE id = ?2
         ON CONFLICT DO UPDATE SET failed = failed + 1",
    )
    .bind(run.0)
    .bind(request.0)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM requests WHERE id = ?1")
        .bind(request.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Queues buried tasks again, and takes their failures back from their runs;
/// what else failed there stays. A cancelled run stays cancelled.
async fn revive(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    sqlx::query(
        "UPDATE job_runs SET
             state = iif(state = 'cancelled', state, 'running'), failed = failed - dead.tasks,
             finished_at = iif(state = 'cancelled', finished_at, NULL), open_tasks = open_tasks + dead.tasks
         FROM (SELECT run_id, COUNT(*) AS tasks FROM tasks WHERE state = 'dead' GROUP BY run_id) dead
         WHERE job_runs.id = dead.run_id",
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM run_problems WHERE (run_id, message) IN (SELECT run_id, error FROM tasks WHERE state = 'dead')",
    )
    .execute(&mut *connection)
    .await?;
    let queued = sqlx::query(
        "UPDATE tasks SET state = 'queued', attempts = 0, run_at = ?1 WHERE state = 'dead'",
    )
    .bind(now())
    .execute(connection)
    .await?;
    Ok(queued.rows_affected())
}

fn read(row: &SqliteRow) -> Result<(i32, Task), StoreError> {
    let id = TaskId(row.get("id"));
    let kind = serde_json::from_str(row.get("kind")).map_err(|e| StoreError::Corrupt {
        what: format!("task {id}"),
        reason: e.to_string(),
    })?;
    let task = Task {
        claim: Claim {
            task: id,
            lease: Lease(row.get("lease")),
        },
        tenant: TenantId(row.get("tenant_id")),
        run: RunId(row.get("run_id")),
        kind,
        attempts: row.get("attempts"),
    };
    Ok((row.get("priority"), task))
}

fn after(at: Micros, lease: Duration) -> Micros {
    at.saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX))
}
