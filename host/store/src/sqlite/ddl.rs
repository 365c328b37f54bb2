//! Entity tables as SQL. A [`Name`] cannot end a statement; it is quoted all
//! the same, since a column may be called `order` or `position`.

use std::collections::BTreeMap;

use runnel_model::{Column, ColumnType, Name, Table};

use super::Connection;
use crate::catalog::{Waiting, may_be_null};

pub(super) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// The names, quoted, with what `each` makes of them, between commas.
pub(super) fn list<'a>(
    names: impl IntoIterator<Item = &'a Name>,
    each: impl Fn(String) -> String,
) -> String {
    names
        .into_iter()
        .map(|name| each(quoted(name)))
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn create_table(table: &Table) -> Vec<String> {
    let columns: String = table
        .columns
        .iter()
        .map(|column| format!("{}, ", definition(column)))
        .collect();
    vec![format!(
        "CREATE TABLE {} (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL, integration_id INTEGER NOT NULL, {columns}\
         raw_data_id INTEGER NOT NULL, transform_digest TEXT NOT NULL, last_updated_at TEXT NOT NULL, \
         UNIQUE (tenant_id, {}))",
        quoted(&table.name),
        list(&table.key, |name| name)
    )]
}

/// A new column of rows that are there already has to be nullable.
pub(super) fn add_column(table: &Name, column: &Column) -> String {
    format!(
        "ALTER TABLE {} ADD COLUMN {} {}",
        quoted(table),
        quoted(&column.name),
        sql_type(column.kind)
    )
}

/// What finds the row that a lookup looks for.
pub(super) fn index_to(waiting: &Waiting) -> String {
    let lookup = &waiting.lookup;
    index(&lookup.table, lookup.on.iter().map(|(_, to)| to), "to", "")
}

/// What finds the rows that wait for a value: it holds no others.
pub(super) fn index_waiting(waiting: &Waiting) -> String {
    let condition = format!(" WHERE {} IS NULL", quoted(&waiting.column));
    let purpose = format!("waiting.{}", waiting.column);
    index(
        &waiting.table,
        waiting.lookup.on.iter().map(|(own, _)| own),
        &purpose,
        &condition,
    )
}

/// The dots keep the index's name apart from every table's.
fn index<'a>(
    table: &Name,
    columns: impl Iterator<Item = &'a Name> + Clone,
    purpose: &str,
    condition: &str,
) -> String {
    let names = columns
        .clone()
        .map(|name| &**name)
        .collect::<Vec<_>>()
        .join(".");
    format!(
        "CREATE INDEX IF NOT EXISTS {} ON {} (tenant_id, {}){condition}",
        quoted(&format!("{table}.{purpose}.{names}")),
        quoted(table),
        list(columns, |name| name)
    )
}

fn definition(column: &Column) -> String {
    let not_null = if may_be_null(column) { "" } else { " NOT NULL" };
    format!(
        "{} {}{not_null}",
        quoted(&column.name),
        sql_type(column.kind)
    )
}

fn sql_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Boolean | ColumnType::Integer => "INTEGER",
        ColumnType::Float => "REAL",
        ColumnType::Text | ColumnType::Json | ColumnType::Timestamp | ColumnType::Date => "TEXT",
    }
}

/// The columns of what has the table's name, each with whether it is NOT NULL.
pub(super) async fn columns(
    connection: &mut Connection,
    table: &Name,
) -> Result<Option<BTreeMap<String, bool>>, sqlx::Error> {
    let rows: Vec<(Option<String>, Option<bool>)> = sqlx::query_as(
        "SELECT c.name, c.\"notnull\" FROM sqlite_schema s LEFT JOIN pragma_table_info(s.name) c WHERE s.name = $1",
    )
    .bind(&**table)
    .fetch_all(connection)
    .await?;
    let there = !rows.is_empty();
    let columns = rows
        .into_iter()
        .filter_map(|(name, not_null)| Some((name?, not_null?)))
        .collect();
    Ok(there.then_some(columns))
}
