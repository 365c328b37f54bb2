//! Tasks that are given up, and tasks that are taken back from workers that are
//! gone.

use runnel_model::{IntegrationId, Lease, RequestId, RunId, TaskId};

use super::{
    Backend, Connection, Tally, add_problem,
    claims::{CLAIMED_TASK, read},
    dialect::{NOW, PICKED, SKIP_LOCKED},
    owner, runs, sql, tasks,
};
use crate::{Actor, Claim, MAX_CRASHES, Rescue, StoreError, TaskKind, error::Failed};

pub(super) async fn bury(store: &Backend, claim: Claim, problem: &str) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    let (run, extract) = tasks::runs_of(&mut transaction, &[claim])
        .await?
        .pop()
        .ok_or(StoreError::LeaseLost)?;
    if extract {
        owner::lock(&mut transaction, run).await?;
    }
    let row = sqlx::query(sql!(
        "UPDATE tasks SET state = 'dead', error = $3, lease_until = NULL, rung_at = NULL
         WHERE id = $1 AND lease = $2 AND state = 'running' RETURNING {CLAIMED_TASK}"
    ))
    .bind(claim.task.0)
    .bind(claim.lease.0)
    .bind(problem)
    .fetch_optional(&mut *transaction)
    .await?
    .ok_or(StoreError::LeaseLost)?;
    let (_, task) = read(&row)?;
    if extract {
        drop_extract(&mut transaction, claim.task, run, &task.kind).await?;
    }
    let mut tally = Tally::default();
    add_problem(&mut transaction, run, problem, &mut tally).await?;
    tally.ended(extract, 1);
    tally.write(&mut transaction, run).await?;
    Ok(super::commit(transaction).await?)
}

/// A buried transform or load keeps its rows, so that it can be queued again;
/// what was to be fetched or planned is asked for anew by the next run, since
/// its cursor stays where it was.
async fn drop_extract(
    connection: &mut Connection,
    task: TaskId,
    run: RunId,
    kind: &TaskKind,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM tasks WHERE id = $1")
        .bind(task.0)
        .execute(&mut *connection)
        .await?;
    match kind {
        TaskKind::Fetch(request) => fail_partition(connection, run, *request).await,
        _ => Ok(()),
    }
}

async fn fail_partition(
    connection: &mut Connection,
    run: RunId,
    request: RequestId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO run_partitions (run_id, partition, failed)
         SELECT $1, partition, 1 FROM requests WHERE id = $2
         ON CONFLICT (run_id, partition) DO UPDATE SET failed = run_partitions.failed + 1",
    )
    .bind(run.0)
    .bind(request.0)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM requests WHERE id = $1")
        .bind(request.0)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn rescue(store: &Backend, whose: Rescue) -> Result<u64, StoreError> {
    match whose {
        Rescue::All => store.run(|| take_back(store, None)).await,
        Rescue::Of(integration) => store.run(|| take_back(store, Some(integration))).await,
        Rescue::Expired => {
            let queued = store.run(|| expire(store)).await?;
            Ok(queued + bury_killers(store).await?)
        }
    }
}

/// Queues what is running or buried again: of one ad hoc integration, or all.
async fn take_back(store: &Backend, of: Option<IntegrationId>) -> Result<u64, Failed> {
    let mut transaction = store.begin().await?;
    let of = of.map_or(0, |integration| integration.0);
    let revived = revive(&mut transaction, ("$1 = 0 OR private_to = $1", of)).await?;
    let rescued = sqlx::query(
        "UPDATE tasks SET state = 'queued', lease_until = NULL, rung_at = NULL
         WHERE state = 'running' AND ($1 = 0 OR private_to = $1)",
    )
    .bind(of)
    .execute(&mut *transaction)
    .await?;
    super::commit(transaction).await?;
    Ok(revived + rescued.rows_affected())
}

