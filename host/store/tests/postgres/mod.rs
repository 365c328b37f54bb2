//! Fresh stores on PostgreSQL, and what only PostgreSQL has to show.

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Column, PgPool, Row, TypeInfo, ValueRef, postgres::PgRow};

use crate::conformance::world::{Probe, World};

mod faults;
mod letters;
mod opening;
mod readers;
mod server;
mod together;
mod values;

use server::Database;

/// A world in a database of its own, which goes with what is answered.
pub(crate) async fn fresh() -> (World, Database) {
    let database = Database::migrated().await;
    let probe = PgPool::connect(&database.url()).await.unwrap();
    let url = database.url().parse().unwrap();
    let world = World::new(url, Box::new(Server(probe))).await;
    (world, database)
}

struct Server(PgPool);

#[async_trait]
impl Probe for Server {
    async fn rows(&self, sql: &str) -> Vec<Json> {
        let rows = sqlx::raw_sql(AssertSqlSafe(sql))
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

/// The value as the server writes it.
fn cell(row: &PgRow, i: usize) -> Json {
    let value = row.try_get_raw(i).unwrap();
    if value.is_null() {
        return Json::Null;
    }
    let text = value.as_str().unwrap();
    match row.column(i).type_info().name() {
        "INT8" | "INT4" => json!(text.parse::<i64>().unwrap()),
        "FLOAT8" => json!(text.parse::<f64>().unwrap()),
        "BOOL" => json!(text == "t"),
        _ => json!(text),
    }
}
