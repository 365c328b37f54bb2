//! Claims: of whatever is due, and of single tasks.

use std::{collections::HashMap, time::Duration};

use runnel_model::{Lease, RunId, TaskId, TenantId};
use sqlx::Row;

use super::{
    Backend, Connection, DbRow,
    dialect::{CLAIMED, IDS, NOW, PICKED, SKIP_LOCKED},
    json, sql,
    tasks::{micros, pairs},
    turns::fair,
};
use crate::{Claim, Inbox, Task, TaskKind, WorkerId, error::Failed};

/// What a claimed task is read from.
pub(super) const CLAIMED_TASK: &str = "id, lease, tenant_id, run_id, kind, attempts, rank, traceparents,
    (SELECT j.job_name FROM job_runs r JOIN etl_jobs j ON j.id = r.job_id WHERE r.id = tasks.run_id) AS job";

/// How many delayed tasks become due at a time: the others follow with the next
/// claim.
const PROMOTED: i64 = 1_000;

pub(super) async fn claim(
    store: &Backend,
    inbox: &Inbox,
    worker: &WorkerId,
    limit: u32,
    lease: Duration,
) -> Result<Vec<Task>, Failed> {
    let (queue, private_to) = (inbox.queue.to_string(), inbox.private_to());
    let last = store.turns.last(&queue, private_to);
    let mut transaction = store.begin().await?;
    promote(&mut transaction, &queue, private_to).await?;
    // What the broker was told of was more urgent than the rest when it was told.
    let fair = fair("$3 - (SELECT COUNT(*) FROM rung)");
    let rows = sqlx::query(sql!(
        "WITH RECURSIVE rung (id) AS MATERIALIZED (
             SELECT id FROM tasks WHERE $2 = 0 AND queue = $1 AND state = 'queued' AND rung_at IS NOT NULL
             ORDER BY rung_at LIMIT $3 {SKIP_LOCKED}
         ),
         {fair},
         picked (id) AS MATERIALIZED (SELECT id FROM rung UNION ALL SELECT id FROM fair)
         UPDATE tasks SET state = 'running', lease = lease + 1, lease_until = {NOW} + $5, worker = $6
         WHERE id {PICKED} RETURNING {CLAIMED_TASK}"
    ))
    .bind(&queue)
    .bind(private_to)
    .bind(i64::from(limit))
    .bind(last)
    .bind(micros(lease))
    .bind(&worker.0)
    .fetch_all(&mut *transaction)
    .await?;
    let tasks = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    super::commit(transaction).await?;
    let tenants = tasks.iter().map(|(_, task)| task.tenant.0);
    store.turns.had((&queue, private_to), last, tenants);
    Ok(in_turn(tasks))
}

/// Delayed tasks whose time has come are queued.
pub(super) async fn promote(
    connection: &mut Connection,
    queue: &str,
    private_to: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(sql!(
        "WITH picked (id) AS MATERIALIZED (
             SELECT id FROM tasks WHERE private_to = $2 AND queue = $1 AND state = 'delayed' AND run_at <= {NOW}
             ORDER BY run_at LIMIT $3 {SKIP_LOCKED}
         )
         UPDATE tasks SET state = 'queued' WHERE id {PICKED}"
    ))
    .bind(queue)
    .bind(private_to)
    .bind(PROMOTED)
    .execute(connection)
    .await?;
    Ok(())
}

/// The first of each tenant, then the second of each, and so on; the more urgent
/// one first. (RETURNING promises no order.)
fn in_turn(mut tasks: Vec<(i64, Task)>) -> Vec<Task> {
    tasks.sort_by_key(|(rank, task)| (*rank, task.claim.task));
    let mut turns: HashMap<TenantId, usize> = HashMap::new();
    let mut tasks: Vec<(usize, Task)> = tasks
        .into_iter()
        .map(|(_, task)| {
            let turn = turns.entry(task.tenant).or_default();
            *turn += 1;
            (*turn, task)
        })
        .collect();
    tasks.sort_by_key(|(turn, _)| *turn);
    tasks.into_iter().map(|(_, task)| task).collect()
}

pub(super) async fn claim_these(
    store: &Backend,
    tasks: &[TaskId],
    worker: &WorkerId,
    lease: Duration,
) -> Result<Vec<Task>, Failed> {
    let rows = sqlx::query(sql!(
        "WITH picked (id) AS MATERIALIZED (
             SELECT id FROM tasks WHERE id {IDS} AND state IN ('queued', 'delayed') AND run_at <= {NOW}
             ORDER BY id {SKIP_LOCKED}
         )
         UPDATE tasks SET state = 'running', lease = lease + 1, lease_until = {NOW} + $2, worker = $3
         WHERE id {PICKED} RETURNING {CLAIMED_TASK}"
    ))
    .bind(json(tasks))
    .bind(micros(lease))
    .bind(&worker.0)
    .fetch_all(&store.writer())
    .await?;
    Ok(in_turn(
        rows.iter().map(read).collect::<Result<Vec<_>, _>>()?,
    ))
}

pub(super) async fn heartbeat(
    store: &Backend,
    claims: &[Claim],
    lease: Duration,
) -> Result<(), Failed> {
    // A row that is locked is being ended: it needs no longer lease.
    sqlx::query(sql!(
        "WITH picked (id) AS MATERIALIZED (
             SELECT id FROM tasks WHERE state = 'running' AND {CLAIMED} {SKIP_LOCKED}
         )
         UPDATE tasks SET lease_until = {NOW} + $2 WHERE id {PICKED}"
    ))
    .bind(pairs(claims))
    .bind(micros(lease))
    .execute(&store.writer())
    .await?;
    Ok(())
}

pub(super) async fn next_due(store: &Backend, inbox: &Inbox) -> Result<Option<Duration>, Failed> {
    let (now, later): (bool, Option<i64>) = sqlx::query_as(sql!(
        "SELECT EXISTS (SELECT 1 FROM tasks WHERE private_to = $2 AND queue = $1 AND state = 'queued' AND rung_at IS NULL)
             OR EXISTS (SELECT 1 FROM tasks WHERE $2 = 0 AND queue = $1 AND state = 'queued' AND rung_at IS NOT NULL),
             (SELECT MIN(run_at) FROM tasks WHERE private_to = $2 AND queue = $1 AND state = 'delayed') - {NOW}"
    ))
    .bind(inbox.queue.to_string())
    .bind(inbox.private_to())
    .fetch_one(&store.readers())
    .await?;
    let due = |micros: i64| Duration::from_micros(u64::try_from(micros).unwrap_or(0));
    Ok(if now {
        Some(Duration::ZERO)
    } else {
        later.map(due)
    })
}

pub(super) fn read(row: &DbRow) -> Result<(i64, Task), Failed> {
    let id = TaskId(row.get("id"));
    let attempts: i32 = row.get("attempts");
    let task = Task {
        claim: Claim {
            task: id,
            lease: Lease(row.get("lease")),
        },
        tenant: TenantId(row.get("tenant_id")),
        run: RunId(row.get("run_id")),
        job: row.get("job"),
        kind: TaskKind::read(row.get("kind")),
        traceparents: row.get("traceparents"),
        attempts: u32::try_from(attempts).unwrap_or(0),
    };
    Ok((row.get("rank"), task))
}
