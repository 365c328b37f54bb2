//! The way of a replay: batch by batch through a part, part by part to its end.

use runnel_model::{Queue, RawId, RunId};
use sqlx::Row;

use super::{
    super::{
        Backend, Connection, DbRow, Owner, Tally, count, dialect::NOW, enqueue, finish_together,
        owner, pages::share_out, sql,
    },
    choice::{SELECTED, Selection},
};
use crate::{Claim, Step, StoreError, TaskKind, error::Failed};

/// The most records of a transform task: few, since a live run's batch may have to
/// wait for one that has begun.
const TASK_RECORDS: usize = 100;
/// The records that a step queues, and the tasks of a part that are open at most
/// when it does.
const RECORDS: usize = 1_000;
const OPEN: i64 = 40;

/// Where a part is.
struct Part {
    replay: i64,
    position: i64,
    selection: Selection,
    open: i64,
    is_running: bool,
    is_paused: bool,
}

pub(crate) async fn step(store: &Backend, claim: Claim, run: RunId) -> Result<Step, Failed> {
    let mut transaction = store.begin().await?;
    // Whoever cancels has the integration too, and so nothing is queued behind it.
    let owner = owner::lock(&mut transaction, run).await?;
    let part = part(&mut transaction, run).await?;
    if part.is_running {
        if part.is_paused {
            return Ok(Step::Paused);
        }
        let busy = others_wait(&mut transaction, &owner).await?;
        // Beside others' work one task at a time: enough to come to an end.
        let (open, records) = if busy {
            (0, TASK_RECORDS)
        } else {
            (OPEN, RECORDS)
        };
        // The step itself is one of the open tasks.
        if part.open - 1 > open {
            return Ok(Step::Full);
        }
        let next = next(&mut transaction, run, &part, records).await?;
        if !next.is_empty() {
            queue(&mut transaction, claim, &owner, next).await?;
            super::super::commit(transaction).await?;
            return Ok(Step::Queued);
        }
    }
    end(&mut transaction, claim, run, &part).await?;
    super::super::commit(transaction).await?;
    Ok(Step::Queued)
}

async fn part(connection: &mut Connection, run: RunId) -> Result<Part, Failed> {
    let row = sqlx::query(
        "SELECT p.replay_id, p.position, p.upto, r.integration_id, r.stream, r.state, r.open_tasks, s.paused,
                s.since_at, s.until_at, s.digest
         FROM replay_parts p JOIN job_runs r ON r.id = p.run_id JOIN replays s ON s.id = p.replay_id
         WHERE p.run_id = $1",
    )
    .bind(run.0)
    .fetch_optional(connection)
    .await?;
    let row = row.ok_or(StoreError::LeaseLost)?;
    Ok(read(&row))
}

fn read(row: &DbRow) -> Part {
    let state: String = row.get("state");
    Part {
        replay: row.get("replay_id"),
        position: row.get("position"),
        selection: Selection::of_part(row),
        open: row.get("open_tasks"),
        is_running: state == "running",
        is_paused: row.get("paused"),
    }
}

/// Whether tasks of a run that is no replay wait for the same workers.
async fn others_wait(connection: &mut Connection, owner: &Owner) -> Result<bool, sqlx::Error> {
    let source = owner.source.clone();
    // As the indexes have them: `tasks_queued`, `tasks_rung`.
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM tasks t WHERE t.private_to = 0 AND t.queue IN ($1, $2) AND t.state = 'queued'
                            AND t.rung_at IS NULL AND t.run_id NOT IN (SELECT run_id FROM replay_parts))
             OR EXISTS (SELECT 1 FROM tasks t WHERE t.queue IN ($1, $2) AND t.state = 'queued'
                            AND t.rung_at IS NOT NULL AND t.run_id NOT IN (SELECT run_id FROM replay_parts))",
    )
    .bind(Queue::Transform(source.clone()).to_string())
    .bind(Queue::Load(source).to_string())
    .fetch_one(connection)
    .await
}

