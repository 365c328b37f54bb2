//! `runnel plugin activate --shadow` and `--canary`, `trials` and `trial`.

use runnel_model::TenantId;
use runnel_store::{Actor, NewTrial, TrialId, TrialKind, TrialLimits, TrialRow, TrialState};
use serde_json::{Value, json};

use super::{
    desk::{Desk, work},
    differences,
    plugins::{refused, whom},
    show::{card, instant, instant_or, table},
};
use crate::{
    args::{ActivateArguments, TrialArguments, TrialsArguments, TryArguments},
    environment::Environment,
    failure::Failure,
};

/// The share of records that a tried version may fail on, unless another is stated.
const ERRORS: f64 = 1.0;

/// How a version is to be tried, if it is not to be activated.
pub(super) fn kind(how: &TryArguments) -> Option<TrialKind> {
    match how.canary {
        Some(percent) => Some(TrialKind::Canary { percent }),
        None => how.shadow.then_some(TrialKind::Shadow),
    }
}

pub(super) async fn begin(
    desk: &Desk,
    arguments: &ActivateArguments,
    (kind, tenant): (TrialKind, Option<TenantId>),
    by: &Actor,
) -> Result<(), Failure> {
    let (version, how) = (&arguments.version, &arguments.how);
    let new = NewTrial {
        version: version.clone(),
        tenant,
        kind,
        limits: TrialLimits {
            errors: how.max_errors.unwrap_or(ERRORS),
            differences: how.max_differences,
        },
    };
    let id = desk.store.try_out(&new, by).await.map_err(refused)?;
    let json = json!({
        "trial": id.0, "name": version.plugin, "version": version.version,
        "kind": kind.to_string(), "tenant": arguments.whom.tenant,
    });
    desk.answer(&json, || {
        let whom = whom(&arguments.whom);
        let does = match kind {
            TrialKind::Shadow => format!("{version} is tried in the shadow of what is active"),
            TrialKind::Canary { percent } => {
                format!("{version} does the work for {percent} of 100 records")
            }
        };
        format!("{does}, for {whom}: `runnel plugin trial {id}` shows what comes out")
    })
}

pub(super) async fn list(
    arguments: &TrialsArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let trials = desk.store.trials(arguments.plugin.as_ref()).await;
    let trials = trials.map_err(work)?;
    let json: Vec<Value> = trials.iter().map(paper).collect();
    desk.answer(&json.into(), || listed(&trials))
}

fn listed(trials: &[TrialRow]) -> String {
    let row = |trial: &TrialRow| {
        [
            trial.id.to_string(),
            trial.version.to_string(),
            trial.kind.to_string(),
            trial.tenant.clone().unwrap_or_else(|| "all".to_owned()),
            state(trial),
            trial.report.records.to_string(),
            trial.report.different.to_string(),
            trial.report.broken.to_string(),
            instant(trial.started_at),
        ]
    };
    let headings = [
        "id",
        "version",
        "kind",
        "tenant",
        "state",
        "records",
        "different",
        "broken",
        "since",
    ];
    let none = "nothing was tried yet: `runnel plugin activate NAME@VERSION --shadow`";
    table(headings, trials.iter().map(row).collect(), none)
}

pub(super) async fn show(
    arguments: &TrialArguments,
    environment: &Environment,
) -> Result<(), Failure> {
    let desk = Desk::open(&arguments.store, environment).await?;
    let trial = desk.store.trial(TrialId(arguments.id)).await;
    let trial = trial.map_err(work)?.ok_or_else(|| {
        Failure::Usage(format!(
            "there is no trial {}: `runnel plugin trials` lists those there are",
            arguments.id
        ))
    })?;
    desk.answer(&paper(&trial), || shown(&trial))
}

fn shown(trial: &TrialRow) -> String {
    let (found, limits) = (&trial.report, trial.limits);
    let differences = limits.differences;
    let lines = [
        ("trial", trial.id.to_string()),
        (
            "version",
            format!("{} ({})", trial.version, trial.digest.short()),
        ),
        ("kind", trial.kind.to_string()),
        (
            "tenant",
            trial.tenant.clone().unwrap_or_else(|| "all".to_owned()),
        ),
        ("state", state(trial)),
        ("since", instant(trial.started_at)),
        ("until", instant_or(trial.ended_at, "it goes on")),
        ("records", found.records.to_string()),
        (
            "different",
            format!(
                "{} (at most {})",
                found.different,
                differences.map_or_else(|| "all".to_owned(), |percent| format!("{percent} %"))
            ),
        ),
        (
            "broken",
            format!("{} (at most {} %)", found.broken, limits.errors),
        ),
    ];
    let new = trial.version.to_string();
    let made = differences::text(found, ["active", &new]);
    format!("{}\n{made}", card(&lines))
}

fn state(trial: &TrialRow) -> String {
    let word = match trial.state {
        TrialState::Running => "running",
        TrialState::Promoted => "promoted",
        TrialState::Replaced => "replaced",
        TrialState::RolledBack => "rolled back",
    };
    match &trial.reason {
        Some(reason) => format!("{word}: {reason}"),
        None => word.to_owned(),
    }
}

fn paper(trial: &TrialRow) -> Value {
    json!({
        "id": trial.id.0,
        "name": trial.version.plugin,
        "version": trial.version.version,
        "digest": trial.digest,
        "kind": trial.kind.word(),
        "percent": match trial.kind {
            TrialKind::Shadow => None,
            TrialKind::Canary { percent } => Some(percent),
        },
        "tenant": trial.tenant,
        "state": trial.state.word(),
        "reason": trial.reason,
        "max_errors": trial.limits.errors,
        "max_differences": trial.limits.differences,
        "started_at": instant(trial.started_at),
        "ended_at": trial.ended_at.map(instant),
        "report": differences::paper(&trial.report),
    })
}
