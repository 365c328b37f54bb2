//! Tenants: whose data it is.

use axum::{Json, extract::State};
use http::StatusCode;
use runnel_store::{Tenant as Stored, UserRole};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::users::check_name;
use crate::{
    extract::{Body, Params},
    instant::Instant,
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// A tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tenant {
    id: i64,
    name: String,
    created_at: Instant,
}

/// A tenant to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTenant {
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

/// Which tenants.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Whose name has this text in it.
    q: Option<String>,
}

impl From<Stored> for Tenant {
    fn from(tenant: Stored) -> Self {
        Self {
            id: tenant.id.0,
            name: tenant.name,
            created_at: tenant.created_at.into(),
        }
    }
}

/// Tenants, by name.
#[utoipa::path(get, path = "/tenants", tag = "tenants", params(Wanted, Paging), responses((status = 200, body = Page<Tenant>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(wanted): Params<Wanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Tenant>>, ApiError> {
    let (after, limit) = (paging.after()?, paging.limit()?);
    let store = &api.host.store;
    let text = wanted.q.as_deref();
    let found = store
        .tenants_page(&who.sees(), text, &after, limit + 1)
        .await?;
    let key = |tenant: &Stored| (tenant.name.clone(), tenant.id.0);
    Ok(Json(page(found, limit, key, Tenant::from)))
}

/// Adds a tenant; one that is there already is answered as it is.
#[utoipa::path(post, path = "/tenants", tag = "tenants", request_body = NewTenant, responses((status = 201, body = Tenant), ApiError))]
pub(crate) async fn add(
    State(api): State<Api>,
    who: Who,
    Body(asked): Body<NewTenant>,
) -> Result<(StatusCode, Json<Tenant>), ApiError> {
    who.may_everywhere(UserRole::Admin)?;
    check_name("name", &asked.name)?;
    let store = &api.host.store;
    let tenant = store.add_tenant(&asked.name, &who.actor()).await?;
    Ok((StatusCode::CREATED, Json(tenant.into())))
}
