//! Integrations: what is read, from where.

use axum::{Json, extract::State};
use http::StatusCode;
use runnel_control::{IntegrationEdit, IntegrationRequest};
use runnel_model::IntegrationId;
use runnel_secrets::SecretString;
use runnel_store::{After, Configured, IfThere, IntegrationsWanted, UserRole};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{mistakes::at_its_setting, users::check_name};
use crate::{
    extract::{Body, Id, Params},
    instant::Instant,
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    secrets,
    state::Api,
};

/// An integration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Integration {
    id: i64,
    tenant: String,
    name: String,
    source: String,
    base_url: String,
    /// What is read.
    scope: Vec<String>,
    #[schema(value_type = Object)]
    settings: Value,
    paused: bool,
    /// Whether a credential is stored, encrypted.
    has_credential: bool,
    /// Whose budget its requests are counted against, as `/quotas` calls it; null: it
    /// has sent none yet.
    #[schema(required)]
    account: Option<String>,
    created_at: Instant,
}

/// An integration as it is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIntegration {
    tenant: String,
    /// Absent: the source's name.
    #[schema(min_length = 1, max_length = 64)]
    name: Option<String>,
    source: String,
    /// Absent: the source's own.
    base_url: Option<String>,
    /// What is read.
    scope: Vec<String>,
    #[serde(default)]
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    /// The credential; it is never answered.
    #[schema(value_type = Option<String>, format = Password)]
    #[serde(default, deserialize_with = "secrets::read_maybe")]
    token: Option<SecretString>,
}

/// What becomes of one that is there.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// Whether one of this name is brought up to date.
    update: Option<bool>,
}

/// What is to change. Absent: it stays as it is.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeIntegration {
    /// Whether no job of it starts.
    paused: Option<bool>,
    /// With another one, a stored token has to be given again.
    base_url: Option<String>,
    /// What is read.
    scope: Option<Vec<String>>,
    /// In place of all that there are.
    #[schema(value_type = Option<Object>)]
    settings: Option<Map<String, Value>>,
    /// In place of the stored credential; it is never answered.
    #[schema(value_type = Option<String>, format = Password)]
    #[serde(default, deserialize_with = "secrets::read_maybe")]
    token: Option<SecretString>,
}

/// Which integrations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    tenant: Option<String>,
    source: Option<String>,
    /// Whose name, source or base URL has this text in it.
    q: Option<String>,
}

impl From<Configured> for Integration {
    fn from(found: Configured) -> Self {
        Self {
            id: found.id.0,
            tenant: found.tenant.name,
            name: found.name,
            source: found.source.to_string(),
            base_url: found.base_url,
            scope: found.scope,
            settings: found.settings,
            paused: found.paused,
            has_credential: found.has_credential,
            account: found.account.map(|account| account.0),
            created_at: found.created_at.into(),
        }
    }
}

/// Integrations, by name.
#[utoipa::path(get, path = "/integrations", tag = "integrations", params(Wanted, Paging), responses((status = 200, body = Page<Integration>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(wanted): Params<Wanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Integration>>, ApiError> {
    let scope = api
        .scope(&who, UserRole::Viewer, wanted.tenant.as_deref())
        .await?;
    let of = IntegrationsWanted {
        id: None,
        source: wanted.source,
        text: wanted.q,
    };
    let (after, limit) = (paging.after()?, paging.limit()?);
    let store = &api.host.store;
    let found = store
        .integrations_page(&scope, &of, &after, limit + 1)
        .await?;
    let key = |found: &Configured| (found.name.clone(), found.id.0);
    Ok(Json(page(found, limit, key, Integration::from)))
}

/// The integration of this id.
pub(crate) async fn find(
    api: &Api,
    who: &Who,
    role: UserRole,
    id: i64,
) -> Result<Configured, ApiError> {
    let wanted = IntegrationsWanted {
        id: Some(IntegrationId(id)),
        ..IntegrationsWanted::default()
    };
    let store = &api.host.store;
    let found = store
        .integrations_page(&who.sees(), &wanted, &After::default(), 1)
        .await?;
    let what = || format!("integration {id}");
    who.the_one(role, found, |seen| seen.tenant.id, what)
}

