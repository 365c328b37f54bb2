//! Values of entity tables as SQLite shows and compares them.

use runnel_model::{ColumnType, Value};

use super::{
    Db,
    values::{date, timestamp},
};

/// What shows a column's value as text.
pub(super) fn shown(column: &str, kind: ColumnType) -> String {
    match kind {
        // As text SQLite has 15 digits of a number, and 17 tell them all apart.
        ColumnType::Float => {
            format!("CASE WHEN {column} IS NULL THEN NULL ELSE printf('%!.17g', {column}) END")
        }
        _ => format!("CAST({column} AS TEXT)"),
    }
}

/// What of a column is compared.
pub(super) fn compared(column: &str, kind: ColumnType) -> String {
    match kind {
        // See [`timestamp`].
        ColumnType::Timestamp => format!("rtrim({column}, 'Z')"),
        _ => column.to_owned(),
    }
}

/// Adds a value to compare with.
pub(super) fn push(statement: &mut sqlx::QueryBuilder<Db>, value: &Value) {
    match value {
        Value::Null => statement.push("NULL"),
        Value::Boolean(value) => statement.push_bind(*value),
        Value::Integer(value) => statement.push_bind(*value),
        Value::Float(value) => statement.push_bind(*value),
        Value::Text(value) | Value::Json(value) => statement.push_bind(value.clone()),
        Value::Timestamp(value) => {
            statement.push_bind(timestamp(*value).trim_end_matches('Z').to_owned())
        }
        Value::Date(value) => statement.push_bind(date((*value).into())),
    };
}
