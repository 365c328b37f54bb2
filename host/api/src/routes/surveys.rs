//! What a replay would be about.

use axum::{Json, extract::State};
use runnel_store::Surveyed as Found;
use serde::Serialize;
use utoipa::ToSchema;

use super::replays::{NewReplay, wanted};
use crate::{extract::Body, problem::ApiError, rights::Who, state::Api};

/// What a replay would be about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Survey {
    /// The entity type.
    entity: String,
    /// All of them.
    records: u64,
    integrations: Vec<Surveyed>,
}

/// The records of an integration that a replay would be about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Surveyed {
    integration_id: i64,
    integration: String,
    tenant: String,
    records: u64,
}

impl From<Found> for Surveyed {
    fn from(found: Found) -> Self {
        Self {
            integration_id: found.integration.0,
            integration: found.name,
            tenant: found.tenant,
            records: found.records,
        }
    }
}

/// Counts the records that a replay would be about. Nothing is written.
#[utoipa::path(post, path = "/replays/dry-run", tag = "replays", request_body = NewReplay, responses((status = 200, body = Survey), ApiError))]
pub(crate) async fn make(
    State(api): State<Api>,
    who: Who,
    Body(asked): Body<NewReplay>,
) -> Result<Json<Survey>, ApiError> {
    let new = wanted(&api, &who, asked).await?;
    let found = api.host.store.survey(&new).await?;
    Ok(Json(Survey {
        entity: new.entity.to_string(),
        records: found.iter().map(|found| found.records).sum(),
        integrations: found.into_iter().map(Surveyed::from).collect(),
    }))
}
