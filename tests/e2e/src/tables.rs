//! The tables, as an analyst would read them.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;
use sqlx::{
    AssertSqlSafe, PgPool, SqlitePool, postgres::PgPoolOptions, sqlite::SqliteConnectOptions,
};

/// The tables that a sync of GitHub fills.
pub const TABLES: [&str; 5] = ["repositories", "prs", "commits", "reviews", "comments"];
/// What depends on when and in which order rows were loaded, and on nothing else.
const VOLATILE: [&str; 3] = ["id", "raw_data_id", "last_updated_at"];

/// A row: values by column.
pub type Row = BTreeMap<String, Value>;

/// A database to read from.
pub struct Database(Pool);

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Database {
    /// Opens a file for reading.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub async fn open(path: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(path);
        let pool = SqlitePool::connect_with(options).await;
        Self(Pool::Sqlite(pool.expect("the database opens")))
    }

    /// Connects to a database of PostgreSQL.
    ///
    /// # Panics
    /// If it is not there.
    pub async fn connect(url: &str) -> Self {
        let pool = PgPoolOptions::new().max_connections(1).connect(url).await;
        Self(Pool::Postgres(pool.expect("the database is there")))
    }

    /// The rows of a query that answers one JSON text a row.
    ///
    /// # Panics
    /// If the query is wrong.
    pub async fn query(&self, sql: &str) -> Vec<Value> {
        let query = AssertSqlSafe(sql.to_owned());
        let rows: Result<Vec<Option<String>>, sqlx::Error> = match &self.0 {
            Pool::Sqlite(pool) => sqlx::query_scalar(query).fetch_all(pool).await,
            Pool::Postgres(pool) => sqlx::query_scalar(query).fetch_all(pool).await,
        };
        rows.expect(sql)
            .into_iter()
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
        match &self.0 {
            Pool::Sqlite(pool) => sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
                .fetch_one(pool)
                .await
                .expect(sql),
            Pool::Postgres(pool) => {
                let sql = format!("SELECT ({sql})::bigint");
                sqlx::query_scalar(AssertSqlSafe(sql.clone()))
                    .fetch_one(pool)
                    .await
                    .expect(&sql)
            }
        }
    }

    /// Whether PostgreSQL refuses a query to this role.
    pub async fn refuses(&self, sql: &str) -> bool {
        let Pool::Postgres(pool) = &self.0 else {
            return false;
        };
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let refused = query.execute(pool).await.err();
        // 42501: insufficient_privilege
        refused.is_some_and(|error| {
            error
                .as_database_error()
                .is_some_and(|error| error.code().as_deref() == Some("42501"))
        })
    }

    /// Changes something.
    ///
    /// # Panics
    /// If the statement is wrong.
    pub async fn execute(&self, sql: &str) {
        let statement = AssertSqlSafe(sql.to_owned());
        let done = match &self.0 {
            Pool::Sqlite(pool) => sqlx::raw_sql(statement).execute(pool).await.map(drop),
            Pool::Postgres(pool) => sqlx::raw_sql(statement).execute(pool).await.map(drop),
        };
        done.expect(sql);
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
        let text = match &self.0 {
            Pool::Sqlite(_) => self.object(table).await,
            Pool::Postgres(_) => "to_jsonb(t)::text".to_owned(),
        };
        let rows = self
            .query(&format!("SELECT {text} FROM \"{table}\" t"))
            .await;
        rows.into_iter()
            .map(|row| serde_json::from_value(row).expect("an object"))
            .collect()
    }

    /// Every row of every table, the control tables among them, as text in order.
    ///
    /// # Panics
    /// If the tables cannot be read.
    pub async fn whole(&self) -> BTreeMap<String, Vec<Value>> {
        let tables = match &self.0 {
            Pool::Sqlite(_) => "SELECT json_quote(name) FROM sqlite_master WHERE type = 'table'",
            Pool::Postgres(_) => {
                "SELECT to_json(tablename::text)::text FROM pg_tables WHERE schemaname = 'public'"
            }
        };
        let mut whole = BTreeMap::new();
        for table in self.query(tables).await {
            let table = table.as_str().expect("a name").to_owned();
            let text = match &self.0 {
                Pool::Sqlite(_) => self.quoted(&table).await,
                Pool::Postgres(_) => "t::text".to_owned(),
            };
            let sql = format!("SELECT {text} FROM \"{table}\" t ORDER BY 1");
            whole.insert(table, self.query(&sql).await);
        }
        whole
    }

    /// What makes a row of SQLite a text, bytes too.
    async fn quoted(&self, table: &str) -> String {
        let columns = format!(
            "SELECT json_quote(group_concat('quote(\"' || name || '\")', '||')) FROM pragma_table_info('{table}')"
        );
        let columns = self.query(&columns).await;
        columns[0].as_str().expect("columns").to_owned()
    }

    async fn object(&self, table: &str) -> String {
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
        format!("json_object({})", pairs.join(", "))
    }

    /// Every row of every table of a sync of GitHub, alike from both databases.
    pub async fn everything(&self) -> BTreeMap<&'static str, Vec<Row>> {
        let mut everything = BTreeMap::new();
        for table in TABLES {
            let mut rows = self.rows(table).await;
            for row in &mut rows {
                row.values_mut().for_each(alike);
            }
            rows.sort_by_key(|row| serde_json::json!(row).to_string());
            everything.insert(table, rows);
        }
        everything
    }
}

/// What SQLite has no type of its own for looks the same from both: a boolean is
/// a number there, JSON is text, and an instant ends with `Z`.
fn alike(value: &mut Value) {
    match value {
        Value::Bool(boolean) => *value = i64::from(*boolean).into(),
        Value::String(text) if text.starts_with(['[', '{']) => {
            if let Ok(json) = serde_json::from_str(text) {
                *value = json;
            }
        }
        Value::String(text) => {
            let instant = text.strip_suffix("+00:00").filter(|rest| rest.len() >= 19);
            if let Some(instant) = instant {
                *value = format!("{instant}Z").into();
            }
        }
        _ => {}
    }
}
