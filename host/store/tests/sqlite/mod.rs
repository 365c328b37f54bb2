//! Fresh stores on SQLite, and what only SQLite has to show.

use std::path::Path;

use async_trait::async_trait;
use runnel_store::DatabaseUrl;
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Column, Row, SqlitePool, TypeInfo, ValueRef, sqlite::SqliteRow};
use tempfile::TempDir;

use crate::conformance::world::{Probe, World};

mod opening;
mod readers;
mod values;

/// A world in a file of its own, which goes with the directory.
pub(crate) async fn fresh() -> (World, TempDir) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("runnel.db");
    let url = DatabaseUrl::Sqlite(path.clone());
    drop(runnel_store::open(&url).await.unwrap());
    let world = World::new(url, Box::new(File(pool(&path).await))).await;
    (world, folder)
}

async fn pool(path: &Path) -> SqlitePool {
    SqlitePool::connect(&format!("sqlite:{}", path.display()))
        .await
        .unwrap()
}

struct File(SqlitePool);

#[async_trait]
impl Probe for File {
    async fn rows(&self, sql: &str) -> Vec<Json> {
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(&self.0)
            .await
            .unwrap();
        rows.iter()
            .map(|row| (0..row.columns().len()).map(|i| cell(row, i)).collect())
            .collect()
    }

    async fn refused(&self, sql: &str) -> String {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&self.0).await;
        done.unwrap_err().to_string()
    }
}

fn cell(row: &SqliteRow, i: usize) -> Json {
    let value = row.try_get_raw(i).unwrap();
    match (value.is_null(), value.type_info().name()) {
        (true, _) => Json::Null,
        (_, "INTEGER" | "BOOLEAN") => json!(row.get_unchecked::<i64, _>(i)),
        (_, "REAL") => json!(row.get_unchecked::<f64, _>(i)),
        (_, "TEXT") => json!(row.get_unchecked::<String, _>(i)),
        (_, other) => panic!("column {} is of type {other}", row.column(i).name()),
    }
}