/// The next raw records, each with the size of its payload.
async fn next(
    connection: &mut Connection,
    run: RunId,
    part: &Part,
    limit: usize,
) -> Result<Vec<(RawId, usize)>, sqlx::Error> {
    let text = sql!(
        "SELECT r.raw_data_id, CAST(octet_length(d.payload) AS BIGINT)
         FROM records r JOIN raw_data d ON d.id = r.raw_data_id
         WHERE {SELECTED} AND r.raw_data_id > $6 AND r.raw_data_id <= $7
             AND (NOT $8 OR EXISTS (SELECT 1 FROM replay_records c WHERE c.run_id = $9 AND c.raw_data_id = r.raw_data_id))
         ORDER BY r.raw_data_id LIMIT $10"
    );
    let selection = &part.selection;
    let rows: Vec<(i64, i64)> = sqlx::query_as(text)
        .bind(selection.integration)
        .bind(&selection.stream)
        .bind(selection.by_time())
        .bind(selection.since)
        .bind(selection.until)
        .bind(part.position)
        .bind(selection.upto)
        .bind(selection.digest.is_some())
        .bind(run.0)
        .bind(count(limit))
        .fetch_all(connection)
        .await?;
    let sized = |(id, bytes): (i64, i64)| (RawId(id), usize::try_from(bytes).unwrap_or(usize::MAX));
    Ok(rows.into_iter().map(sized).collect())
}

/// Queues the batches, and the next step behind them.
async fn queue(
    connection: &mut Connection,
    claim: Claim,
    owner: &Owner,
    records: Vec<(RawId, usize)>,
) -> Result<(), Failed> {
    let (last, queued) = (records.last().map(|(last, _)| last.0), records.len());
    let mut tasks = share_out(records.into_iter(), TASK_RECORDS);
    let mut tally = Tally::default();
    finish_together(connection, &[claim], false, &mut tally).await?;
    tasks.push(TaskKind::Replay);
    let queue = Queue::Transform(owner.source.clone());
    enqueue(connection, &owner.tasks(queue, &tasks), &mut tally).await?;
    sqlx::query("UPDATE replay_parts SET position = $2, queued = queued + $3 WHERE run_id = $1")
        .bind(owner.run.0)
        .bind(last)
        .bind(count(queued))
        .execute(&mut *connection)
        .await?;
    tally.write(connection, owner.run).await
}

/// Ends the steps of a part, and begins the next one. Of a replay that was cancelled
/// none waits; of one whose part alone was cancelled, as a run, the others go on.
async fn end(
    connection: &mut Connection,
    claim: Claim,
    run: RunId,
    part: &Part,
) -> Result<(), Failed> {
    let mut tally = Tally::default();
    finish_together(connection, &[claim], false, &mut tally).await?;
    // Records that were read anew meanwhile were mapped by the run that read them.
    sqlx::query("UPDATE replay_parts SET total = queued WHERE run_id = $1")
        .bind(run.0)
        .execute(&mut *connection)
        .await?;
    forget(connection, run).await?;
    begin_next(connection, part.replay).await?;
    tally.write(connection, run).await
}

/// Lets go of what was chosen by its rows.
pub(super) async fn forget(connection: &mut Connection, run: RunId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM replay_records WHERE run_id = $1")
        .bind(run.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Begins the first part that waits, if one does.
pub(super) async fn begin_next(connection: &mut Connection, replay: i64) -> Result<(), Failed> {
    let begun: Option<i64> = sqlx::query_scalar(sql!(
        "UPDATE job_runs SET state = 'running', started_at = {NOW} WHERE state = 'waiting' AND id =
             (SELECT MIN(r.id) FROM job_runs r JOIN replay_parts p ON p.run_id = r.id
              WHERE p.replay_id = $1 AND r.state = 'waiting')
         RETURNING id"
    ))
    .bind(replay)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(run) = begun.map(RunId) else {
        return Ok(());
    };
    let owner = owner::of(connection, run).await?;
    let mut tally = Tally::default();
    let queue = Queue::Transform(owner.source.clone());
    enqueue(
        connection,
        &owner.tasks(queue, &[TaskKind::Replay]),
        &mut tally,
    )
    .await?;
    tally.write(connection, run).await
}
