//! Outcomes as a golden file has them: tables and columns by name.

use runnel_model::{Change, Column, Outcome, Row, Table, Value};

use super::{
    cases::Verb,
    value::{quoted, write},
};

/// An outcome as JSON text, in one line; columns in the order of their
/// declaration.
pub(super) fn text(outcome: &Outcome, tables: &[Table]) -> String {
    match outcome {
        Outcome::Emit(changes) => {
            let changes: Vec<String> = changes.iter().map(|change| one(change, tables)).collect();
            format!("{{\"emit\": [{}]}}", changes.join(", "))
        }
        Outcome::Skip(reason) => format!("{{\"skip\": {}}}", quoted(reason)),
        Outcome::Reject(rejection) => {
            let message = quoted(&rejection.message);
            let path = rejection.path.as_deref();
            let path =
                path.map_or_else(String::new, |path| format!(", \"path\": {}", quoted(path)));
            format!("{{\"reject\": {{\"message\": {message}{path}}}}}")
        }
    }
}

/// A change as JSON text.
pub(super) fn one(change: &Change, tables: &[Table]) -> String {
    let named = Named::of(change, tables);
    let values = named.values.iter();
    let values: Vec<String> = values
        .map(|(column, value)| format!("{}: {}", quoted(&column.name), write(value)))
        .collect();
    format!(
        "{{\"{}\": {}, \"row\": {{{}}}}}",
        named.verb.word(),
        quoted(named.table),
        values.join(", ")
    )
}

/// A change with the names of its table and columns. The sandbox has checked that
/// there is a value for each.
pub(super) struct Named<'a> {
    pub(super) verb: Verb,
    pub(super) table: &'a str,
    pub(super) values: Vec<(&'a Column, &'a Value)>,
}

impl<'a> Named<'a> {
    pub(super) fn of(change: &'a Change, tables: &'a [Table]) -> Self {
        let (verb, row) = match change {
            Change::Upsert(row) => (Verb::Upsert, row),
            Change::Delete(row) => (Verb::Delete, row),
        };
        let table = tables.get(row.table as usize);
        Self {
            verb,
            table: table.map_or("", |table| &table.name),
            values: table.map_or_else(Vec::new, |table| values(verb, row, table)),
        }
    }
}

fn values<'a>(verb: Verb, row: &'a Row, table: &'a Table) -> Vec<(&'a Column, &'a Value)> {
    match verb {
        Verb::Upsert => table.columns.iter().zip(&row.values).collect(),
        Verb::Delete => table.key_columns().zip(&row.values).collect(),
    }
}
