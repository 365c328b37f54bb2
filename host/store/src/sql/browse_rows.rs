//! Rows of entity tables, page by page.

use runnel_model::{Column, ColumnType, IntegrationId, TenantId, Value};
use serde_json::Map;
use sqlx::Row;

use super::{
    Backend, Connection, DbRow,
    shown::{compared, push, shown},
    wanted::Statement,
};
use crate::{
    Comparison, Condition, RowSeen, RowsWanted, SORTED_CHARS, Sort, TableSeen, browse::json,
    ddl::quoted, error::Failed,
};

/// A table, and whose rows of it.
type Of<'a> = (&'a TableSeen, TenantId);

pub(super) async fn rows(
    store: &Backend,
    of: Of<'_>,
    wanted: &RowsWanted,
    limit: u32,
) -> Result<Vec<RowSeen>, Failed> {
    let (table, tenant) = (quoted(&of.0.name), of.1);
    let order = wanted.sort.as_ref().map_or("id".to_owned(), order);
    // What is sorted is short: with whole rows a million of them take four times as long.
    let mut statement = Statement::new(&format!(
        "SELECT {} FROM {table} WHERE id IN (SELECT id FROM {table} WHERE 1 = 1",
        columns(of.0)
    ));
    statement.number("tenant_id", Some(tenant.0));
    for condition in &wanted.conditions {
        add(&mut statement, condition);
    }
    statement.has(&texts(of.0), wanted.text.as_deref());
    if let Some((value, id)) = &wanted.after {
        add_after(&mut statement, wanted.sort.as_ref(), value, *id);
    }
    statement.page(&order, limit);
    statement.0.push(format_args!(") ORDER BY {order}"));
    let rows = statement.0.build().fetch_all(&store.readers()).await?;
    Ok(rows.iter().map(|row| read(of.0, row)).collect())
}

/// The row of this id.
pub(super) async fn row(
    connection: &mut Connection,
    of: Of<'_>,
    id: i64,
) -> Result<Option<RowSeen>, Failed> {
    let (table, tenant) = of;
    let mut statement = Statement::new(&format!(
        "SELECT {} FROM {} WHERE 1 = 1",
        columns(table),
        quoted(&table.name)
    ));
    statement
        .number("tenant_id", Some(tenant.0))
        .number("id", Some(id));
    let row = statement.0.build().fetch_optional(connection).await?;
    Ok(row.map(|row| read(of.0, &row)))
}

/// The columns by their place, as text: a name may be any, also `id`'s.
fn columns(table: &TableSeen) -> String {
    let columns = table
        .columns
        .iter()
        .map(|column| format!(", {}", shown(&quoted(&column.name), column.kind)));
    format!("id, integration_id{}", columns.collect::<String>())
}

fn read(table: &TableSeen, row: &DbRow) -> RowSeen {
    let value = |(i, column): (usize, &Column)| {
        let text: Option<String> = row.get(i + 2);
        (column.name.to_string(), json(column.kind, text))
    };
    let values: Map<_, _> = table.columns.iter().enumerate().map(value).collect();
    RowSeen {
        id: row.get(0),
        integration: IntegrationId(row.get(1)),
        values,
    }
}

fn texts(table: &TableSeen) -> Vec<String> {
    let texts = table
        .columns
        .iter()
        .filter(|column| column.kind == ColumnType::Text);
    texts.map(|column| quoted(&column.name)).collect()
}

fn add(statement: &mut Statement, condition: &Condition) {
    let column = quoted(&condition.column.name);
    let left = compared(&column, condition.column.kind);
    let operator = match condition.comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::Greater => ">",
        Comparison::AtLeast => ">=",
        Comparison::Contains => return add_contains(statement, condition),
        Comparison::Null => {
            statement.0.push(format_args!(" AND {column} IS NULL"));
            return;
        }
    };
    statement.0.push(format_args!(" AND ({left} {operator} "));
    push(&mut statement.0, &condition.operand);
    if condition.comparison == Comparison::NotEqual {
        statement.0.push(format_args!(" OR {column} IS NULL"));
    }
    statement.0.push(")");
}

fn add_contains(statement: &mut Statement, condition: &Condition) {
    let shown = shown(&quoted(&condition.column.name), condition.column.kind);
    let (Value::Text(text) | Value::Json(text)) = &condition.operand else {
        return;
    };
    statement.0.push(" AND ");
    statement.contains(&shown, text);
}

/// What has no value comes last, whichever way the others are sorted.
fn order(sort: &Sort) -> String {
    let column = quoted(&sort.column.name);
    let direction = if sort.descending { "DESC" } else { "ASC" };
    format!("{column} IS NULL, {} {direction}, id", sorted(&sort.column))
}

/// What rows are sorted by: of a text its beginning, as in [`SORTED_CHARS`].
fn sorted(column: &Column) -> String {
    let value = compared(&quoted(&column.name), column.kind);
    match column.kind {
        ColumnType::Text => format!("substr({value}, 1, {SORTED_CHARS})"),
        _ => value,
    }
}

fn add_after(statement: &mut Statement, sort: Option<&Sort>, value: &Value, id: i64) {
    let Some(sort) = sort else {
        statement.0.push(" AND id > ").push_bind(id);
        return;
    };
    let column = quoted(&sort.column.name);
    let left = sorted(&sort.column);
    if *value == Value::Null {
        statement
            .0
            .push(format_args!(" AND {column} IS NULL AND id > "))
            .push_bind(id);
        return;
    }
    let beyond = if sort.descending { "<" } else { ">" };
    statement.0.push(format_args!(" AND ({left} {beyond} "));
    push(&mut statement.0, value);
    statement.0.push(format_args!(" OR ({left} = "));
    push(&mut statement.0, value);
    statement
        .0
        .push(" AND id > ")
        .push_bind(id)
        .push(format_args!(") OR {column} IS NULL)"));
}
