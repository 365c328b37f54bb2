//! Which tasks the broker has to be told of.

use async_trait::async_trait;
use runnel_model::{Queue, TaskId};

use super::{
    Backend, Connection, claims,
    dialect::{IDS, LOCK_RELAY, NOW, PICKED},
    json, sql,
    turns::fair,
};
use crate::{Bell, Micros, Relay, StoreError, error::Failed};

#[async_trait]
impl Relay for Backend {
    async fn take_unrung(&self, limit: u32, window: u32) -> Result<Vec<Bell>, StoreError> {
        self.run(|| take_unrung(self, limit, window)).await
    }

    async fn unring(&self, tasks: &[TaskId]) -> Result<(), StoreError> {
        self.run(|| unring(self, tasks)).await
    }

    async fn on_the_way(&self, before: Micros) -> Result<Vec<(Queue, u64)>, StoreError> {
        self.run(|| on_the_way(self, before)).await
    }

    async fn ring_again(&self, queue: &Queue, before: Micros) -> Result<u64, StoreError> {
        self.run(|| ring_again(self, queue, before)).await
    }

    async fn clock(&self) -> Result<Micros, StoreError> {
        self.run(|| clock(self)).await
    }
}

async fn take_unrung(store: &Backend, limit: u32, window: u32) -> Result<Vec<Bell>, Failed> {
    let mut transaction = store.begin().await?;
    // One relay at a time counts what is on the way and adds to it.
    sqlx::query(LOCK_RELAY).execute(&mut *transaction).await?;
    let queues = queues(&mut transaction).await?;
    let mut bells: Vec<Bell> = Vec::new();
    let mut turns = Vec::new();
    for (i, name) in queues.iter().enumerate() {
        let queue: Queue = name
            .parse()
            .map_err(|e| Failed::corrupt("queue of a task", e))?;
        claims::promote(&mut transaction, name, 0).await?;
        // What is left of the limit is shared out among the queues that are left.
        let left = (limit as usize).saturating_sub(bells.len());
        let share = super::count(left.div_ceil(queues.len() - i));
        let last = store.turns.last(name, 0);
        let taken = take(&mut transaction, name, (share, window), last).await?;
        bells.extend(taken.iter().map(|(task, _)| Bell {
            task: TaskId(*task),
            queue: queue.clone(),
        }));
        turns.push((name, last, taken));
    }
    super::commit(transaction).await?;
    for (name, last, taken) in turns {
        let tenants = taken.into_iter().map(|(_, tenant)| tenant);
        store.turns.had((name, 0), last, tenants);
    }
    Ok(bells)
}

/// The queues with shared tasks that wait, from one to the next by the indexes.
async fn queues(connection: &mut Connection) -> Result<Vec<String>, sqlx::Error> {
    let walk = |name: &str, state: &str| {
        let next = |behind: &str| {
            format!(
                "SELECT MIN(queue) FROM tasks WHERE private_to = 0 AND {state} AND queue > {behind}"
            )
        };
        format!(
            "{name} (queue) AS ({} UNION ALL SELECT ({}) FROM {name} WHERE {name}.queue IS NOT NULL)",
            next("''"),
            next(&format!("{name}.queue"))
        )
    };
    let unrung = walk("unrung", "state = 'queued' AND rung_at IS NULL");
    let delayed = walk("delayed", "state = 'delayed'");
    sqlx::query_scalar(sql!(
        "WITH RECURSIVE {unrung}, {delayed}
         SELECT queue FROM (SELECT queue FROM unrung UNION SELECT queue FROM delayed) AS queues
         WHERE queue IS NOT NULL ORDER BY queue"
    ))
    .fetch_all(connection)
    .await
}

/// Takes tasks of one queue, at most the share and as many as the window has
/// room for. Answers each with its tenant, the most urgent first.
async fn take(
    connection: &mut Connection,
    queue: &str,
    (share, window): (i64, u32),
    last: i64,
) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    let on_the_way: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM tasks WHERE queue = $1 AND state = 'queued' AND rung_at IS NOT NULL
                               LIMIT $2) AS on_the_way",
    )
    .bind(queue)
    .bind(i64::from(window))
    .fetch_one(&mut *connection)
    .await?;
    let room = share.min(i64::from(window) - on_the_way);
    if room <= 0 {
        return Ok(Vec::new());
    }
    let fair = fair("$3");
    let mut taken: Vec<(i64, i64, i64)> = sqlx::query_as(sql!(
        "WITH RECURSIVE {fair}, picked (id) AS MATERIALIZED (SELECT id FROM fair)
         UPDATE tasks SET rung_at = {NOW} WHERE id {PICKED} RETURNING rank, id, tenant_id"
    ))
    .bind(queue)
    .bind(0_i64)
    .bind(room)
    .bind(last)
    .fetch_all(connection)
    .await?;
    taken.sort_unstable();
    Ok(taken
        .into_iter()
        .map(|(_, task, tenant)| (task, tenant))
        .collect())
}

async fn unring(store: &Backend, tasks: &[TaskId]) -> Result<(), Failed> {
    sqlx::query(sql!(
        "UPDATE tasks SET rung_at = NULL WHERE id {IDS} AND state = 'queued'"
    ))
    .bind(json(tasks))
    .execute(&store.writer())
    .await?;
    Ok(())
}

async fn on_the_way(store: &Backend, before: Micros) -> Result<Vec<(Queue, u64)>, Failed> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT queue, COUNT(*) FROM tasks WHERE state = 'queued' AND rung_at IS NOT NULL AND rung_at < $1
         GROUP BY queue ORDER BY queue",
    )
    .bind(before)
    .fetch_all(&store.readers())
    .await?;
    let read = |(queue, tasks): (String, i64)| {
        let queue = queue
            .parse()
            .map_err(|e| Failed::corrupt("queue of a task", e))?;
        Ok((queue, u64::try_from(tasks).unwrap_or(0)))
    };
    rows.into_iter().map(read).collect()
}

async fn ring_again(store: &Backend, queue: &Queue, before: Micros) -> Result<u64, Failed> {
    let again = sqlx::query(
        "UPDATE tasks SET rung_at = NULL
         WHERE queue = $1 AND state = 'queued' AND rung_at IS NOT NULL AND rung_at < $2",
    )
    .bind(queue.to_string())
    .bind(before)
    .execute(&store.writer())
    .await?;
    Ok(again.rows_affected())
}

async fn clock(store: &Backend) -> Result<Micros, Failed> {
    Ok(sqlx::query_scalar(sql!("SELECT {NOW}"))
        .fetch_one(&store.readers())
        .await?)
}
