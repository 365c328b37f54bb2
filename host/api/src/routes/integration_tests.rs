//! Whether a service answers: one request, and nothing is stored.

use axum::{Json, extract::State};
use runnel_control::ControlError;
use runnel_pipeline::Probed;
use runnel_store::UserRole;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    integrations::{self, ChangeIntegration, NewIntegration},
    mistakes::at_its_setting,
};
use crate::{
    extract::{Body, Id, MaybeBody},
    instant::Instant,
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// What came back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tested {
    /// Whether it can be read.
    ok: bool,
    /// The status of the answer, if one came.
    #[schema(required)]
    status: Option<u16>,
    /// What was asked.
    #[schema(required)]
    url: Option<String>,
    /// The records on the first page.
    #[schema(required)]
    records: Option<usize>,
    /// In words.
    message: String,
    /// The account's budget of requests, where the service has one.
    #[schema(required)]
    budget: Option<Budget>,
}

/// An account's budget of requests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Budget {
    limit: u64,
    #[schema(required)]
    remaining: Option<u64>,
    #[schema(required)]
    reset_at: Option<Instant>,
}

fn said(
    probed: Result<Probed, ControlError>,
    given: &Map<String, Value>,
) -> Result<Tested, ApiError> {
    let probed = match probed {
        Ok(probed) => probed,
        Err(error @ (ControlError::Pipeline(_) | ControlError::Sandbox(_))) => {
            return Ok(Tested {
                ok: false,
                status: None,
                url: None,
                records: None,
                message: error.to_string(),
                budget: None,
            });
        }
        Err(error) => return Err(at_its_setting(error, given)),
    };
    let (url, records) = (probed.url, probed.records);
    Ok(Tested {
        ok: probed.refused.is_none(),
        status: Some(probed.status),
        url: Some(url.clone()),
        records: Some(records),
        message: probed
            .refused
            .unwrap_or_else(|| format!("{url} has {records} records on its first page")),
        budget: probed.limit.map(|limit| Budget {
            limit,
            remaining: probed.remaining,
            reset_at: None,
        }),
    })
}

/// Tries an integration out that is not stored.
#[utoipa::path(post, path = "/integrations/test", tag = "integrations", request_body = NewIntegration, responses((status = 200, body = Tested), ApiError))]
pub(crate) async fn of_request(
    State(api): State<Api>,
    who: Who,
    Body(asked): Body<NewIntegration>,
) -> Result<Json<Tested>, ApiError> {
    let request = integrations::request(&api, &who, asked).await?;
    let host = &api.host;
    let probed = host.admin.try_out(&request, host.guard.clone()).await;
    said(probed, &request.settings).map(Json)
}

/// Tries an integration out as it would be with these changes, or as it is: with its
/// stored credential, unless another is given. Nothing is stored.
#[utoipa::path(post, path = "/integrations/{id}/test", tag = "integrations", params(("id" = i64, Path)), request_body = Option<ChangeIntegration>, responses((status = 200, body = Tested), ApiError))]
pub(crate) async fn of_stored(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
    MaybeBody(asked): MaybeBody<ChangeIntegration>,
) -> Result<Json<Tested>, ApiError> {
    let found = integrations::find(&api, &who, UserRole::Admin, id).await?;
    let edit = integrations::edit(asked)?;
    let host = &api.host;
    let probed = host.admin.test_edit(&found, &edit, host.guard.clone());
    let probed = probed.await;
    said(probed, &edit.settings.unwrap_or_default()).map(Json)
}