fn check_scope(scope: &[String]) -> Result<(), ApiError> {
    if scope.len() > 1_000 {
        return Err(ApiError::field("scope", "1000 at most are expected"));
    }
    Ok(())
}

/// What is to change, as far as it can be judged without its source.
pub(crate) fn edit(asked: ChangeIntegration) -> Result<IntegrationEdit, ApiError> {
    check_scope(asked.scope.as_deref().unwrap_or_default())?;
    Ok(IntegrationEdit {
        paused: asked.paused,
        base_url: asked.base_url.filter(|url| !url.is_empty()),
        scope: asked.scope,
        settings: asked.settings,
        token: asked.token,
    })
}

/// What is asked for, as far as it can be judged without its source.
pub(crate) async fn request(
    api: &Api,
    who: &Who,
    asked: NewIntegration,
) -> Result<IntegrationRequest, ApiError> {
    let tenant = api.tenant(who, UserRole::Admin, &asked.tenant).await?;
    let name = asked.name.unwrap_or_else(|| asked.source.clone());
    check_name("name", &name)?;
    check_scope(&asked.scope)?;
    Ok(IntegrationRequest {
        tenant,
        name,
        source: asked.source,
        base_url: asked.base_url.filter(|url| !url.is_empty()),
        scope: asked.scope,
        settings: asked.settings,
        token: asked.token,
    })
}

/// Adds an integration and schedules the streams of its source. One of this name is
/// there already: 409, unless it is to be brought up to date.
#[utoipa::path(post, path = "/integrations", tag = "integrations", params(How), request_body = NewIntegration, responses((status = 201, body = Integration), ApiError))]
pub(crate) async fn add(
    State(api): State<Api>,
    who: Who,
    Params(how): Params<How>,
    Body(asked): Body<NewIntegration>,
) -> Result<(StatusCode, Json<Integration>), ApiError> {
    let request = request(&api, &who, asked).await?;
    let if_there = match how.update {
        Some(true) => IfThere::Update,
        _ => IfThere::Refuse,
    };
    let added = api.host.admin.add(&request, if_there, &who.actor()).await;
    let added = added.map_err(|error| at_its_setting(error, &request.settings))?;
    let found = find(&api, &who, UserRole::Admin, added.id.0).await?;
    Ok((StatusCode::CREATED, Json(found.into())))
}

/// An integration.
#[utoipa::path(get, path = "/integrations/{id}", tag = "integrations", params(("id" = i64, Path)), responses((status = 200, body = Integration), ApiError))]
pub(crate) async fn show(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
) -> Result<Json<Integration>, ApiError> {
    let found = find(&api, &who, UserRole::Viewer, id).await?;
    Ok(Json(found.into()))
}

/// Changes an integration: what it reads, its settings, its credential, whether it is
/// paused. Runs that have begun go on with the settings that they began with.
#[utoipa::path(patch, path = "/integrations/{id}", tag = "integrations", params(("id" = i64, Path)), request_body = ChangeIntegration, responses((status = 200, body = Integration), ApiError))]
pub(crate) async fn change(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
    Body(asked): Body<ChangeIntegration>,
) -> Result<Json<Integration>, ApiError> {
    let found = find(&api, &who, UserRole::Admin, id).await?;
    let (admin, edit) = (&api.host.admin, edit(asked)?);
    let changed = admin.change(&found, &edit, &who.actor()).await;
    let given = edit.settings.unwrap_or_default();
    changed.map_err(|error| at_its_setting(error, &given))?;
    let found = find(&api, &who, UserRole::Admin, id).await?;
    Ok(Json(found.into()))
}

/// Removes an integration with its jobs, runs and raw records. The rows that came of
/// it stay.
#[utoipa::path(delete, path = "/integrations/{id}", tag = "integrations", params(("id" = i64, Path)), responses((status = 204), ApiError))]
pub(crate) async fn remove(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let found = find(&api, &who, UserRole::Admin, id).await?;
    let store = &api.host.store;
    store.remove_integration(found.id, &who.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
