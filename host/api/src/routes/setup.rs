//! The first user.

use axum::{Json, extract::State, response::IntoResponse};
use http::{HeaderMap, StatusCode};
use runnel_secrets::{ExposeSecret, SecretString};
use runnel_store::{Grant, NewUser, UserRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    session::{Me, begin},
    users::check_name,
};
use crate::{extract::Body, problem::ApiError, secrets, state::Api};

/// Whether the first user is still to be made.
#[derive(Serialize, ToSchema)]
pub(crate) struct Needed {
    /// Whether there is no user yet.
    needed: bool,
}

/// The first user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct First {
    /// What the host has printed: the link, or what stands behind its `#`.
    #[schema(value_type = String)]
    #[serde(deserialize_with = "secrets::read")]
    link: SecretString,
    /// The name.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 256)]
    #[serde(deserialize_with = "secrets::read")]
    password: SecretString,
}

/// Whether the first user is still to be made.
#[utoipa::path(get, path = "/setup", tag = "access", security(()), responses((status = 200, body = Needed), ApiError))]
pub(crate) async fn show(State(api): State<Api>) -> Result<Json<Needed>, ApiError> {
    let needed = api.host.store.needs_setup().await?;
    Ok(Json(Needed { needed }))
}

/// Makes the first user, who may do everything, and signs in.
#[utoipa::path(post, path = "/setup", tag = "access", security(()), request_body = First, responses((status = 201, body = Me), ApiError))]
pub(crate) async fn set_up(
    State(api): State<Api>,
    headers: HeaderMap,
    Body(first): Body<First>,
) -> Result<impl IntoResponse, ApiError> {
    let store = &api.host.store;
    let refused = || {
        ApiError::Forbidden(
            "the link is not, or no longer, one that makes the first user".to_owned(),
        )
    };
    // Before a password is hashed for nothing.
    if !store.needs_setup().await? {
        return Err(refused());
    }
    check_name("name", &first.name)?;
    secrets::check("password", &first.password)?;
    let link = first.link.expose_secret();
    let link = link.rsplit('#').next().unwrap_or_default().trim();
    let new = NewUser {
        name: first.name,
        password: secrets::hash(first.password).await?,
        grants: vec![Grant {
            tenant: None,
            role: UserRole::Admin,
        }],
    };
    if !store.set_up(&secrets::digest(link), &new).await? {
        return Err(refused());
    }
    let (user, _) = store.user(&new.name).await?.ok_or(ApiError::Broken)?;
    begin(&api, &headers, user, StatusCode::CREATED).await
}
