//! Loads: a batch of changes becomes rows, in one transaction. The statements
//! that write the rows are each back-end's own (`rows`).

use async_trait::async_trait;
use runnel_model::{Change, Queue, RawId, RunId};

use super::{
    Backend, Connection, Tally,
    dialect::{IDS, SHARE_TABLES},
    enqueue, finish_together, json, members, of_record, owner, rows, sql,
    transform::add_dead_letters,
};
use crate::{
    ChangesId, Claim, DescriptorId, Load, Loaded, StoreError, TaskKind,
    batch::Batch,
    catalog::{Catalog, Stored},
    error::Failed,
};

/// Batches of one run and one component, in order.
struct Pending {
    tasks: Vec<(Claim, ChangesId)>,
    run: RunId,
    descriptor: DescriptorId,
    batch: Batch,
}

/// Whose rows they are and what made them.
pub(crate) struct Origin {
    pub(crate) tenant: i64,
    pub(crate) integration: i64,
    pub(crate) digest: String,
}

#[async_trait]
impl Load for Backend {
    async fn load(&self, tasks: &[(Claim, ChangesId)]) -> Result<Loaded, StoreError> {
        // A batch never changes: it is read and put in order before the
        // transaction begins. It goes with its task, so without it the lease is
        // gone too.
        let mut loaded = Loaded::default();
        for pending in self.run(|| read(self, tasks)).await? {
            let some = self.run(|| load(self, &pending)).await?;
            loaded.loaded += some.loaded;
            loaded.unchanged += some.unchanged;
        }
        Ok(loaded)
    }
}

/// A row of `changes`: id, run, descriptor, body, records.
type Kept = (i64, i64, i64, Vec<u8>, String);

async fn read(store: &Backend, tasks: &[(Claim, ChangesId)]) -> Result<Vec<Pending>, Failed> {
    let rows: Vec<Kept> = sqlx::query_as(sql!(
        "SELECT id, run_id, descriptor_id, body, records FROM changes WHERE id {IDS} ORDER BY run_id, descriptor_id, id"
    ))
    .bind(json(tasks.iter().map(|(_, changes)| changes)))
    .fetch_all(&store.readers())
    .await?;
    if rows.len() < tasks.len() {
        return Err(StoreError::LeaseLost.into());
    }
    let mut connection = store.readers().acquire().await?;
    let mut all = Vec::new();
    for same in rows.chunk_by(|a, b| (a.1, a.2) == (b.1, b.2)) {
        let (run, descriptor) = (RunId(same[0].1), DescriptorId(same[0].2));
        let known = store.catalog.with(descriptor, &mut connection).await?;
        let is_here = |changes: ChangesId| same.iter().any(|row| row.0 == changes.0);
        let tasks = tasks.iter().filter(|task| is_here(task.1));
        all.push(Pending {
            tasks: tasks.copied().collect(),
            run,
            descriptor,
            batch: Batch::new(
                &stored(&known, descriptor)?.descriptor,
                changes(same)?,
                records(same)?,
            ),
        });
    }
    Ok(all)
}

fn changes(rows: &[Kept]) -> Result<Vec<(RawId, Change)>, Failed> {
    let mut changes: Vec<(RawId, Change)> = Vec::new();
    for (id, _, _, body, _) in rows {
        let more: Vec<_> = serde_json::from_slice(body)
            .map_err(|e| Failed::corrupt(format_args!("batch {id}"), e))?;
        changes.extend(more);
    }
    Ok(changes)
}

fn records(rows: &[Kept]) -> Result<Vec<RawId>, Failed> {
    let mut records = Vec::new();
    for (id, .., of_batch) in rows {
        let more: Vec<i64> = serde_json::from_str(of_batch)
            .map_err(|e| Failed::corrupt(format_args!("batch {id}"), e))?;
        records.extend(more.into_iter().map(RawId));
    }
    Ok(records)
}

async fn load(store: &Backend, pending: &Pending) -> Result<Loaded, Failed> {
    let mut transaction = store.begin().await?;
    let mut tally = Tally::default();
    let claims: Vec<Claim> = pending.tasks.iter().map(|(claim, _)| *claim).collect();
    finish_together(&mut transaction, &claims, false, &mut tally).await?;
    sqlx::query(SHARE_TABLES).execute(&mut *transaction).await?;
    let known = store.catalog.get(&mut transaction).await?;
    let loaded = load_in(&mut transaction, &known, pending, &mut tally).await?;
    tally.write(&mut transaction, pending.run).await?;
    super::commit(transaction).await?;
    Ok(loaded)
}

async fn load_in(
    connection: &mut Connection,
    known: &Catalog,
    pending: &Pending,
    tally: &mut Tally,
) -> Result<Loaded, Failed> {
    let by = stored(known, pending.descriptor)?;
    let owner = owner::of(connection, pending.run).await?;
    let origin = Origin {
        tenant: owner.tenant.0,
        integration: owner.integration.0,
        digest: by.digest.clone(),
    };
    let batch = &pending.batch;
    add_dead_letters(connection, pending.run, pending.descriptor, &batch.dead).await?;
    let (loaded, embeds) = apply(connection, (known, by), &origin, batch).await?;
    let vectorize = owner.tasks(Queue::Vectorize, &embeds);
    enqueue(connection, &vectorize, tally).await?;
    sqlx::query(sql!("DELETE FROM changes WHERE id {IDS}"))
        .bind(json(pending.tasks.iter().map(|(_, changes)| changes)))
        .execute(&mut *connection)
        .await?;
    let loaded = Loaded {
        loaded,
        // Parts that were left are deleted without a change that says so.
        unchanged: batch.changes.saturating_sub(loaded),
    };
    tally.loaded(loaded);
    tally.dead += batch.dead.len() as u64;
    Ok(loaded)
}

fn stored(known: &Catalog, id: DescriptorId) -> Result<&Stored, Failed> {
    known
        .get(id)
        .ok_or_else(|| Failed::corrupt(format_args!("descriptor {}", id.0), "it is not there"))
}

/// Answers how many rows were written or deleted, and what is to be embedded.
async fn apply(
    connection: &mut Connection,
    (known, by): (&Catalog, &Stored),
    origin: &Origin,
    batch: &Batch,
) -> Result<(u64, Vec<TaskKind>), Failed> {
    let mut loaded = 0;
    let mut embeds = Vec::new();
    let tables = batch.tables.keys().map(|i| &by.descriptor.tables[*i]);
    rows::lock(connection, known, (&by.descriptor.source, origin), tables).await?;
    for (index, rows) in &batch.tables {
        let declared = &by.descriptor.tables[*index];
        let pruned = known.pruned(declared);
        let rest = pruned.as_ref().map(|(_, left)| rows.only(left));
        let (table, rows) = match (&pruned, &rest) {
            (Some((table, _)), Some(rows)) => (table, rows),
            _ => (declared, rows),
        };
        let target = rows::Target {
            known,
            source: &by.descriptor.source,
            table,
            origin,
        };
        let (written, deleted) = rows::apply(connection, &target, rows).await?;
        loaded += written + deleted;
        if written > 0 && !table.embed.is_empty() {
            embeds.push(TaskKind::Vectorize {
                table: table.name.clone(),
                rows: written,
            });
        }
    }
    loaded += of_record::leave(connection, by, origin, batch).await?;
    loaded += members::leave(connection, by, origin, batch).await?;
    Ok((loaded, embeds))
}
