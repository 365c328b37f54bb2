//! What trials find: added up in the transaction that commits a batch.

use runnel_model::Differences;
use sqlx::Row;

use super::{Backend, Connection, trial_rows::limits, trials::break_off, versions::take_turn};
use crate::{Actor, Exceeded, TrialId, error::Failed};

/// The report of a trial that has found nothing yet.
pub(super) fn empty() -> Result<String, sqlx::Error> {
    text(&Differences::default())
}

fn text(report: &Differences) -> Result<String, sqlx::Error> {
    serde_json::to_string(report).map_err(|e| sqlx::Error::Encode(e.into()))
}

pub(super) fn parse(id: TrialId, text: &str) -> Result<Differences, Failed> {
    serde_json::from_str(text)
        .map_err(|e| Failed::corrupt(format_args!("report of the trial {id}"), e))
}

/// Adds what was found in a batch, if the trial goes on; whether it has passed its
/// limits now. The trial's row is the last that such a transaction locks.
pub(super) async fn add(
    connection: &mut Connection,
    (id, found): (TrialId, Differences),
) -> Result<Option<Exceeded>, Failed> {
    // An update that changes nothing holds the row until the sum is written.
    let row = sqlx::query(
        "UPDATE trials SET report = report WHERE id = $1 AND state = 'running'
         RETURNING report, max_errors, max_differences",
    )
    .bind(id.0)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let mut report = parse(id, row.get("report"))?;
    report.merge(found);
    sqlx::query("UPDATE trials SET report = $2 WHERE id = $1")
        .bind(id.0)
        .bind(text(&report)?)
        .execute(connection)
        .await?;
    let reason = limits(&row).exceeded(&report);
    Ok(reason.map(|reason| Exceeded { trial: id, reason }))
}

/// Ends a trial in the name of the host. It has the generation first, as whatever
/// changes plugins, and so cannot be part of a batch's commit.
pub(super) async fn end(store: &Backend, of: &Exceeded) -> Result<bool, Failed> {
    let mut transaction = store.begin().await?;
    take_turn(&mut transaction).await?;
    let host = Actor::user("runnel");
    let ended = break_off(&mut transaction, of.trial, (&of.reason, &host)).await?;
    if ended.is_some() {
        super::commit(transaction).await?;
        return Ok(true);
    }
    Ok(false)
}
