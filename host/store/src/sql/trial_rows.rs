//! Trials as they are read.

use sqlx::Row;

use super::{
    DbRow, reports,
    versions::{digest, version},
};
use crate::{TrialId, TrialKind, TrialLimits, TrialRow, TrialState, error::Failed};

/// Trials, for operators: to be followed by conditions.
pub(super) const TRIALS: &str = "
    SELECT t.id, t.kind AS trial_kind, t.percent, t.max_errors, t.max_differences, t.state, t.reason,
      t.started_at, t.ended_at, t.report, n.name AS tenant, v.plugin, v.version, v.digest
    FROM trials t JOIN plugin_versions v ON v.id = t.version_id LEFT JOIN tenants n ON n.id = t.tenant_id";

pub(super) fn read(row: &DbRow) -> Result<TrialRow, Failed> {
    let id = TrialId(row.get("id"));
    Ok(TrialRow {
        id,
        version: version(row)?,
        digest: digest(row)?,
        tenant: row.get("tenant"),
        kind: kind(row),
        limits: limits(row),
        state: match row.get("state") {
            "running" => TrialState::Running,
            "promoted" => TrialState::Promoted,
            "replaced" => TrialState::Replaced,
            _ => TrialState::RolledBack,
        },
        reason: row.get("reason"),
        started_at: row.get("started_at"),
        ended_at: row.get("ended_at"),
        report: reports::parse(id, row.get("report"))?,
    })
}

pub(super) fn kind(row: &DbRow) -> TrialKind {
    match row.get("trial_kind") {
        "shadow" => TrialKind::Shadow,
        _ => TrialKind::Canary {
            percent: u8::try_from(row.get::<i64, _>("percent")).unwrap_or(100),
        },
    }
}

pub(super) fn limits(row: &DbRow) -> TrialLimits {
    TrialLimits {
        errors: row.get("max_errors"),
        differences: row.get("max_differences"),
    }
}
