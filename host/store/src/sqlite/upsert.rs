//! The statements that write an entity table's rows.
//!
//! All rows of a batch cross as one parameter, a JSON array of arrays that the
//! statement unfolds. A parameter for each value would cost two allocations a
//! value, freed on sqlx's own thread, and that was half of the time of a load.
//!
//! (SQLite reads floats beyond 1e30 or below 1e-30 to within their last bit.)
//!
//! The rows are `_v`, the ones that are there `_t` or `_e`. No table can have
//! such a name, since a [`Name`] begins with a letter.

use runnel_model::{Column, ColumnType, Name, Table, Value};
use sqlx::{Arguments, AssertSqlSafe, error::BoxDynError, sqlite::SqliteArguments};

use super::{Connection, sql::Origin, values};
use crate::{
    batch::Item,
    ddl::{list, quoted},
    now,
};

/// A statement over rows. Its parameters are the tenant, the rows, the
/// integration, the digest and the time.
pub(super) struct Statement(String);

impl Statement {
    /// Inserts rows, or brings them up to date where the ones that are there are
    /// older and differ. `value` says what is written to a column, given the
    /// expression of its value in `_v`.
    pub(super) fn upsert(table: &Table, value: impl Fn(&Column, String) -> String) -> Self {
        let names = || table.columns.iter().map(|column| &column.name);
        let values: Vec<String> = (1..)
            .zip(&table.columns)
            .map(|(i, c)| value(c, format!("_v.c{i}")))
            .collect();
        let width = table.columns.len() + 1;
        Self(format!(
            "INSERT INTO {} AS _t (tenant_id, integration_id, {}, raw_data_id, transform_digest, last_updated_at) \
             SELECT ?1, ?3, {}, _v.c{width}, ?4, ?5 FROM {} WHERE true \
             ON CONFLICT (tenant_id, {}) DO UPDATE SET {}, integration_id = excluded.integration_id, \
                 raw_data_id = excluded.raw_data_id, transform_digest = excluded.transform_digest, \
                 last_updated_at = excluded.last_updated_at \
             WHERE {} AND ({}) IS NOT ({})",
            quoted(&table.name),
            list(names(), |name| name),
            values.join(", "),
            rows(width),
            list(&table.key, |name| name),
            assignments(table),
            not_older(table),
            list(names(), |name| format!("_t.{name}")),
            table
                .columns
                .iter()
                .map(written)
                .collect::<Vec<_>>()
                .join(", "),
        ))
    }

    /// Lets rows that are equal to newer ones take on their raw record, after an
    /// upsert of the same rows. Without it a version between the two, coming
    /// late, would pass for the newest. A row of this key, of this version and
    /// of an older raw record can only be an equal one: else the upsert would
    /// have written it. Where rows come of one record, one of a newer version takes
    /// it on too: the record still has it.
    pub(super) fn confirm(table: &Table) -> Self {
        let name = quoted(&table.name);
        let raw = table.key.len() + usize::from(table.version.is_some()) + 1;
        let version = table
            .version
            .as_ref()
            .filter(|_| !table.of_record)
            .map(|name| format!(" AND _e.{} IS _v.c{}", quoted(name), raw - 1));
        Self(format!(
            "WITH _n AS MATERIALIZED (SELECT _e.id, _v.c{raw} AS raw FROM {} CROSS JOIN {name} AS _e \
                 WHERE {}{} AND _e.raw_data_id < _v.c{raw}) \
             UPDATE {name} AS _t SET raw_data_id = _n.raw FROM _n WHERE _t.id = _n.id",
            rows(raw),
            same_key(table),
            version.unwrap_or_default(),
        ))
    }

    /// Removes rows, unless they are of newer raw records.
    pub(super) fn delete(table: &Table) -> Self {
        let name = quoted(&table.name);
        let raw = table.key.len() + 1;
        Self(format!(
            "DELETE FROM {name} WHERE id IN (SELECT _e.id FROM {} CROSS JOIN {name} AS _e \
                 WHERE {} AND _e.raw_data_id <= _v.c{raw})",
            rows(raw),
            same_key(table)
        ))
    }

    /// Runs it for all rows, and answers how many it wrote.
    pub(super) async fn run(
        self,
        connection: &mut Connection,
        origin: &Origin,
        items: &[Item],
    ) -> Result<u64, sqlx::Error> {
        if items.is_empty() {
            return Ok(0);
        }
        let query = sqlx::query_with(
            AssertSqlSafe(self.0),
            arguments(origin, items).map_err(sqlx::Error::Encode)?,
        );
        Ok(query.execute(connection).await?.rows_affected())
    }

