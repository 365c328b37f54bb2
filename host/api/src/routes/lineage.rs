//! Where a row comes from.

use axum::{
    Json,
    extract::{Path, State},
};
use runnel_store::{RawSeen, RunsWanted};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{dead_letters::json, rows::row, runs::Run, tables::find};
use crate::{instant::Instant, problem::ApiError, rights::Who, state::Api};

/// Where a row comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Lineage {
    #[schema(value_type = Object)]
    row: Map<String, Value>,
    /// The raw record that it was made of; null: its integration was removed.
    #[schema(required)]
    raw: Option<Raw>,
    /// The request that brought it; null: an older host read it, or its integration was
    /// removed.
    #[schema(required)]
    request: Option<Asked>,
    /// The run that read it.
    #[schema(required)]
    run: Option<Run>,
    plugin: Maker,
    /// Earlier raw records of the same thing, the newest first: twenty at most.
    versions: Vec<Version>,
}

/// A raw record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Raw {
    id: i64,
    stream: String,
    /// What the source calls it.
    external_id: String,
    #[schema(value_type = Value, required)]
    context: Value,
    #[schema(value_type = Value, required)]
    payload: Value,
    /// The same to the byte.
    payload_text: String,
    fetched_at: Instant,
}

/// A request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Asked {
    method: String,
    /// Below the integration's base URL.
    url: String,
}

/// The component that made a row.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Maker {
    #[schema(required)]
    name: Option<String>,
    #[schema(required)]
    version: Option<String>,
    digest: String,
}

/// An earlier raw record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EarlierVersion)]
pub(crate) struct Version {
    raw: i64,
    fetched_at: Instant,
    #[schema(value_type = Value, required)]
    payload: Value,
    /// The same to the byte.
    payload_text: String,
}

fn raw(seen: RawSeen) -> Raw {
    Raw {
        id: seen.id.0,
        stream: seen.stream,
        external_id: seen.external_id,
        context: json(Some(seen.context)),
        payload: json(Some(seen.payload.clone())),
        payload_text: seen.payload,
        fetched_at: seen.fetched_at.into(),
    }
}

fn version(seen: RawSeen) -> Version {
    Version {
        raw: seen.id.0,
        fetched_at: seen.fetched_at.into(),
        payload: json(Some(seen.payload.clone())),
        payload_text: seen.payload,
    }
}

/// The raw record that a row was made of, the run that read it, the component that
/// made it, and what was read of the same thing before.
#[utoipa::path(get, path = "/tables/{name}/rows/{id}/lineage", tag = "tables", params(("name" = String, Path), ("id" = i64, Path)), responses((status = 200, body = Lineage), ApiError))]
pub(crate) async fn show(
    State(api): State<Api>,
    who: Who,
    path: Result<Path<(String, i64)>, axum::extract::rejection::PathRejection>,
) -> Result<Json<Lineage>, ApiError> {
    let no_row = || ApiError::NoSuch("such row".to_owned());
    let Path((name, id)) = path.map_err(|_| no_row())?;
    let table = find(&api, &who, &name).await?;
    let store = &api.host.store;
    let found = store.lineage(&table, &who.sees(), id).await?;
    let found = found.ok_or_else(no_row)?;
    let run = match found.run {
        None => None,
        Some(id) => {
            let wanted = RunsWanted {
                id: Some(id),
                ..RunsWanted::default()
            };
            let mut runs = store.runs_page(&who.sees(), &wanted, i64::MAX, 1).await?;
            runs.pop().map(Run::from)
        }
    };
    let (name, version_) = found.maker.unzip();
    Ok(Json(Lineage {
        row: row(found.row),
        raw: found.raw.map(raw),
        request: found.request.map(|(method, url)| Asked { method, url }),
        run,
        plugin: Maker {
            name,
            version: version_,
            digest: found.digest,
        },
        versions: found.earlier.into_iter().map(version).collect(),
    }))
}
