//! Entity tables as SQL, as far as both databases say the same. A [`Name`] cannot
//! end a statement; it is quoted all the same, since a column may be called
//! `order` or `position`.

use runnel_model::{Column, ColumnType, Name, Table};
use sha2::{Digest as _, Sha256};

use crate::{
    catalog::{Waiting, may_be_null},
    labels::{SHOWN, labels},
};

/// The bytes that PostgreSQL takes of a name; a longer one would be cut short
/// without a word.
pub(crate) const NAME: usize = 63;

/// How a database calls the type of a column.
pub(crate) type SqlType = fn(ColumnType) -> &'static str;

pub(crate) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// The names, quoted, with what `each` makes of them, between commas.
pub(crate) fn list<'a>(
    names: impl IntoIterator<Item = &'a Name>,
    each: impl Fn(String) -> String,
) -> String {
    names
        .into_iter()
        .map(|name| each(quoted(name)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A new column of rows that are there already has to be nullable.
pub(crate) fn add_column(table: &Name, column: &Column, sql_type: SqlType) -> String {
    format!(
        "ALTER TABLE {} ADD COLUMN {} {}",
        quoted(table),
        quoted(&column.name),
        sql_type(column.kind)
    )
}

/// A column goes, with its values.
pub(crate) fn drop_column(table: &Name, column: &Name) -> String {
    format!(
        "ALTER TABLE {} DROP COLUMN {}",
        quoted(table),
        quoted(column)
    )
}

/// A column of a table that is being made.
pub(crate) fn definition(column: &Column, sql_type: SqlType) -> String {
    let not_null = if may_be_null(column) { "" } else { " NOT NULL" };
    format!(
        "{} {}{not_null}",
        quoted(&column.name),
        sql_type(column.kind)
    )
}

/// What finds the row that a lookup looks for.
pub(crate) fn index_to(waiting: &Waiting) -> String {
    let lookup = &waiting.lookup;
    index(&lookup.table, lookup.on.iter().map(|(_, to)| to), "to", "")
}

/// What finds the rows that wait for a value: it holds no others.
pub(crate) fn index_waiting(waiting: &Waiting) -> String {
    let condition = format!(" WHERE {} IS NULL", quoted(&waiting.column));
    let purpose = format!("waiting.{}", waiting.column);
    index(
        &waiting.table,
        waiting.lookup.on.iter().map(|(own, _)| own),
        &purpose,
        &condition,
    )
}

/// What finds rows by the raw record that they are of.
pub(crate) fn index_raw(table: &Name) -> String {
    format!(
        "CREATE INDEX IF NOT EXISTS {} ON {} (raw_data_id)",
        quoted(&short(format!("{table}.raw"))),
        quoted(table)
    )
}

/// What finds the rows that are parts of a row.
pub(crate) fn index_members<'a>(
    table: &Name,
    on: impl Iterator<Item = &'a Name> + Clone,
) -> String {
    index(table, on, "member_of", "")
}

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
        quoted(&short(format!("{table}.{purpose}.{names}"))),
        quoted(table),
        list(columns, |name| name)
    )
}

/// A view of an integration's own rows, with the columns under their labels.
pub(crate) fn create_view(name: &str, table: &Table, integration: i64, options: &str) -> String {
    let columns = table.columns.iter().zip(labels(table));
    let columns = columns.map(|(column, label)| {
        // A label is anybody's text: a quote in it is doubled.
        format!(
            "{} AS \"{}\"",
            quoted(&column.name),
            label.replace('"', "\"\"")
        )
    });
    let [id, rest @ ..] = SHOWN.map(quoted);
    let all: Vec<String> = std::iter::once(id).chain(columns).chain(rest).collect();
    format!(
        "CREATE VIEW {}{options} AS SELECT {} FROM {} WHERE integration_id = {integration}",
        quoted(name),
        all.join(", "),
        quoted(&table.name)
    )
}

/// The name, or as much of it as fits with a digest of all of it. The dots keep
/// it apart from every table's.
pub(crate) fn short(name: String) -> String {
    if name.len() <= NAME {
        return name;
    }
    let digest: String = Sha256::digest(&name)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    // A [`Name`] is ASCII.
    format!("{}.{digest}", &name[..NAME - 1 - digest.len()])
}
