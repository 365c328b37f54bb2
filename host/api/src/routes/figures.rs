//! What versions of a plugin did, minute by minute: of all tenants together, since no
//! figure says whose records they were.

use axum::{Json, extract::State};
use runnel_store::{Figure as Row, Micros};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::versions::plugin;
use crate::{
    extract::{Named, Params},
    instant::Instant,
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// Microseconds of a minute.
const MINUTE: Micros = 60_000_000;
/// The minutes of two days: what is older is forgotten.
const KEPT: u32 = 2 * 24 * 60;
const AN_HOUR: u32 = 60;

/// What a version did within a minute.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Figure {
    /// The minute's beginning.
    minute: Instant,
    version: String,
    digest: String,
    /// The records that it was given.
    records: u64,
    /// Those that it could not map, and said so.
    rejected: u64,
    /// Those on which it failed.
    trapped: u64,
    /// The wall time of its calls.
    seconds: f64,
    /// The most memory that an instance had, in bytes.
    memory: u64,
}

/// The figures of a plugin.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Figures {
    items: Vec<Figure>,
}

/// Of how long.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The last so many minutes: an hour unless said otherwise.
    #[param(minimum = 1, maximum = 2880)]
    minutes: Option<u32>,
}

/// What the versions of a plugin did, the oldest minute first. A version without
/// records has none.
#[utoipa::path(get, path = "/plugins/{name}/figures", tag = "plugins", params(Wanted, ("name" = String, Path)), responses((status = 200, body = Figures), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    _: Who,
    Named(name): Named,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Figures>, ApiError> {
    let plugin = plugin(&name)?;
    let minutes = wanted.minutes.unwrap_or(AN_HOUR);
    if !(1..=KEPT).contains(&minutes) {
        let expected = format!("a number from 1 to {KEPT} is expected");
        return Err(ApiError::field("minutes", expected));
    }
    let store = &api.host.store;
    let since = store.clock().await? - Micros::from(minutes) * MINUTE;
    let found = store.figures(since).await?;
    let own = found
        .into_iter()
        .filter(|(_, row)| row.version.plugin == plugin);
    let items = own.map(|(minute, row)| figure(minute, row)).collect();
    Ok(Json(Figures { items }))
}

fn figure(minute: Micros, row: Row) -> Figure {
    Figure {
        minute: minute.into(),
        version: row.version.version,
        digest: row.digest,
        records: row.records,
        rejected: row.rejected,
        trapped: row.trapped,
        seconds: row.spent.as_secs_f64(),
        memory: row.memory,
    }
}
