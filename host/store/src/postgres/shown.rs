//! Values of entity tables as PostgreSQL shows and compares them.

use runnel_model::{ColumnType, Value};

use super::Db;

/// What shows a column's value as text.
pub(super) fn shown(column: &str, kind: ColumnType) -> String {
    match kind {
        ColumnType::Timestamp => {
            format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        }
        ColumnType::Date => format!("to_char({column}, 'YYYY-MM-DD')"),
        _ => format!("{column}::text"),
    }
}

/// What of a column is compared.
pub(super) fn compared(column: &str, kind: ColumnType) -> String {
    match kind {
        ColumnType::Json => format!("{column}::text"),
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
        Value::Timestamp(value) => statement
            .push("(TIMESTAMPTZ 'epoch' + ")
            .push_bind(*value)
            .push(" * INTERVAL '1 microsecond')"),
        Value::Date(value) => statement
            .push("(DATE '1970-01-01' + ")
            .push_bind(*value)
            .push(")"),
    };
}
