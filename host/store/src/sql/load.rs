//! Loads: a batch of changes becomes rows, in one transaction. The statements
//! that write the rows are each back-end's own (`rows`).

use async_trait::async_trait;
use runnel_model::{Change, Queue, RawId, RunId};

use super::{
    Backend, Connection, Tally, dialect::SHARE_TABLES, enqueue, finish_one, owner, rows,
    transform::add_dead_letters,
};
use crate::{
    ChangesId, Claim, DescriptorId, Load, Loaded, StoreError, TaskKind,
    batch::Batch,
    catalog::{Catalog, Stored},
    error::Failed,
};

/// A row of `changes`.
struct Pending {
    id: ChangesId,
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
    async fn load(&self, claim: Claim, changes: ChangesId) -> Result<Loaded, StoreError> {
        // A batch never changes: it is read and put in order before the
        // transaction begins. It goes with its task, so without it the lease is
        // gone too.
        let pending = self.run(|| read(self, changes)).await?;
        self.run(|| load(self, claim, &pending)).await
    }
}

async fn read(store: &Backend, id: ChangesId) -> Result<Pending, Failed> {
    let row: Option<(i64, i64, Vec<u8>)> =
        sqlx::query_as("SELECT run_id, descriptor_id, body FROM changes WHERE id = $1")
            .bind(id.0)
            .fetch_optional(&store.readers())
            .await?;
    let (run, descriptor, body) = row.ok_or(StoreError::LeaseLost)?;
    let descriptor = DescriptorId(descriptor);
    let changes: Vec<(RawId, Change)> = serde_json::from_slice(&body)
        .map_err(|e| Failed::corrupt(format_args!("batch {id}"), e))?;
    let mut connection = store.readers().acquire().await?;
    let known = store.catalog.with(descriptor, &mut connection).await?;
    Ok(Pending {
        id,
        run: RunId(run),
        descriptor,
        batch: Batch::new(&stored(&known, descriptor)?.descriptor, changes),
    })
}

async fn load(store: &Backend, claim: Claim, pending: &Pending) -> Result<Loaded, Failed> {
    let mut transaction = store.begin().await?;
    let mut tally = Tally::default();
    finish_one(&mut transaction, claim, false, &mut tally).await?;
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
    sqlx::query("DELETE FROM changes WHERE id = $1")
        .bind(pending.id.0)
        .execute(&mut *connection)
        .await?;
    let loaded = Loaded {
        loaded,
        unchanged: batch.changes - loaded,
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
        let table = &by.descriptor.tables[*index];
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
    Ok((loaded, embeds))
}
