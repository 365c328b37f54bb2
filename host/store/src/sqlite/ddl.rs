//! Entity tables as SQLite's SQL.

use std::collections::BTreeMap;

use runnel_model::{ColumnType, Name, Table};

use super::Connection;
use crate::ddl::{definition, list, quoted};

pub(super) fn create_table(table: &Table) -> Vec<String> {
    let columns: String = table
        .columns
        .iter()
        .map(|column| format!("{}, ", definition(column, sql_type)))
        .collect();
    vec![format!(
        "CREATE TABLE {} (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL, integration_id INTEGER NOT NULL, {columns}\
         raw_data_id INTEGER NOT NULL, transform_digest TEXT NOT NULL, last_updated_at TEXT NOT NULL, \
         UNIQUE (tenant_id, {}))",
        quoted(&table.name),
        list(&table.key, |name| name)
    )]
}

pub(super) fn sql_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Boolean | ColumnType::Integer => "INTEGER",
        ColumnType::Float => "REAL",
        ColumnType::Text | ColumnType::Json | ColumnType::Timestamp | ColumnType::Date => "TEXT",
    }
}

/// What drops a column. SQLite refuses to while an index names it; those that
/// lookups need are made again by whoever calls this.
pub(super) async fn drop_column(
    connection: &mut Connection,
    table: &Name,
    column: &Name,
) -> Result<Vec<String>, sqlx::Error> {
    let indexes: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = $1 AND instr(sql, $2) > 0",
    )
    .bind(&**table)
    .bind(quoted(column))
    .fetch_all(connection)
    .await?;
    let indexes = indexes
        .iter()
        .map(|index| format!("DROP INDEX {}", quoted(index)));
    Ok(indexes
        .chain([crate::ddl::drop_column(table, column)])
        .collect())
}

/// The columns of what has the table's name, each with whether it is NOT NULL.
pub(super) async fn columns(
    connection: &mut Connection,
    table: &str,
) -> Result<Option<BTreeMap<String, bool>>, sqlx::Error> {
    let rows: Vec<(Option<String>, Option<bool>)> = sqlx::query_as(
        "SELECT c.name, c.\"notnull\" FROM sqlite_schema s LEFT JOIN pragma_table_info(s.name) c WHERE s.name = $1",
    )
    .bind(table)
    .fetch_all(connection)
    .await?;
    let there = !rows.is_empty();
    let columns = rows
        .into_iter()
        .filter_map(|(name, not_null)| Some((name?, not_null?)))
        .collect();
    Ok(there.then_some(columns))
}

/// There are no roles, and nothing to be held to.
pub(super) const VIEW_OPTIONS: &str = "";

/// Who may read a view that is going to be made anew: there are no roles.
pub(super) async fn grants(_: &mut Connection, _view: &str) -> Result<Vec<String>, sqlx::Error> {
    Ok(Vec::new())
}

/// What is said of a new view beside its columns: nothing.
pub(super) fn secure_view(_view: &str, _grants: &[String]) -> Vec<String> {
    Vec::new()
}
