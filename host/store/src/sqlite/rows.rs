//! What a batch does to a table's rows.

use runnel_model::{Name, Table};

use super::{
    Connection, fill,
    sql::Origin,
    upsert::{Statement, versions},
};
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
    rows: &TableBatch,
) -> Result<(u64, u64), sqlx::Error> {
    let Target {
        known,
        source,
        table,
        origin,
    } = *to;
    let deleted = Statement::delete(table)
        .run(connection, origin, &rows.deletes)
        .await?;
    let upsert = Statement::upsert(table, |column, given| {
        fill::value(known, source, table, column, given)
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

/// Has other loads wait that would look rows up while this one adds them, or the
/// other way round. Here one writer works at a time.
pub(super) async fn lock<'a>(
    _connection: &mut Connection,
    _known: &'a Catalog,
    _of: (&Name, &Origin),
    _tables: impl Iterator<Item = &'a Table>,
) -> Result<(), sqlx::Error> {
    Ok(())
}