    /// The same, and answers the ids of what it wrote. Each costs about as much
    /// as writing a small row.
    pub(super) async fn run_for_ids(
        self,
        connection: &mut Connection,
        origin: &Origin,
        items: &[Item],
    ) -> Result<Vec<i64>, sqlx::Error> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let statement = AssertSqlSafe(format!("{} RETURNING id", self.0));
        let arguments = arguments(origin, items).map_err(sqlx::Error::Encode)?;
        sqlx::query_scalar_with(statement, arguments)
            .fetch_all(connection)
            .await
    }
}

fn arguments(origin: &Origin, items: &[Item]) -> Result<SqliteArguments, BoxDynError> {
    let mut arguments = SqliteArguments::default();
    arguments.add(origin.tenant)?;
    arguments.add(json(items)?)?;
    arguments.add(origin.integration)?;
    arguments.add(origin.digest.as_str())?;
    arguments.add(values::timestamp(now()))?;
    Ok(arguments)
}

/// An item is its values and then its raw record.
fn json(items: &[Item]) -> Result<String, BoxDynError> {
    let mut text = Vec::new();
    for item in items {
        text.push(if text.is_empty() { b'[' } else { b',' });
        text.push(b'[');
        for value in &item.values {
            values::write_json(&mut text, value)?;
            text.push(b',');
        }
        text.extend_from_slice(item.raw.to_string().as_bytes());
        text.push(b']');
    }
    text.push(b']');
    Ok(String::from_utf8(text)?)
}

/// The rows, unfolded: `_v.c1`, `_v.c2`, ...
fn rows(width: usize) -> String {
    let columns = (1..=width).map(|i| format!("value ->> {} AS c{i}", i - 1));
    format!(
        "(SELECT {} FROM jsonb_each(?2)) AS _v",
        columns.collect::<Vec<_>>().join(", ")
    )
}

/// What [`Statement::confirm`] needs of the rows of an upsert.
pub(super) fn versions(table: &Table, upserts: &[Item]) -> Vec<Item> {
    let at = |name: &Name| table.columns.iter().position(|column| column.name == *name);
    let positions: Vec<usize> = table
        .key
        .iter()
        .chain(&table.version)
        .filter_map(at)
        .collect();
    let values = |item: &Item| {
        positions
            .iter()
            .map(|i| item.values[*i].clone())
            .collect::<Vec<Value>>()
    };
    upserts
        .iter()
        .map(|item| Item {
            raw: item.raw,
            values: values(item),
        })
        .collect()
}

/// The row that is there, `_e`, is the one of `_v`. CROSS JOIN, and MATERIALIZED
/// above, keep SQLite from going through the table instead of its unique index.
fn same_key(table: &Table) -> String {
    let pairs = (1..)
        .zip(&table.key)
        .map(|(i, name)| format!(" AND _e.{} = _v.c{i}", quoted(name)));
    format!("_e.tenant_id = ?1{}", pairs.collect::<String>())
}

/// A value that was looked up is never set back to null.
fn written(column: &Column) -> String {
    let name = quoted(&column.name);
    if column.lookup.is_some() {
        format!("coalesce(excluded.{name}, _t.{name})")
    } else {
        format!("excluded.{name}")
    }
}

fn assignments(table: &Table) -> String {
    let each = table
        .columns
        .iter()
        .map(|column| format!("{} = {}", quoted(&column.name), written(column)));
    each.collect::<Vec<_>>().join(", ")
}

/// Newer, or as new: by version, then by raw record. No version is the oldest.
fn not_older(table: &Table) -> String {
    let by_raw = "excluded.raw_data_id >= _t.raw_data_id";
    let Some(version) = table.version.as_ref().and_then(|name| table.column(name)) else {
        return by_raw.to_owned();
    };
    let [old, new] = ["_t", "excluded"].map(|of| format!("{of}.{}", quoted(&version.name)));
    // `12Z` sorts behind `12.500000Z`, and `12` before `12.500000`.
    let [from, to] = [&old, &new].map(|of| match version.kind {
        ColumnType::Timestamp => format!("rtrim({of}, 'Z')"),
        _ => of.clone(),
    });
    format!(
        "({to} > {from} OR ({old} IS NULL AND {new} IS NOT NULL) OR ({new} IS {old} AND {by_raw}))"
    )
}
