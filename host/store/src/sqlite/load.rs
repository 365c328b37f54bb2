//! Loads on SQLite: a batch of changes becomes rows, in one transaction.

use async_trait::async_trait;
use runnel_model::{Change, Queue, RawId, RunId, Table, TransformDescriptor};
use sqlx::SqliteConnection;

use super::{
    SqliteStore, fill, pages, tasks,
    transform::add_dead_letter,
    upsert::{Origin, Statement, versions},
    values,
};
use crate::{
    ChangesId, Claim, DescriptorId, Load, Loaded, StoreError, TaskKind,
    batch::{Batch, TableBatch},
    catalog::Catalog,
    now,
};

/// A row of `changes`.
struct Stored {
    id: ChangesId,
    run: RunId,
    descriptor: DescriptorId,
    body: Vec<u8>,
}

#[async_trait]
impl Load for SqliteStore {
    async fn load(&self, claim: Claim, changes: ChangesId) -> Result<Loaded, StoreError> {
        // A batch never changes: it is read and parsed before the one writer is
        // taken. It goes with its task, so without it the lease is gone too.
        let stored = read(self, changes).await?.ok_or(StoreError::LeaseLost)?;
        let changes = parse(&stored)?;
        let mut transaction = self.write().await?;
        let known = self.catalog.get(self, &mut transaction).await?;
        let loaded = load_in(&mut transaction, &known, &stored, changes)
            .await
            .map_err(|e| self.translate(e))?;
        tasks::finish_in(self, &mut transaction, claim, stored.run, false).await?;
        self.commit(transaction).await?;
        Ok(loaded)
    }
}

async fn read(store: &SqliteStore, id: ChangesId) -> Result<Option<Stored>, StoreError> {
    let row: Option<(i64, i64, Vec<u8>)> =
        sqlx::query_as("SELECT run_id, descriptor_id, body FROM changes WHERE id = ?1")
            .bind(id.0)
            .fetch_optional(&store.readers)
            .await
            .map_err(|e| store.translate(e))?;
    Ok(row.map(|(run, descriptor, body)| Stored {
        id,
        run: RunId(run),
        descriptor: DescriptorId(descriptor),
        body,
    }))
}

fn parse(stored: &Stored) -> Result<Vec<(RawId, Change)>, StoreError> {
    serde_json::from_slice(&stored.body).map_err(|e| StoreError::Corrupt {
        what: format!("batch {}", stored.id),
        reason: e.to_string(),
    })
}

async fn load_in(
    connection: &mut SqliteConnection,
    known: &Catalog,
    stored: &Stored,
    changes: Vec<(RawId, Change)>,
) -> Result<Loaded, sqlx::Error> {
    let by = known
        .get(stored.descriptor)
        .ok_or(sqlx::Error::RowNotFound)?;
    let owner = pages::owner(connection, stored.run).await?;
    let batch = Batch::new(&by.descriptor, changes);
    let origin = Origin {
        tenant: owner.tenant.0,
        integration: owner.integration.0,
        digest: by.digest.clone(),
        at: values::timestamp(now()),
    };
    let mut loaded = 0;
    let mut embeds = Vec::new();
    for (index, rows) in batch.tables {
        let table = &by.descriptor.tables[index];
        let (written, deleted) = apply(
            connection,
            &Target {
                known,
                by: &by.descriptor,
                table,
                origin: &origin,
            },
            rows,
        )
        .await?;
        loaded += written + deleted;
        if written > 0 && !table.embed.is_empty() {
            embeds.push(TaskKind::Vectorize {
                table: table.name.clone(),
                rows: written,
            });
        }
    }
    tasks::enqueue(connection, &owner.tasks(Queue::Vectorize, &embeds)).await?;
    for letter in &batch.dead {
        add_dead_letter(connection, stored.run, stored.descriptor, letter).await?;
    }
    let loaded = Loaded {
        loaded,
        unchanged: batch.changes - loaded,
    };
    end(connection, stored, loaded, batch.dead.len() as u64).await?;
    Ok(loaded)
}

/// Where rows go.
struct Target<'a> {
    known: &'a Catalog,
    by: &'a TransformDescriptor,
    table: &'a Table,
    origin: &'a Origin,
}

/// Answers how many rows were written and how many deleted.
async fn apply(
    connection: &mut SqliteConnection,
    to: &Target<'_>,
    rows: TableBatch,
) -> Result<(u64, u64), sqlx::Error> {
    let Target {
        known,
        by,
        table,
        origin,
    } = *to;
    let deleted = Statement::delete(table)
        .run(connection, origin, &rows.deletes)
        .await?;
    let upsert = Statement::upsert(table, |column, given| {
        fill::value(known, &by.source, table, column, given)
    });
    let written = if known.waiting_for(&table.name).next().is_some() {
        let ids = upsert
            .run_for_ids(connection, origin, &rows.upserts)
            .await?;
        let written = ids.len() as u64;
        fill::fill_waiting(connection, known, origin, &table.name, ids).await?;
        written
    } else {
        upsert.run(connection, origin, &rows.upserts).await?
    };
    if written < rows.upserts.len() as u64 {
        Statement::confirm(table)
            .run(connection, origin, &versions(table, &rows.upserts))
            .await?;
    }
    Ok((written, deleted))
}

/// The batch is done with.
async fn end(
    connection: &mut SqliteConnection,
    stored: &Stored,
    loaded: Loaded,
    dead: u64,
) -> Result<(), sqlx::Error> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    sqlx::query("DELETE FROM changes WHERE id = ?1")
        .bind(stored.id.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE job_runs SET loaded = loaded + ?2, unchanged = unchanged + ?3, dead = dead + ?4 WHERE id = ?1")
        .bind(stored.run.0)
        .bind(count(loaded.loaded))
        .bind(count(loaded.unchanged))
        .bind(count(dead))
        .execute(connection)
        .await?;
    Ok(())
}
