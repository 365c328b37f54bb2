//! Replays, paused, resumed, given up.

use std::collections::BTreeMap;

use runnel_model::{RunId, TenantId};
use serde_json::{Value, json};

use super::{
    super::{
        Backend, Connection, Tally,
        audit::{Act, note},
        dialect::{IDS, NOW},
        json as list, owner, sql,
    },
    rows,
    steps::{begin_next, forget},
};
use crate::{Actor, ReplayError, ReplayId, ReplayRow, RunState, StoreError, error::Failed};

pub(super) async fn pause(store: &Backend, id: ReplayId, by: &Actor) -> Result<(), Failed> {
    let replay = open(store, id).await?;
    let mut transaction = store.begin().await?;
    set_paused(&mut transaction, id, true).await?;
    let whose = (id, replay.of.tenant);
    audit(&mut transaction, whose, (by, "replay.pause"), json!({})).await?;
    Ok(super::super::commit(transaction).await?)
}

pub(super) async fn resume(store: &Backend, id: ReplayId, by: &Actor) -> Result<(), Failed> {
    let replay = open(store, id).await?;
    let mut transaction = store.begin().await?;
    set_paused(&mut transaction, id, false).await?;
    // The step that waits meanwhile is due at once.
    sqlx::query(sql!(
        "UPDATE tasks SET run_at = {NOW} WHERE state = 'delayed' AND kind = '\"replay\"'
             AND run_id IN (SELECT run_id FROM replay_parts WHERE replay_id = $1)"
    ))
    .bind(id.0)
    .execute(&mut *transaction)
    .await?;
    // A part whose step was given up has begun no other.
    if replay
        .parts
        .iter()
        .all(|part| part.state != RunState::Running)
    {
        begin_next(&mut transaction, id.0).await?;
    }
    let whose = (id, replay.of.tenant);
    audit(&mut transaction, whose, (by, "replay.resume"), json!({})).await?;
    Ok(super::super::commit(transaction).await?)
}

pub(super) async fn cancel(store: &Backend, id: ReplayId, by: &Actor) -> Result<(), Failed> {
    let replay = open(store, id).await?;
    let runs: Vec<RunId> = replay.parts.iter().map(|part| part.run).collect();
    let mut transaction = store.begin().await?;
    owner::lock_all(&mut transaction, &runs).await?;
    let mut tallies = drop_transforms(&mut transaction, &runs).await?;
    sqlx::query(sql!(
        "UPDATE job_runs SET state = 'cancelled', finished_at = {NOW}
         WHERE id {IDS} AND state IN ('waiting', 'running')"
    ))
    .bind(list(&runs))
    .execute(&mut *transaction)
    .await?;
    for run in runs {
        forget(&mut transaction, run).await?;
        if let Some(tally) = tallies.remove(&run) {
            tally.write(&mut transaction, run).await?;
        }
    }
    let whose = (id, replay.of.tenant);
    audit(&mut transaction, whose, (by, "replay.cancel"), json!({})).await?;
    Ok(super::super::commit(transaction).await?)
}

/// What is not mapped yet is dropped; a worker that is at it finds its lease lost.
async fn drop_transforms(
    connection: &mut Connection,
    runs: &[RunId],
) -> Result<BTreeMap<RunId, Tally>, sqlx::Error> {
    let dropped: Vec<i64> = sqlx::query_scalar(sql!(
        "DELETE FROM tasks WHERE run_id {IDS} AND queue LIKE 'etl.transform.%' AND state <> 'dead' RETURNING run_id"
    ))
    .bind(list(runs))
    .fetch_all(connection)
    .await?;
    let mut tallies: BTreeMap<RunId, Tally> = BTreeMap::new();
    for run in dropped {
        tallies.entry(RunId(run)).or_default().ended(false, 1);
    }
    Ok(tallies)
}

/// The replay of this id, if something can still be done about it.
async fn open(store: &Backend, id: ReplayId) -> Result<ReplayRow, Failed> {
    let what = || StoreError::NoSuch {
        what: format!("replay {}", id.0),
    };
    let replay = rows::list(store, Some(id), 1).await?.pop();
    let replay = replay.ok_or_else(what)?;
    let state = replay.state();
    if state.is_open() {
        return Ok(replay);
    }
    Err(refused(ReplayError::Ended {
        id,
        state,
        entity: replay.of.entity.to_string(),
    }))
}

async fn set_paused(
    connection: &mut Connection,
    id: ReplayId,
    paused: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE replays SET paused = $2 WHERE id = $1")
        .bind(id.0)
        .bind(paused)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn audit(
    connection: &mut Connection,
    (id, tenant): (ReplayId, Option<TenantId>),
    (by, action): (&Actor, &str),
    detail: Value,
) -> Result<(), sqlx::Error> {
    let act = Act {
        by,
        action,
        subject: &format!("replay {}", id.0),
        tenant,
        detail,
    };
    note(connection, act).await
}

pub(super) fn refused(error: ReplayError) -> Failed {
    Failed::Refused(error.into())
}
