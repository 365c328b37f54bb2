//! The tables, as an analyst would read them.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;
use sqlx::{AssertSqlSafe, SqlitePool, sqlite::SqliteConnectOptions};

/// The tables that a sync of GitHub fills.
pub const TABLES: [&str; 5] = ["repositories", "prs", "commits", "reviews", "comments"];
/// What depends on when and in which order rows were loaded, and on nothing else.
const VOLATILE: [&str; 3] = ["id", "raw_data_id", "last_updated_at"];

/// A row: values by column.
pub type Row = BTreeMap<String, Value>;

/// A database to read from.
pub struct Database(SqlitePool);

impl Database {
    /// Opens a file for reading.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub async fn open(path: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(path);
        Self(
            SqlitePool::connect_with(options)
                .await
                .expect("the database opens"),
        )
    }

    /// The rows of a query that answers one JSON text a row.
    ///
    /// # Panics
    /// If the query is wrong.
    pub async fn query(&self, sql: &str) -> Vec<Value> {
        let rows: Vec<Option<String>> = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_all(&self.0)
            .await
            .expect(sql);
        rows.into_iter()
            .map(|row| {
                row.map_or(Value::Null, |text| {
                    serde_json::from_str(&text).unwrap_or(Value::String(text))
                })
            })
            .collect()
    }

    /// The first column of the first row, as a number.
    ///
    /// # Panics
    /// If it is none.
    pub async fn number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&self.0)
            .await
            .expect(sql)
    }

    /// Every row of a table, without the columns that differ from run to run, in
    /// an order of their own.
    pub async fn rows(&self, table: &str) -> Vec<Row> {
        let mut rows: Vec<Row> = self.all(table).await;
        for row in &mut rows {
            row.retain(|column, _| !VOLATILE.contains(&column.as_str()));
        }
        rows.sort_by_key(|row| serde_json::json!(row).to_string());
        rows
    }

    /// Every row of a table, whole.
    ///
    /// # Panics
    /// If there is no such table.
    pub async fn all(&self, table: &str) -> Vec<Row> {
        let columns = self
            .query(&format!(
                "SELECT json_quote(name) FROM pragma_table_info('{table}')"
            ))
            .await;
        assert!(!columns.is_empty(), "there is no table {table}");
        let pairs: Vec<String> = columns
            .iter()
            .filter_map(Value::as_str)
            .map(|column| format!("'{column}', \"{column}\""))
            .collect();
        let rows = self
            .query(&format!(
                "SELECT json_object({}) FROM \"{table}\"",
                pairs.join(", ")
            ))
            .await;
        rows.into_iter()
            .map(|row| serde_json::from_value(row).expect("an object"))
            .collect()
    }

    /// Every row of every table of a sync of GitHub.
    pub async fn everything(&self) -> BTreeMap<&'static str, Vec<Row>> {
        let mut everything = BTreeMap::new();
        for table in TABLES {
            everything.insert(table, self.rows(table).await);
        }
        everything
    }
}
