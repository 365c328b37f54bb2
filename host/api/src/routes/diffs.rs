//! What two versions of a transform make of the same records.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use runnel_control::{DiffRequest, diff};
use runnel_model::{
    Differences, Name, Place as Found, PluginVersion, Sample as Seen, Value, Work as Done,
};
use runnel_store::{UserRole, Window};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::{
    replays::time,
    versions::{plugin, version},
};
use crate::{extract::Body, problem::ApiError, rights::Who, state::Api};

/// The records that are compared unless somebody says otherwise, and at most.
const LIMIT: u64 = 1_000;
const MOST: u64 = 100_000;

/// What two versions made of the same records, counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Report {
    /// Records that both were given.
    records: u64,
    /// Those of which the two made something different.
    different: u64,
    /// Those that the new version could not map, and the old one could.
    broken: u64,
    old: Work,
    new: Work,
    /// Where they differ: `prs.title` a column, `prs` a row that one of them alone
    /// has, `outcome` mapped by one, and skipped, rejected or failed by the other.
    places: BTreeMap<String, Place>,
}

/// What one of the two did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Work {
    skipped: u64,
    rejected: u64,
    failed: u64,
    /// The time that it took.
    micros: u64,
    /// The most memory of an instance, in bytes.
    memory: u64,
}

/// Records that differ in one place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Place {
    count: u64,
    /// The first of them.
    samples: Vec<Sample>,
}

/// One record, at one place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sample {
    /// The raw record.
    raw_data_id: i64,
    #[schema(value_type = Value, required)]
    old: serde_json::Value,
    #[schema(value_type = Value, required)]
    new: serde_json::Value,
    /// The same with their types: an object with one member, `b` a boolean, `i` an
    /// integer, `f` a float, `t` a text, `ts` microseconds since 1970, `d` days since
    /// then, `j` JSON as text; `"n"` is no value.
    #[schema(value_type = Value, required)]
    old_exact: Option<Value>,
    #[schema(value_type = Value, required)]
    new_exact: Option<Value>,
}

/// What is to be compared.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDiff {
    /// The transform.
    plugin: String,
    /// The one version, `2.0.0` or `github_prs@2.0.0`; absent: the one that is active
    /// for all.
    from: Option<String>,
    /// The other.
    to: String,
    /// Records that were read then or later.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// And before then.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Whose records; absent: every tenant's.
    tenant: Option<String>,
    /// No more than so many records; absent: a thousand.
    #[schema(minimum = 1, maximum = 100000)]
    limit: Option<u64>,
}

impl From<Differences> for Report {
    fn from(found: Differences) -> Self {
        let places = found.places.into_iter();
        Self {
            records: found.records,
            different: found.different,
            broken: found.broken,
            old: found.old.into(),
            new: found.new.into(),
            places: places.map(|(name, place)| (name, place.into())).collect(),
        }
    }
}

impl From<Done> for Work {
    fn from(done: Done) -> Self {
        Self {
            skipped: done.skipped,
            rejected: done.rejected,
            failed: done.failed,
            micros: done.micros,
            memory: done.memory,
        }
    }
}

impl From<Found> for Place {
    fn from(found: Found) -> Self {
        let sample = |seen: Seen| Sample {
            raw_data_id: seen.raw.0,
            old: value(seen.old.as_ref()),
            new: value(seen.new.as_ref()),
            old_exact: seen.old,
            new_exact: seen.new,
        };
        Self {
            count: found.count,
            samples: found.samples.into_iter().map(sample).collect(),
        }
    }
}

fn value(value: Option<&Value>) -> serde_json::Value {
    value.map_or(serde_json::Value::Null, runnel_control::plain)
}

/// `2.0.0`, or `github_prs@2.0.0`.
fn named(own: &Name, text: &str) -> Result<PluginVersion, ApiError> {
    match text.contains('@') {
        true => text.parse().map_err(|e| ApiError::field("version", e)),
        false => version(own.clone(), text),
    }
}

/// Records are mapped twice: so many comparisons at once.
static TURNS: Semaphore = Semaphore::const_new(1);

/// Maps stored records with both versions, and compares what comes. Nothing is
/// written.
#[utoipa::path(post, path = "/diffs", tag = "plugins", request_body = NewDiff, responses((status = 200, body = Report), ApiError))]
pub(crate) async fn make(
    State(api): State<Api>,
    who: Who,
    Body(asked): Body<NewDiff>,
) -> Result<Json<Report>, ApiError> {
    let tenant = api
        .whom(&who, UserRole::Operator, asked.tenant.as_deref())
        .await?;
    let limit = asked.limit.unwrap_or(LIMIT);
    if !(1..=MOST).contains(&limit) {
        return Err(ApiError::field("limit", format!("1 to {MOST} is expected")));
    }
    let plugin = plugin(&asked.plugin).map_err(|error| ApiError::field("plugin", error))?;
    let host = &api.host;
    let from = match asked.from {
        Some(from) => from,
        None => {
            let rows = host.store.versions(Some(&plugin)).await?;
            let active = rows.into_iter().find(|row| row.active);
            let none = || {
                ApiError::field(
                    "from",
                    "no version of the database is active for all: name one",
                )
            };
            active.ok_or_else(none)?.version.version
        }
    };
    let request = DiffRequest {
        old: named(&plugin, &from)?,
        new: named(&plugin, &asked.to)?,
        window: Window {
            since: time("since", asked.since.as_deref())?,
            until: time("until", asked.until.as_deref())?,
        },
        tenant,
        limit,
        signers: host.signers.clone(),
    };
    let _turn = TURNS.acquire().await.map_err(|_| ApiError::Broken)?;
    let found = diff(&*host.store, &host.sandbox, &request).await?;
    Ok(Json(found.into()))
}
