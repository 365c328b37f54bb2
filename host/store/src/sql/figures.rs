//! What versions of plugins do.

use std::time::Duration;

use async_trait::async_trait;
use runnel_model::{Name, PluginVersion};
use sqlx::Row;

use super::{
    Backend, DbRow, count,
    dialect::{EACH_ROW, GREATEST, NOW},
    json, sql,
};
use crate::{Figure, Figures, Micros, StoreError, error::Failed};

/// Microseconds of a minute.
const MINUTE: Micros = 60_000_000;
/// How long they are kept.
const KEPT: Micros = 2 * 24 * 60 * MINUTE;

#[async_trait]
impl Figures for Backend {
    async fn add_figures(&self, figures: &[Figure]) -> Result<(), StoreError> {
        self.run(|| add(self, figures)).await
    }

    async fn figures(&self, since: Micros) -> Result<Vec<(Micros, Figure)>, StoreError> {
        self.run(|| list(self, since)).await
    }
}

async fn add(store: &Backend, figures: &[Figure]) -> Result<(), Failed> {
    if figures.is_empty() {
        return Ok(());
    }
    let mut transaction = store.begin().await?;
    sqlx::query(sql!("DELETE FROM plugin_figures WHERE minute < {NOW} - $1"))
        .bind(KEPT)
        .execute(&mut *transaction)
        .await?;
    let rows = figures.iter().map(|figure| {
        (
            &figure.digest,
            &figure.version.plugin,
            &figure.version.version,
            count(figure.records),
            count(figure.rejected),
            count(figure.trapped),
            count(figure.spent.as_micros()),
            count(figure.memory),
        )
    });
    sqlx::query(sql!(
        "INSERT INTO plugin_figures (digest, minute, plugin, version, records, rejected, trapped, micros, memory)
         SELECT each.value ->> 0, {NOW} / {MINUTE} * {MINUTE}, each.value ->> 1, each.value ->> 2,
             CAST(each.value ->> 3 AS BIGINT), CAST(each.value ->> 4 AS BIGINT), CAST(each.value ->> 5 AS BIGINT),
             CAST(each.value ->> 6 AS BIGINT), CAST(each.value ->> 7 AS BIGINT) FROM {EACH_ROW} WHERE true
         ON CONFLICT (digest, minute) DO UPDATE SET
             records = plugin_figures.records + excluded.records,
             rejected = plugin_figures.rejected + excluded.rejected,
             trapped = plugin_figures.trapped + excluded.trapped,
             micros = plugin_figures.micros + excluded.micros,
             memory = {GREATEST}(plugin_figures.memory, excluded.memory)"
    ))
    .bind(json(rows))
    .execute(&mut *transaction)
    .await?;
    Ok(super::commit(transaction).await?)
}

async fn list(store: &Backend, since: Micros) -> Result<Vec<(Micros, Figure)>, Failed> {
    let rows = sqlx::query(
        "SELECT * FROM plugin_figures WHERE minute >= $1 ORDER BY minute, plugin, version, digest",
    )
    .bind(since)
    .fetch_all(&store.readers())
    .await?;
    rows.iter().map(figure).collect()
}

fn figure(row: &DbRow) -> Result<(Micros, Figure), Failed> {
    let number = |column: &str| u64::try_from(row.get::<i64, _>(column)).unwrap_or(0);
    let plugin = Name::new(row.get::<String, _>("plugin"))
        .map_err(|e| Failed::corrupt("plugin of figures", e))?;
    let figure = Figure {
        version: PluginVersion {
            plugin,
            version: row.get("version"),
        },
        digest: row.get("digest"),
        records: number("records"),
        rejected: number("rejected"),
        trapped: number("trapped"),
        spent: Duration::from_micros(number("micros")),
        memory: number("memory"),
    };
    Ok((row.get("minute"), figure))
}
