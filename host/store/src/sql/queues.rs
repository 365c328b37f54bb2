//! How queues stand.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use runnel_model::{Queue, TenantId};
use sqlx::Row;

use super::{
    Backend, DbRow, count,
    dialect::{EACH_ROW, GREATEST, NOW, TEXTS},
    json, sql,
    tasks::micros,
};
use crate::{
    LastEnd, QueueRow, QueueShare, Queues, REPORT, STUCK, ServicePart, StoreError, WorkerId,
    error::Failed,
};

/// A worker that has not reported for so long is not alive.
pub(super) const SILENT: u32 = 3;

#[async_trait]
impl Queues for Backend {
    async fn queues(&self) -> Result<Vec<QueueRow>, StoreError> {
        self.run(|| list(self)).await
    }

    async fn report(&self, worker: &WorkerId, finished: &[(Queue, u64)]) -> Result<(), StoreError> {
        self.run(|| report(self, worker, finished)).await
    }

    async fn note_ends(&self, ends: &[LastEnd]) -> Result<(), StoreError> {
        self.run(|| note_ends(self, ends)).await
    }

    async fn beat(&self, process: &WorkerId, part: ServicePart) -> Result<(), StoreError> {
        self.run(|| beat(self, process, part)).await
    }

    async fn served(&self, queues: &[Queue]) -> Result<bool, StoreError> {
        self.run(|| served(self, queues)).await
    }
}

/// What every worker may claim: a private task waits for its command, however long ago
/// that was stopped.
const SHARED: &str = "private_to = 0";

async fn list(store: &Backend) -> Result<Vec<QueueRow>, Failed> {
    let counts: Vec<(String, String, i64, Option<i64>)> = sqlx::query_as(sql!(
        "SELECT queue, state, COUNT(*), {NOW} - MIN(CASE WHEN {SHARED} THEN run_at END) FROM tasks
         GROUP BY queue, state"
    ))
    .fetch_all(&store.readers())
    .await?;
    let mut rows: BTreeMap<String, QueueRow> = BTreeMap::new();
    for (queue, state, tasks, age) in counts {
        count_in(row(&mut rows, queue)?, &state, tasks, age);
    }
    for (queue, per_minute) in rates(store).await? {
        row(&mut rows, queue)?.per_minute = per_minute;
    }
    Ok(rows.into_values().collect())
}

/// Tasks of one state.
fn count_in(row: &mut QueueRow, state: &str, tasks: i64, age: Option<i64>) {
    let tasks = unsigned(tasks);
    match state {
        "queued" => {
            row.waiting = tasks;
            row.oldest = age.map(|age| Duration::from_micros(unsigned(age)));
        }
        "running" => row.running = tasks,
        "delayed" => row.later = tasks,
        _ => row.dead = tasks,
    }
}

/// The queues by tenant, and, of no tenant, how fast they are worked off.
pub(super) async fn shares(store: &Backend) -> Result<Vec<QueueShare>, Failed> {
    let mut shares: BTreeMap<(i64, String), QueueShare> = BTreeMap::new();
    for counted in counted(store).await? {
        let (tenant, queue): (i64, String) = (counted.get("tenant_id"), counted.get("queue"));
        let share = share(&mut shares, tenant, queue)?;
        let (tasks, age) = (counted.get("tasks"), counted.get("age"));
        count_in(&mut share.row, counted.get("state"), tasks, age);
        let since: Option<i64> = counted.get("stuck_since");
        share.stuck_since = [share.stuck_since, since].into_iter().flatten().min();
    }
    for (queue, per_minute) in rates(store).await? {
        share(&mut shares, NOBODY, queue)?.row.per_minute = per_minute;
    }
    Ok(shares.into_values().collect())
}

/// No tenant's id.
const NOBODY: i64 = 0;

fn share(
    shares: &mut BTreeMap<(i64, String), QueueShare>,
    tenant: i64,
    queue: String,
) -> Result<&mut QueueShare, Failed> {
    let row = empty(&queue)?;
    Ok(shares.entry((tenant, queue)).or_insert(QueueShare {
        tenant: (tenant != NOBODY).then_some(TenantId(tenant)),
        row,
        stuck_since: None,
    }))
}

/// The tasks by tenant, queue and state. What is delayed and due is as good as queued:
/// whoever claims queues it, and there may be nobody.
async fn counted(store: &Backend) -> Result<Vec<DbRow>, Failed> {
    let since = format!("{GREATEST}(c.due, COALESCE(e.ended_at, 0))");
    let rows = sqlx::query(sql!(
        "WITH counted AS MATERIALIZED (
             SELECT tenant_id, queue, state, COUNT(*) AS tasks, MIN(CASE WHEN {SHARED} THEN run_at END) AS oldest,
                 MIN(CASE WHEN {SHARED} AND state <> 'dead' AND run_at <= {NOW} THEN run_at END) AS due
             FROM tasks GROUP BY tenant_id, queue, state
         )
         SELECT c.tenant_id, c.queue, c.state, c.tasks, {NOW} - c.oldest AS age,
             CASE WHEN c.due IS NOT NULL AND {since} < {NOW} - $1 THEN {since} END AS stuck_since
         FROM counted c LEFT JOIN queue_ends e ON e.queue = c.queue AND e.tenant_id = c.tenant_id"
    ))
    .bind(micros(STUCK))
    .fetch_all(&store.readers())
    .await?;
    Ok(rows)
}

