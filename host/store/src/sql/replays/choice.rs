//! Which records a replay is about.

use runnel_model::{IntegrationId, RunId};
use sqlx::{AssertSqlSafe, Row};

use super::super::{Backend, Connection, DbRow};
use crate::{NewReplay, ddl::quoted, error::Failed};

/// Which records `r` of an integration are chosen, but for those chosen by their
/// rows: the parameters `$1` to `$5`.
pub(super) const SELECTED: &str = "r.integration_id = $1 AND r.stream = $2
             AND (NOT $3 OR EXISTS (SELECT 1 FROM raw_data f
                                    WHERE f.id = r.raw_data_id AND f.fetched_at >= $4 AND f.fetched_at < $5))";

/// The records of an integration that are chosen.
pub(super) struct Selection {
    pub(super) integration: i64,
    pub(super) stream: String,
    pub(super) since: i64,
    pub(super) until: i64,
    pub(super) digest: Option<String>,
    pub(super) upto: i64,
}

impl Selection {
    pub(super) fn new(of: &NewReplay, integration: IntegrationId) -> Self {
        Self {
            integration: integration.0,
            stream: of.entity.to_string(),
            since: of.window.since.unwrap_or(i64::MIN),
            until: of.window.until.unwrap_or(i64::MAX),
            digest: of.digest.clone(),
            upto: i64::MAX,
        }
    }

    pub(super) fn of_part(row: &DbRow) -> Self {
        Self {
            integration: row.get("integration_id"),
            stream: row.get("stream"),
            since: row.get::<Option<i64>, _>("since_at").unwrap_or(i64::MIN),
            until: row.get::<Option<i64>, _>("until_at").unwrap_or(i64::MAX),
            digest: row.get("digest"),
            upto: row.get("upto"),
        }
    }

    /// When a record was read stands behind its payload, which costs to pass by.
    pub(super) fn by_time(&self) -> bool {
        (self.since, self.until) != (i64::MIN, i64::MAX)
    }
}

/// That the component `$6` made a row of theirs, of records `r`: what stands before a
/// statement, and a condition in it.
pub(super) struct MadeBy {
    with: String,
    condition: &'static str,
}

/// A row is of a raw record, which need not be the newest of its thing: that may not
/// have been mapped. So it is the thing that is looked for.
pub(super) async fn made_by(
    store: &Backend,
    connection: &mut Connection,
    of: &NewReplay,
) -> Result<MadeBy, Failed> {
    let known = store.catalog.get(connection).await?;
    let tables = known.tables_of(&of.source, &of.entity);
    if of.digest.is_none() || tables.is_empty() {
        // All of them where nothing is asked, none where there are no rows.
        return Ok(MadeBy {
            with: String::new(),
            condition: "$6 = ''",
        });
    }
    let rows = tables.into_iter().map(|table| {
        format!(
            "SELECT o.external_id FROM {} e JOIN raw_data o ON o.id = e.raw_data_id
             WHERE o.integration_id = $1 AND o.stream = $2 AND e.transform_digest = $6",
            quoted(table)
        )
    });
    let rows: Vec<String> = rows.collect();
    // Found once: a planner without statistics would look anew for each record.
    Ok(MadeBy {
        with: format!(
            "WITH made (external_id) AS MATERIALIZED ({})",
            rows.join(" UNION ")
        ),
        condition: "r.external_id IN (SELECT external_id FROM made)",
    })
}

/// How many records are chosen, and the newest of them.
pub(super) async fn counted(
    connection: &mut Connection,
    selection: &Selection,
    MadeBy { with, condition }: &MadeBy,
) -> Result<(i64, i64), Failed> {
    let text = format!(
        "{with} SELECT COUNT(*), COALESCE(MAX(r.raw_data_id), 0) FROM records r WHERE {SELECTED} AND {condition}"
    );
    let row: (i64, i64) = sqlx::query_as(AssertSqlSafe(text))
        .bind(selection.integration)
        .bind(&selection.stream)
        .bind(selection.by_time())
        .bind(selection.since)
        .bind(selection.until)
        .bind(selection.digest.as_deref().unwrap_or_default())
        .fetch_one(connection)
        .await?;
    Ok(row)
}

/// Writes down which records are chosen by their rows, as these are now: the replay
/// itself changes them, and would lose its place.
pub(super) async fn choose(
    connection: &mut Connection,
    run: RunId,
    selection: &Selection,
    MadeBy { with, condition }: &MadeBy,
) -> Result<(), sqlx::Error> {
    let Some(digest) = &selection.digest else {
        return Ok(());
    };
    let text = format!(
        "{with} INSERT INTO replay_records (run_id, raw_data_id)
         SELECT $7, r.raw_data_id FROM records r WHERE {SELECTED} AND {condition}"
    );
    sqlx::query(AssertSqlSafe(text))
        .bind(selection.integration)
        .bind(&selection.stream)
        .bind(selection.by_time())
        .bind(selection.since)
        .bind(selection.until)
        .bind(digest)
        .bind(run.0)
        .execute(connection)
        .await?;
    Ok(())
}
