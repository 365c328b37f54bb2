//! A transform, natively: for the tests of a plugin.

use serde_json::{Map, Value as JsonValue};

use crate::{
    Rejection, Table, Transform, bindings::transform::runnel::plugin::types::Value, transform::read,
};

/// Maps one record and answers the row: values by column, timestamps as
/// microseconds.
///
/// # Errors
/// The transform's [`Rejection`].
pub fn map<T: Transform>(
    payload: &str,
    context: &str,
) -> Result<Map<String, JsonValue>, Rejection> {
    let row = T::map(read(payload, "")?, read(context, "context")?)?;
    let declaration = T::Row::declaration();
    let names = declaration["columns"].as_array().into_iter().flatten();
    let names = names.filter_map(|column| column["name"].as_str().map(str::to_owned));
    Ok(names
        .zip(row.into_values().into_iter().map(plain))
        .collect())
}

fn plain(value: Value) -> JsonValue {
    match value {
        Value::Null => JsonValue::Null,
        Value::Boolean(truth) => truth.into(),
        Value::Integer(number) | Value::Timestamp(number) => number.into(),
        Value::Float(number) => number.into(),
        Value::Date(days) => days.into(),
        Value::Text(text) | Value::Json(text) => text.into(),
    }
}
