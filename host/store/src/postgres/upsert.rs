//! The statements that write an entity table's rows: see `sqlite/upsert.rs` for
//! what each is for. The rows are `_v`, the ones that are there `_t`.
//!
//! The first three parameters are the tenant, the integration and the digest.
//!
//! Rows come sorted by key, so that two loads take the rows that they share in
//! one order.

use runnel_model::{Column, ColumnType, Name, Table};
use sqlx::{Arguments as _, AssertSqlSafe, error::BoxDynError, postgres::PgArguments};

use super::{Connection, copy::Rows, sql::Origin};
use crate::ddl::{list, quoted};

/// Where the parameters of the rows begin.
const FIRST: usize = 4;

/// A statement over rows.
pub(super) struct Statement<'a> {
    text: String,
    rows: &'a Rows<'a>,
    /// The values of a row that it needs.
    places: Vec<usize>,
}

impl<'a> Statement<'a> {
    /// Inserts rows, or brings them up to date where the ones that are there are
    /// older and differ. `value` says what is written to a column, given the
    /// expression of its value in `_v`.
    pub(super) fn upsert(
        table: &Table,
        rows: &'a Rows<'a>,
        value: impl Fn(&Column, String) -> String,
    ) -> Self {
        let names = || table.columns.iter().map(|column| &column.name);
        let places: Vec<usize> = (0..table.columns.len()).collect();
        let values: Vec<String> = (1..)
            .zip(&table.columns)
            .map(|(i, c)| value(c, format!("_v.c{i}")))
            .collect();
        let written: Vec<String> = table.columns.iter().map(written).collect();
        let text = format!(
            "INSERT INTO {} AS _t (tenant_id, integration_id, {}, raw_data_id, transform_digest, last_updated_at) \
             SELECT $1, $2, {}, _v.raw, $3, now() FROM {} \
             ON CONFLICT (tenant_id, {}) DO UPDATE SET {}, integration_id = excluded.integration_id, \
                 raw_data_id = excluded.raw_data_id, transform_digest = excluded.transform_digest, \
                 last_updated_at = excluded.last_updated_at \
             WHERE {} AND ({}) IS DISTINCT FROM ({})",
            quoted(&table.name),
            list(names(), |name| name),
            values.join(", "),
            rows.table(&places, FIRST),
            list(&table.key, |name| name),
            assignments(table),
            not_older(table),
            list(names(), |name| format!("_t.{name}")),
            written.join(", "),
        );
        Self { text, rows, places }
    }

    /// Lets rows that are equal to newer ones take on their raw record, after an
    /// upsert of the same rows; where rows come of one record, all that it still has.
    pub(super) fn confirm(table: &Table, rows: &'a Rows<'a>) -> Self {
        let version = table.version.iter().filter_map(|name| place(table, name));
        let (keys, versions): (Vec<usize>, Vec<usize>) = (key_places(table), version.collect());
        let compared = versions.iter().filter(|_| !table.of_record);
        let same_version = compared.map(|i| {
            format!(
                " AND _e.{} IS NOT DISTINCT FROM _v.c{}",
                quoted(&table.columns[*i].name),
                i + 1
            )
        });
        let same_version: String = same_version.collect();
        let places = [keys.clone(), versions].concat();
        let text = format!(
            "UPDATE {} AS _t SET raw_data_id = _n.raw FROM {} AS _n WHERE _t.id = _n.id AND _t.raw_data_id < _n.raw",
            quoted(&table.name),
            found(
                table,
                &rows.table(&places, FIRST),
                &format!(
                    "{}{same_version} AND _e.raw_data_id < _v.raw",
                    same_key(table, &keys)
                ),
            ),
        );
        Self { text, rows, places }
    }

    /// Removes rows, unless they are of newer raw records. The values are those
    /// of the key.
    pub(super) fn delete(table: &Table, rows: &'a Rows<'a>) -> Self {
        let places: Vec<usize> = (0..table.key.len()).collect();
        let text = format!(
            "DELETE FROM {} AS _t USING {} AS _n WHERE _t.id = _n.id AND _t.raw_data_id <= _n.raw",
            quoted(&table.name),
            found(
                table,
                &rows.table(&places, FIRST),
                &format!("{} AND _e.raw_data_id <= _v.raw", same_key(table, &places)),
            ),
        );
        Self { text, rows, places }
    }

    /// Runs it, and answers how many rows it wrote.
    pub(super) async fn run(
        self,
        connection: &mut Connection,
        origin: &Origin,
    ) -> Result<u64, sqlx::Error> {
        let arguments = self.arguments(origin).map_err(sqlx::Error::Encode)?;
        let query = sqlx::query_with(AssertSqlSafe(self.text), arguments);
        Ok(query.execute(connection).await?.rows_affected())
    }

    /// The same, and answers the ids of what it wrote.
    pub(super) async fn run_for_ids(
        self,
        connection: &mut Connection,
        origin: &Origin,
    ) -> Result<Vec<i64>, sqlx::Error> {
        let arguments = self.arguments(origin).map_err(sqlx::Error::Encode)?;
        let text = AssertSqlSafe(format!("{} RETURNING id", self.text));
        sqlx::query_scalar_with(text, arguments)
            .fetch_all(connection)
            .await
    }

    fn arguments(&self, origin: &Origin) -> Result<PgArguments, BoxDynError> {
        let mut arguments = PgArguments::default();
        arguments.add(origin.tenant)?;
        arguments.add(origin.integration)?;
        arguments.add(origin.digest.as_str())?;
        self.rows.bind(&self.places, &mut arguments)?;
        Ok(arguments)
    }
}

fn place(table: &Table, name: &Name) -> Option<usize> {
    table.columns.iter().position(|column| column.name == *name)
}

fn key_places(table: &Table) -> Vec<usize> {
    table
        .key
        .iter()
        .filter_map(|name| place(table, name))
        .collect()
}

/// The rows that are there, `_e`, of those of `_v`: `(id, raw)`. OFFSET 0 has the
/// planner look each up by its key: it would go through the whole table where it
/// has no statistics yet. And so the rows are locked in the order of `_v`.
fn found(table: &Table, rows: &str, condition: &str) -> String {
    format!(
        "(SELECT _f.id, _v.raw FROM {rows} CROSS JOIN LATERAL \
             (SELECT _e.id FROM {} AS _e WHERE {condition} OFFSET 0) AS _f)",
        quoted(&table.name)
    )
}

/// The row that is there is the one of `_v`, whose key is at these places.
fn same_key(table: &Table, places: &[usize]) -> String {
    let pairs = table
        .key
        .iter()
        .zip(places)
        .map(|(name, place)| format!(" AND _e.{} = _v.c{}", quoted(name), place + 1));
    format!("_e.tenant_id = $1{}", pairs.collect::<String>())
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
    // Byte by byte, as on SQLite, and not as in a dictionary.
    let order = match version.kind {
        ColumnType::Text => " COLLATE \"C\"",
        _ => "",
    };
    let [old, new] = ["_t", "excluded"].map(|of| format!("{of}.{}", quoted(&version.name)));
    format!(
        "({new}{order} > {old} OR ({old} IS NULL AND {new} IS NOT NULL) \
         OR ({new} IS NOT DISTINCT FROM {old} AND {by_raw}))"
    )
}