/// Queues buried tasks again of which this is so, and takes their failures back from
/// their runs; what else failed there stays. A cancelled run stays cancelled.
async fn revive(connection: &mut Connection, (which, of): (&str, i64)) -> Result<u64, sqlx::Error> {
    let dead = format!("state = 'dead' AND ({which})");
    sqlx::query(sql!(
        "DELETE FROM run_problems WHERE (run_id, message) IN (SELECT run_id, error FROM tasks WHERE {dead})"
    ))
    .bind(of)
    .execute(&mut *connection)
    .await?;
    sqlx::query(sql!(
        "UPDATE job_runs SET
             state = CASE WHEN state = 'cancelled' THEN state ELSE 'running' END,
             finished_at = CASE WHEN state = 'cancelled' THEN finished_at END,
             failed = failed - buried.tasks, open_tasks = open_tasks + buried.tasks
         FROM (SELECT run_id, COUNT(*) AS tasks FROM tasks WHERE {dead} GROUP BY run_id) AS buried
         WHERE job_runs.id = buried.run_id"
    ))
    .bind(of)
    .execute(&mut *connection)
    .await?;
    let queued = sqlx::query(sql!(
        "UPDATE tasks SET state = 'queued', attempts = 0, crashes = 0, run_at = {NOW} WHERE {dead}"
    ))
    .bind(of)
    .execute(connection)
    .await?;
    Ok(queued.rows_affected())
}

/// The buried tasks of a run that every worker may claim.
const OF_RUN: &str = "run_id = $1 AND private_to = 0";

pub(super) async fn given_up(store: &Backend, run: RunId) -> Result<u64, Failed> {
    let tasks: i64 = sqlx::query_scalar(sql!(
        "SELECT COUNT(*) FROM tasks WHERE state = 'dead' AND {OF_RUN}"
    ))
    .bind(run.0)
    .fetch_one(&store.readers())
    .await?;
    Ok(tasks.unsigned_abs())
}

/// The run's row first: whoever buries one of its tasks writes there too, and waits.
pub(super) async fn retry_run(store: &Backend, run: RunId, by: &Actor) -> Result<u64, Failed> {
    let mut transaction = store.begin().await?;
    sqlx::query("UPDATE job_runs SET failed = failed WHERE id = $1")
        .bind(run.0)
        .execute(&mut *transaction)
        .await?;
    let queued = revive(&mut transaction, (OF_RUN, run.0)).await?;
    if queued > 0 {
        let detail = serde_json::json!({ "tasks": queued });
        runs::note_run(&mut transaction, run, (by, "run.retry"), detail).await?;
    }
    super::commit(transaction).await?;
    Ok(queued)
}

async fn expire(store: &Backend) -> Result<u64, Failed> {
    let rescued = sqlx::query(sql!(
        "WITH picked (id) AS MATERIALIZED (
             SELECT id FROM tasks WHERE state = 'running' AND lease_until < {NOW} AND crashes + 1 < $1 {SKIP_LOCKED}
         )
         UPDATE tasks SET state = 'queued', lease_until = NULL, rung_at = NULL,
             attempts = attempts + 1, crashes = crashes + 1 WHERE id {PICKED}"
    ))
    .bind(i64::from(MAX_CRASHES))
    .execute(&store.writer())
    .await?;
    Ok(rescued.rows_affected())
}

/// Gives up the tasks that have cost their worker the lease too often.
async fn bury_killers(store: &Backend) -> Result<u64, StoreError> {
    let mut buried = 0;
    for (claim, kind) in store.run(|| killers(store)).await? {
        let problem = format!(
            "the {kind} cost its worker its lease {MAX_CRASHES} times: it is taken to be what kills or stalls it, \
             and is given up"
        );
        match store.run(|| bury(store, claim, &problem)).await {
            Ok(()) => buried += 1,
            // Its worker was late and not dead, or another process was first.
            Err(StoreError::LeaseLost) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(buried)
}

async fn killers(store: &Backend) -> Result<Vec<(Claim, TaskKind)>, Failed> {
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(sql!(
        "SELECT id, lease, kind FROM tasks WHERE state = 'running' AND lease_until < {NOW} AND crashes + 1 >= $1"
    ))
    .bind(i64::from(MAX_CRASHES))
    .fetch_all(&store.readers())
    .await?;
    let read = |(id, lease, kind): (i64, i64, String)| {
        let claim = Claim {
            task: TaskId(id),
            lease: Lease(lease),
        };
        (claim, TaskKind::read(&kind))
    };
    Ok(rows.into_iter().map(read).collect())
}
