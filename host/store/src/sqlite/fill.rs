//! Lookups: columns whose value is taken from another table, whichever of the
//! two rows arrives first.

use runnel_model::{Column, Name, Table};
use sqlx::AssertSqlSafe;

use super::{
    Connection,
    sql::{Origin, json},
    values,
};
use crate::{
    catalog::{Catalog, Waiting},
    ddl::quoted,
    now,
};

/// The expression of a column's value at the upsert of its row: what the
/// transform says, else what is there to be looked up.
pub(super) fn value(
    known: &Catalog,
    source: &Name,
    table: &Table,
    column: &Column,
    given: String,
) -> String {
    let Some(lookup) = column
        .lookup
        .as_ref()
        .filter(|lookup| known.resolves(source, column, lookup))
    else {
        return given;
    };
    let at = |name: &Name| {
        1 + table
            .columns
            .iter()
            .position(|column| column.name == *name)
            .unwrap_or(0)
    };
    let on = lookup
        .on
        .iter()
        .map(|(own, to)| format!(" AND _x.{} = _v.c{}", quoted(to), at(own)));
    let take = quoted(&lookup.take);
    format!(
        "coalesce({given}, (SELECT _x.{take} FROM {} AS _x WHERE _x.tenant_id = ?1 AND _x.{take} IS NOT NULL{} \
         LIMIT 1))",
        quoted(&lookup.table),
        on.collect::<String>()
    )
}

/// Fills the rows that waited for these, and those that waited for the filled
/// ones. It ends, since a value is filled once.
pub(super) async fn fill_waiting(
    connection: &mut Connection,
    known: &Catalog,
    origin: &Origin,
    table: &Name,
    written: Vec<i64>,
) -> Result<(), sqlx::Error> {
    let mut arrived = vec![(table, written)];
    while let Some((table, ids)) = arrived.pop() {
        if ids.is_empty() {
            continue;
        }
        for waiting in known.waiting_for(table) {
            let filled = fill(connection, waiting, origin, &ids).await?;
            arrived.push((&waiting.table, filled));
        }
    }
    Ok(())
}

async fn fill(
    connection: &mut Connection,
    waiting: &Waiting,
    origin: &Origin,
    arrived: &[i64],
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(AssertSqlSafe(fill_statement(waiting)))
        .bind(values::timestamp(now()))
        .bind(json(arrived))
        .bind(origin.tenant)
        .fetch_all(connection)
        .await
}

/// From the rows that arrived to those that wait, by the index on the latter:
/// CROSS JOIN and MATERIALIZED keep SQLite from going through a table instead.
fn fill_statement(waiting: &Waiting) -> String {
    let Waiting {
        table,
        column,
        lookup,
    } = waiting;
    let (table, column, take) = (quoted(table), quoted(column), quoted(&lookup.take));
    let on = lookup
        .on
        .iter()
        .map(|(own, to)| format!(" AND _w.{} = _x.{}", quoted(own), quoted(to)));
    format!(
        "WITH _n AS MATERIALIZED (SELECT _w.id, _x.{take} AS value \
             FROM json_each(?2) _a CROSS JOIN {} AS _x CROSS JOIN {table} AS _w \
             WHERE _x.id = _a.value AND _x.tenant_id = ?3 AND _x.{take} IS NOT NULL \
                 AND _w.tenant_id = ?3 AND _w.{column} IS NULL{}) \
         UPDATE {table} AS _t SET {column} = _n.value, last_updated_at = ?1 FROM _n WHERE _t.id = _n.id RETURNING id",
        quoted(&lookup.table),
        on.collect::<String>()
    )
}
