//! `runnel plugin activate --shadow` and `--canary`, `trials` and `trial`.

use runnel_store::{NewTrial, TrialId, TrialKind, TrialLimits, TrialRow};
use serde_json::{Value, json};

use super::{
    desk::{At, Desk, actor, work},
    differences,
    plugins::{SHORT, has_to_be_known, refused, tenant, whom},
    remote,
    show::{card, instant, said, said_or, table},
};
use crate::{
    args::{ActivateArguments, TrialArguments, TrialsArguments, TryArguments},
    environment::Environment,
    failure::{Failure, conflict},
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
    kind: TrialKind,
    environment: &Environment,
) -> Result<(), Failure> {
    let (version, how) = (&arguments.version, &arguments.how);
    let limits = TrialLimits {
        errors: how.max_errors.unwrap_or(ERRORS),
        differences: how.max_differences,
    };
    let id = match &desk.at {
        At::Database(own) => {
            let new = NewTrial {
                version: version.clone(),
                tenant: tenant(own, &arguments.whom).await?,
                kind,
                limits,
            };
            let begun = own.store.try_out(&new, &actor(environment)).await;
            json!(begun.map_err(refused)?.0)
        }
        At::Server(server) => {
            let begun = remote::trials::begin(server, arguments, (kind, limits)).await;
            begun.map_err(conflict)?
        }
    };
    let json = json!({
        "trial": id, "name": version.plugin, "version": version.version,
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
    let plugin = arguments.plugin.as_ref();
    let trials = match &desk.at {
        At::Database(own) => {
            let trials = own.store.trials(plugin).await.map_err(work)?;
            trials.iter().map(paper).collect::<Vec<_>>()
        }
        At::Server(server) => remote::trials::list(server, plugin).await?,
    };
    if let (Some(plugin), true) = (plugin, trials.is_empty()) {
        has_to_be_known(&desk, plugin).await?;
    }
    desk.list(trials, listed)
}

fn listed(trials: &[Value]) -> String {
    let row = |trial: &Value| {
        [
            said(trial, "id"),
            named(trial),
            kind_of(trial),
            said_or(trial, "tenant", "all"),
            state(trial),
            said(&trial["report"], "records"),
            said(&trial["report"], "different"),
            said(&trial["report"], "broken"),
            said(trial, "started_at"),
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
    let id = arguments.id;
    let trial = match &desk.at {
        At::Database(own) => {
            let trial = own.store.trial(TrialId(id)).await.map_err(work)?;
            trial.as_ref().map(paper)
        }
        At::Server(server) => remote::trials::show(server, id).await?,
    };
    let trial = trial.ok_or_else(|| {
        Failure::Usage(format!(
            "there is no trial {id}: `runnel plugin trials` lists those there are"
        ))
    })?;
    desk.answer(&trial, || shown(&trial))
}

fn shown(trial: &Value) -> String {
    let (found, of) = (&trial["report"], |key| said(trial, key));
    let most = match trial["max_differences"].is_null() {
        true => "all".to_owned(),
        false => format!("{} %", percent(&trial["max_differences"])),
    };
    let short: String = of("digest").chars().take(SHORT).collect();
    let lines = [
        ("trial", of("id")),
        ("version", format!("{} ({short})", named(trial))),
        ("kind", kind_of(trial)),
        ("tenant", said_or(trial, "tenant", "all")),
        ("state", state(trial)),
        ("since", of("started_at")),
        ("until", said_or(trial, "ended_at", "it goes on")),
        ("records", said(found, "records")),
        (
            "different",
            format!("{} (at most {most})", said(found, "different")),
        ),
        (
            "broken",
            format!(
                "{} (at most {} %)",
                said(found, "broken"),
                percent(&trial["max_errors"])
            ),
        ),
    ];
    let made = differences::text(found, ["active", &named(trial)]);
    format!("{}\n{made}", card(&lines))
}

/// `1`, and not `1.0`.
fn percent(of: &Value) -> f64 {
    of.as_f64().unwrap_or_default()
}

fn named(trial: &Value) -> String {
    format!("{}@{}", said(trial, "name"), said(trial, "version"))
}

fn kind_of(trial: &Value) -> String {
    match trial["percent"].is_null() {
        true => said(trial, "kind"),
        false => format!("{} {} %", said(trial, "kind"), said(trial, "percent")),
    }
}

fn state(trial: &Value) -> String {
    let word = said(trial, "state").replace('_', " ");
    match trial["reason"].as_str() {
        Some(reason) => format!("{word}: {reason}"),
        None => word,
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
