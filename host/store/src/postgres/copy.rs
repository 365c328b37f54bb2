//! The rows of a batch, as the statements over an entity table see them: `_v`,
//! with a column `c1`, `c2`, ... for each value of a row, and `raw`.
//!
//! A few thousand rows cross as parameters, an array a column; more are copied to
//! a temporary table first, which costs more to begin with and less a row.

use runnel_model::{Column, ColumnType, Value};
use sqlx::{Arguments as _, AssertSqlSafe, error::BoxDynError, postgres::PgArguments};

use super::{
    Connection,
    values::{self, Array, sql_type},
};
use crate::batch::Item;

/// From here on a temporary table is faster (see the facts in
/// `docs/adr/0007-one-text-for-two-databases.md`).
const COPY_FROM: usize = 2_000;
/// What is sent at a time.
const CHUNK: usize = 1 << 20;

/// How the binary form begins (the signature, no flags, no extension) and ends
/// (<https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4>).
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: i16 = -1;

/// The rows of one part of a batch.
pub(super) struct Rows<'a> {
    columns: Vec<&'a Column>,
    items: &'a [Item],
    copied: bool,
}

impl<'a> Rows<'a> {
    /// The rows, on their way to the server: `columns` are those of an item's
    /// values.
    pub(super) async fn send(
        connection: &mut Connection,
        columns: Vec<&'a Column>,
        items: &'a [Item],
    ) -> Result<Self, sqlx::Error> {
        let copied = items.len() >= COPY_FROM;
        let rows = Self {
            columns,
            items,
            copied,
        };
        if copied {
            rows.copy(connection).await?;
        }
        Ok(rows)
    }

    /// The rows are done with.
    pub(super) async fn drop(self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        if self.copied {
            sqlx::query("DROP TABLE pg_temp._v")
                .execute(connection)
                .await?;
        }
        Ok(())
    }

    /// `_v` with the columns at these places and `raw`, for a FROM: its parameters
    /// are the ones from the number on.
    pub(super) fn table(&self, places: &[usize], from: usize) -> String {
        if self.copied {
            return "pg_temp._v AS _v".to_owned();
        }
        let parameters = (from..=from + places.len()).map(|i| format!("${i}"));
        let names = places.iter().map(|place| format!("c{}, ", place + 1));
        format!(
            "unnest({}) AS _v ({}raw)",
            parameters.collect::<Vec<_>>().join(", "),
            names.collect::<String>()
        )
    }

    /// Adds those parameters.
    pub(super) fn bind(
        &self,
        places: &[usize],
        arguments: &mut PgArguments,
    ) -> Result<(), BoxDynError> {
        if self.copied {
            return Ok(());
        }
        for place in places {
            arguments.add(Array {
                kind: self.columns[*place].kind,
                values: self.items.iter().map(|item| &item.values[*place]),
            })?;
        }
        arguments.add(self.items.iter().map(|item| item.raw.0).collect::<Vec<_>>())
    }

    async fn copy(&self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        let columns = (1..)
            .zip(&self.columns)
            .map(|(i, column)| format!("c{i} {}, ", sql_type(column.kind)));
        let create = format!(
            "CREATE TEMPORARY TABLE _v ({}raw {}) ON COMMIT DROP",
            columns.collect::<String>(),
            sql_type(ColumnType::Integer)
        );
        sqlx::raw_sql(AssertSqlSafe(create))
            .execute(&mut *connection)
            .await?;
        let mut copy = connection
            .copy_in_raw("COPY pg_temp._v FROM STDIN (FORMAT binary)")
            .await?;
        let mut bytes = HEADER.to_vec();
        for item in self.items {
            self.write(&mut bytes, item).map_err(sqlx::Error::Encode)?;
            if bytes.len() >= CHUNK {
                copy.send(std::mem::take(&mut bytes)).await?;
            }
        }
        bytes.extend(END.to_be_bytes());
        copy.send(bytes).await?;
        copy.finish().await?;
        Ok(())
    }

    fn write(&self, to: &mut Vec<u8>, item: &Item) -> Result<(), BoxDynError> {
        to.extend(i16::try_from(item.values.len() + 1)?.to_be_bytes());
        for value in &item.values {
            values::write(to, value)?;
        }
        values::write(to, &Value::Integer(item.raw.0))
    }
}