fn row(rows: &mut BTreeMap<String, QueueRow>, queue: String) -> Result<&mut QueueRow, Failed> {
    let empty = empty(&queue)?;
    Ok(rows.entry(queue).or_insert(empty))
}

/// A queue of which nothing is known yet.
fn empty(queue: &str) -> Result<QueueRow, Failed> {
    let queue = queue
        .parse()
        .map_err(|e| Failed::corrupt("queue of a task", e))?;
    Ok(QueueRow {
        queue,
        waiting: 0,
        running: 0,
        later: 0,
        dead: 0,
        oldest: None,
        per_minute: 0,
    })
}

/// Tasks a minute, over the last two reports of each worker that is alive.
async fn rates(store: &Backend) -> Result<Vec<(String, u64)>, Failed> {
    let rows: Vec<(String, i64)> = sqlx::query_as(sql!(
        "SELECT queue, CAST(SUM(60000000 * (finished - finished_before) / (seen_at - seen_before)) AS BIGINT)
         FROM worker_queues WHERE seen_at > {NOW} - $1 AND seen_at > seen_before GROUP BY queue"
    ))
    .bind(micros(REPORT * SILENT))
    .fetch_all(&store.readers())
    .await?;
    Ok(rows
        .into_iter()
        .map(|(queue, rate)| (queue, unsigned(rate)))
        .collect())
}

async fn served(store: &Backend, queues: &[Queue]) -> Result<bool, Failed> {
    let alive: i64 = sqlx::query_scalar(sql!(
        "SELECT COUNT(DISTINCT queue) FROM worker_queues WHERE queue {TEXTS} AND seen_at > {NOW} - $2"
    ))
    .bind(json(queues.iter().map(Queue::to_string)))
    .bind(micros(REPORT * SILENT))
    .fetch_one(&store.readers())
    .await?;
    Ok(alive == count(queues.len()))
}

async fn report(
    store: &Backend,
    worker: &WorkerId,
    finished: &[(Queue, u64)],
) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    // Of workers that are long gone.
    sqlx::query(sql!("DELETE FROM worker_queues WHERE seen_at < {NOW} - $1"))
        .bind(micros(REPORT * SILENT * 10))
        .execute(&mut *transaction)
        .await?;
    for (queue, finished) in finished {
        sqlx::query(sql!(
            "INSERT INTO worker_queues (worker, queue, finished, seen_at, finished_before, seen_before)
             VALUES ($1, $2, $3, {NOW}, $3, {NOW})
             ON CONFLICT (worker, queue) DO UPDATE SET
                 finished_before = worker_queues.finished, seen_before = worker_queues.seen_at,
                 finished = excluded.finished, seen_at = excluded.seen_at"
        ))
        .bind(&worker.0)
        .bind(queue.to_string())
        .bind(count(*finished))
        .execute(&mut *transaction)
        .await?;
    }
    Ok(super::commit(transaction).await?)
}

/// In the order of queue and tenant, so that workers do not lock each other's rows in a
/// ring.
async fn note_ends(store: &Backend, ends: &[LastEnd]) -> Result<(), Failed> {
    if ends.is_empty() {
        return Ok(());
    }
    let mut ends: Vec<_> = ends
        .iter()
        .map(|end| (end.queue.to_string(), end.tenant.0, micros(end.ago)))
        .collect();
    ends.sort();
    sqlx::query(sql!(
        "INSERT INTO queue_ends (queue, tenant_id, ended_at)
         SELECT each.value ->> 0, CAST(each.value ->> 1 AS BIGINT), {NOW} - CAST(each.value ->> 2 AS BIGINT)
         FROM {EACH_ROW} WHERE true ORDER BY each.key
         ON CONFLICT (queue, tenant_id) DO UPDATE SET
             ended_at = {GREATEST}(queue_ends.ended_at, excluded.ended_at)"
    ))
    .bind(json(ends))
    .execute(&store.writer())
    .await?;
    Ok(())
}

async fn beat(store: &Backend, process: &WorkerId, part: ServicePart) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    // Of processes that are long gone.
    sqlx::query(sql!("DELETE FROM heartbeats WHERE seen_at < {NOW} - $1"))
        .bind(micros(REPORT * SILENT * 10))
        .execute(&mut *transaction)
        .await?;
    sqlx::query(sql!(
        "INSERT INTO heartbeats (process, part, seen_at) VALUES ($1, $2, {NOW})
         ON CONFLICT (process, part) DO UPDATE SET seen_at = excluded.seen_at"
    ))
    .bind(&process.0)
    .bind(part.word())
    .execute(&mut *transaction)
    .await?;
    Ok(super::commit(transaction).await?)
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
