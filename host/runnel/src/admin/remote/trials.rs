//! Trials and comparisons of a host.

use runnel_client::{ClientError, Route, Server};
use runnel_model::{Name, Value as Exact};
use runnel_store::{TrialKind, TrialLimits, Window};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{copied, exact, to_the_second};
use crate::{
    admin::show::items,
    args::{ActivateArguments, DiffArguments},
    plugin,
};

/// The most records that a host compares at once.
const MOST: u64 = 100_000;

fn route() -> Route {
    Route::to(["trials"])
}

/// A kind in words: `canary 5 %`.
pub(super) fn kind(of: &Value) -> String {
    let percent = of["percent"].as_u64().and_then(|n| u8::try_from(n).ok());
    let kind = match percent {
        Some(percent) => TrialKind::Canary { percent },
        None => TrialKind::Shadow,
    };
    kind.to_string()
}

fn paper(trial: &Value) -> Value {
    let names = [
        "id",
        "version",
        "digest",
        "kind",
        "percent",
        "tenant",
        "state",
        "reason",
        "started_at",
        "ended_at",
    ];
    let mut paper = copied(trial, &names);
    paper["name"] = trial["plugin"].clone();
    paper["max_errors"] = trial["limits"]["errors"].clone();
    paper["max_differences"] = trial["limits"]["differences"].clone();
    paper["report"] = report(&trial["report"]);
    to_the_second(&mut paper, &["started_at", "ended_at"]);
    paper
}

/// What two versions made of the same records, with values as a golden file has them.
fn report(of: &Value) -> Value {
    let mut paper = copied(of, &["records", "different", "broken", "old", "new"]);
    let place = |(name, place): (&String, &Value)| {
        let samples: Vec<Value> = items(place, "samples").iter().map(sample).collect();
        let place = json!({ "count": place["count"], "samples": samples });
        (name.clone(), place)
    };
    let places = of["places"].as_object().into_iter().flatten().map(place);
    paper["places"] = Value::Object(places.collect::<Map<_, _>>());
    paper
}

fn sample(of: &Value) -> Value {
    let written = |exact: &Value| {
        let value = Option::<Exact>::deserialize(exact).ok().flatten();
        value.as_ref().map(plugin::write)
    };
    json!({
        "raw_data_id": of["raw_data_id"], "old": written(&of["old_exact"]), "new": written(&of["new_exact"]),
    })
}

/// Begins a trial; its id.
pub(in crate::admin) async fn begin(
    server: &Server,
    arguments: &ActivateArguments,
    (kind, limits): (TrialKind, TrialLimits),
) -> Result<Value, ClientError> {
    let percent = match kind {
        TrialKind::Shadow => None,
        TrialKind::Canary { percent } => Some(percent),
    };
    let version = &arguments.version;
    let asked = json!({
        "plugin": version.plugin, "version": version.version, "kind": kind.word(),
        "percent": percent, "tenant": arguments.whom.tenant, "max_errors": limits.errors,
        "max_differences": limits.differences,
    });
    let begun = server.post(&route(), &asked).await?;
    Ok(begun["id"].clone())
}

pub(in crate::admin) async fn list(
    server: &Server,
    plugin: Option<&Name>,
) -> Result<Vec<Value>, ClientError> {
    let found = server.list(&route(), None).await?;
    let own = |trial: &&Value| plugin.is_none_or(|name| trial["plugin"] == **name);
    Ok(found.iter().filter(own).map(paper).collect())
}

/// A trial, if there is such a one.
pub(in crate::admin) async fn show(server: &Server, id: i64) -> Result<Option<Value>, ClientError> {
    let found = server.find(&route().then(id)).await?;
    Ok(found.as_ref().map(paper))
}

/// What two versions make of the records that are there.
pub(in crate::admin) async fn diff(
    server: &Server,
    arguments: &DiffArguments,
    window: &Window,
) -> Result<Value, ClientError> {
    let (since, until) = (window.since.and_then(exact), window.until.and_then(exact));
    let asked = json!({
        "plugin": arguments.old.plugin, "from": arguments.old.to_string(), "to": arguments.new.to_string(),
        "tenant": arguments.records.tenant, "since": since, "until": until,
        "limit": arguments.limit.unwrap_or(MOST),
    });
    let made = server.post(&Route::to(["diffs"]).long(), &asked).await?;
    Ok(report(&made))
}
