//! A transform, natively: for the tests of a plugin.

use serde_json::{Map, Value as JsonValue, json};

use crate::{
    Config, ConfiguredTransform, Rejection, Table, Transform, Value, configured, transform::read,
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
    let shape = crate::Shape::new().table::<T::Row>();
    Ok(named(&shape.columns(0).0, row.into_values()))
}

/// Maps one record under a configuration and answers the changes, each as
/// `{"upsert": TABLE, "row": {…}}` or `{"delete": TABLE, "row": {…}}`: values by
/// column, timestamps as microseconds and JSON as text.
///
/// # Errors
/// The transform's [`Rejection`]; one without a path if the configuration is wrong.
pub fn changes<T: ConfiguredTransform>(
    config: &str,
    payload: &str,
    context: &str,
) -> Result<Vec<JsonValue>, Rejection> {
    let config = Config::parse(config).and_then(|config| T::new(&config));
    let transform = config.map_err(|message| Rejection {
        message,
        path: None,
    })?;
    let shape = transform.describe();
    let tables = shape.names();
    let made = configured::map(&transform, payload, context)?;
    let row = |change: crate::changes::TableChange| {
        let at = tables.iter().position(|name| *name == change.table);
        let (columns, key) = at.map(|at| shape.columns(at)).unwrap_or_default();
        let (verb, names) = match change.removal {
            true => ("delete", key),
            false => ("upsert", columns),
        };
        json!({ verb: change.table, "row": named(&names, change.values) })
    };
    Ok(made.0.into_iter().map(row).collect())
}

/// The descriptor under a configuration.
///
/// # Errors
/// What is wrong with the configuration.
pub fn describe<T: ConfiguredTransform>(config: &str) -> Result<JsonValue, String> {
    let identity = crate::Identity {
        name: "",
        version: "",
        source: "",
        entity: "",
    };
    let transform = T::new(&Config::parse(config)?)?;
    Ok(transform.describe().descriptor(identity))
}

fn named(columns: &[&str], values: Vec<Value>) -> Map<String, JsonValue> {
    let names = columns.iter().map(|name| (*name).to_owned());
    names.zip(values.into_iter().map(plain)).collect()
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
