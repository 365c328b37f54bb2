//! What a batch does to a table's rows.

use std::collections::{BTreeMap, BTreeSet};

use runnel_model::{Name, Table};

use super::{Connection, copy::Rows, fill, hold, sql::Origin, upsert::Statement};
use crate::{batch::TableBatch, catalog::Catalog};

/// Where rows go.
pub(super) struct Target<'a> {
    pub(super) known: &'a Catalog,
    pub(super) source: &'a Name,
    pub(super) table: &'a Table,
    pub(super) origin: &'a Origin,
}

/// Answers how many rows were written and how many deleted.
pub(super) async fn apply(
    connection: &mut Connection,
    to: &Target<'_>,
    batch: &TableBatch,
) -> Result<(u64, u64), sqlx::Error> {
    let mut deleted = 0;
    if !batch.deletes.is_empty() {
        let keys = to.table.key_columns().collect();
        let rows = Rows::send(connection, keys, &batch.deletes).await?;
        let delete = Statement::delete(to.table, &rows);
        deleted = delete.run(connection, to.origin).await?;
        rows.drop(connection).await?;
    }
    let mut written = 0;
    if !batch.upserts.is_empty() {
        let columns = to.table.columns.iter().collect();
        let rows = Rows::send(connection, columns, &batch.upserts).await?;
        written = upsert(connection, to, &rows).await?;
        if written < batch.upserts.len() as u64 {
            let confirm = Statement::confirm(to.table, &rows);
            confirm.run(connection, to.origin).await?;
        }
        rows.drop(connection).await?;
    }
    Ok((written, deleted))
}

async fn upsert(
    connection: &mut Connection,
    to: &Target<'_>,
    rows: &Rows<'_>,
) -> Result<u64, sqlx::Error> {
    let Target {
        known,
        source,
        table,
        origin,
    } = *to;
    let upsert = Statement::upsert(table, rows, |column, given| {
        fill::value(known, source, table, column, given)
    });
    if known.waiting_for(&table.name).next().is_none() {
        return upsert.run(connection, origin).await;
    }
    let ids = upsert.run_for_ids(connection, origin).await?;
    let written = ids.len() as u64;
    fill::fill_waiting(connection, known, origin, &table.name, ids).await?;
    Ok(written)
}

/// Has other loads of the tenant wait that would look rows up while this one adds
/// them, or the other way round: else two that load the two sides of a lookup
/// would both miss the other's rows. Loads that only look up go side by side.
pub(super) async fn lock<'a>(
    connection: &mut Connection,
    known: &'a Catalog,
    (source, origin): (&Name, &Origin),
    tables: impl Iterator<Item = &'a Table>,
) -> Result<(), sqlx::Error> {
    let (added, looked_in) = touched(known, source, tables);
    let keys: BTreeMap<i64, bool> = looked_in
        .iter()
        .map(|table| {
            let key = hold::key("lookup", origin.tenant, table);
            (key, added.contains(*table))
        })
        .collect();
    // In the order of the numbers, whoever takes them.
    for (key, alone) in keys {
        let statement = if alone {
            "SELECT pg_advisory_xact_lock($1)"
        } else {
            "SELECT pg_advisory_xact_lock_shared($1)"
        };
        sqlx::query(statement)
            .bind(key)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The tables that get rows or values, be it by a lookup that is filled, and
/// those among them and beside them that are looked in.
fn touched<'a>(
    known: &'a Catalog,
    source: &Name,
    tables: impl Iterator<Item = &'a Table>,
) -> (BTreeSet<&'a Name>, BTreeSet<&'a Name>) {
    let (mut added, mut looked_in) = (BTreeSet::new(), BTreeSet::new());
    let mut arrived = Vec::new();
    for table in tables {
        arrived.push(&table.name);
        for column in &table.columns {
            let lookup = column.lookup.as_ref();
            let lookup = lookup.filter(|lookup| known.resolves(source, column, lookup));
            looked_in.extend(lookup.map(|lookup| &lookup.table));
        }
    }
    while let Some(table) = arrived.pop() {
        if added.insert(table) {
            let mut waiting = known.waiting_for(table).peekable();
            if waiting.peek().is_some() {
                looked_in.insert(table);
            }
            arrived.extend(waiting.map(|waiting| &waiting.table));
        }
    }
    (added, looked_in)
}
