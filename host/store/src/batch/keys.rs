//! Values that are to be found by an index.

use runnel_model::{Name, Table, Value};

use super::Misfit;

/// The bytes of the texts of a key: PostgreSQL's indexes take 2,704 with
/// everything that belongs to an entry. One that is longer would keep its whole
/// batch from being loaded.
const LIMIT: usize = 2_000;

/// Checks the key, and what the row is found by when it waits for a lookup.
pub(super) fn check(table: &Table, delete: bool, values: &[Value]) -> Result<(), Misfit> {
    let place = |name: &Name| table.columns.iter().position(|column| column.name == *name);
    if delete {
        return short(&table.key[0], values.iter());
    }
    let of = |names: &mut dyn Iterator<Item = &Name>| -> Vec<&Value> {
        names.filter_map(|name| values.get(place(name)?)).collect()
    };
    short(&table.key[0], of(&mut table.key.iter()).into_iter())?;
    let lookups = table
        .columns
        .iter()
        .filter_map(|column| column.lookup.as_ref());
    for lookup in lookups {
        let mut own = lookup.on.iter().map(|(own, _)| own);
        let values = of(&mut own.clone());
        if let Some(first) = own.next() {
            short(first, values.into_iter())?;
        }
    }
    Ok(())
}

fn short<'a>(column: &Name, values: impl Iterator<Item = &'a Value>) -> Result<(), Misfit> {
    let bytes: usize = values
        .map(|value| match value {
            Value::Text(text) | Value::Json(text) => text.len(),
            _ => 8,
        })
        .sum();
    if bytes <= LIMIT {
        return Ok(());
    }
    Err((
        format!(
            "rows are to be found by {column}, and {bytes} bytes are too long for that: {LIMIT} are the most"
        ),
        Some(column.to_string()),
    ))
}
