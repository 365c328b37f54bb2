//! Users.

use axum::{Json, extract::State};
use http::StatusCode;
use runnel_model::{TITLE, is_title};
use runnel_secrets::SecretString;
use runnel_store::{Changed, NewUser as New, User as Stored, UserChange, UserRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grants::{self, Grant, Names};
use crate::{
    extract::{Body, Named, Params},
    instant::Instant,
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    secrets,
    state::Api,
};

/// A user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    /// The name.
    name: String,
    /// What the user may do.
    grants: Vec<Grant>,
    /// When the user was added.
    created_at: Instant,
    /// Whether the user is shut out.
    disabled: bool,
}

/// A user to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 256)]
    #[serde(deserialize_with = "secrets::read")]
    password: SecretString,
    grants: Vec<Grant>,
}

/// What is to change. Absent: it stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeUser {
    #[schema(value_type = Option<String>, format = Password, min_length = 12, max_length = 256)]
    #[serde(default, deserialize_with = "secrets::read_maybe")]
    password: Option<SecretString>,
    grants: Option<Vec<Grant>>,
    disabled: Option<bool>,
}

fn show(names: &Names, user: Stored) -> User {
    User {
        grants: names.show(&user.grants),
        name: user.name,
        created_at: user.created_at.into(),
        disabled: user.disabled,
    }
}

/// Refuses what is no name of a user, tenant or integration.
pub(crate) fn check_name(field: &str, name: &str) -> Result<(), ApiError> {
    if is_title(name) {
        return Ok(());
    }
    Err(ApiError::field(field, TITLE))
}

/// Users, by name.
#[utoipa::path(get, path = "/users", tag = "access", params(Paging), responses((status = 200, body = Page<User>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<User>>, ApiError> {
    who.may_everywhere(UserRole::Admin)?;
    let (after, limit) = (paging.after()?, paging.limit()?);
    let found = api.host.store.users(&after.name, limit + 1).await?;
    let names = Names::read(&api).await?;
    let key = |user: &Stored| (user.name.clone(), user.id.0);
    Ok(Json(page(found, limit, key, |user| show(&names, user))))
}

/// Adds a user.
#[utoipa::path(post, path = "/users", tag = "access", request_body = NewUser, responses((status = 201, body = User), ApiError))]
pub(crate) async fn add(
    State(api): State<Api>,
    who: Who,
    Body(asked): Body<NewUser>,
) -> Result<(StatusCode, Json<User>), ApiError> {
    who.may_everywhere(UserRole::Admin)?;
    check_name("name", &asked.name)?;
    secrets::check("password", &asked.password)?;
    let new = New {
        grants: grants::read(&api, &who, &asked.grants).await?,
        name: asked.name,
        password: secrets::hash(asked.password).await?,
    };
    if !api.host.store.add_user(&new, &who.actor()).await? {
        return Err(ApiError::Conflict(format!(
            "there is a user {:?} already",
            new.name
        )));
    }
    Ok((StatusCode::CREATED, Json(find(&api, &new.name).await?)))
}

async fn find(api: &Api, name: &str) -> Result<User, ApiError> {
    let found = api.host.store.user(name).await?;
    let (user, _) = found.ok_or_else(|| no_such(name))?;
    Ok(show(&Names::read(api).await?, user))
}

fn no_such(name: &str) -> ApiError {
    ApiError::NoSuch(format!("user {name:?}"))
}

fn said(changed: Changed, name: &str) -> Result<(), ApiError> {
    match changed {
        Changed::Done => Ok(()),
        Changed::NoSuch => Err(no_such(name)),
        Changed::LastAdmin => Err(ApiError::Conflict(
            "nobody would be left who may do everything: make another admin of all tenants first"
                .to_owned(),
        )),
    }
}

/// Changes a user. A new password, or being shut out, ends the user's sessions.
#[utoipa::path(patch, path = "/users/{name}", tag = "access", params(("name" = String, Path)), request_body = ChangeUser, responses((status = 200, body = User), ApiError))]
pub(crate) async fn change(
    State(api): State<Api>,
    who: Who,
    Named(name): Named,
    Body(asked): Body<ChangeUser>,
) -> Result<Json<User>, ApiError> {
    who.may_everywhere(UserRole::Admin)?;
    let mut change = UserChange {
        disabled: asked.disabled,
        ..UserChange::default()
    };
    if let Some(granted) = &asked.grants {
        change.grants = Some(grants::read(&api, &who, granted).await?);
    }
    if let Some(password) = asked.password {
        secrets::check("password", &password)?;
        change.password = Some(secrets::hash(password).await?);
    }
    let store = &api.host.store;
    said(
        store.change_user(&name, &change, &who.actor()).await?,
        &name,
    )?;
    find(&api, &name).await.map(Json)
}

/// Removes a user, with sessions and tokens.
#[utoipa::path(delete, path = "/users/{name}", tag = "access", params(("name" = String, Path)), responses((status = 204), ApiError))]
pub(crate) async fn remove(
    State(api): State<Api>,
    who: Who,
    Named(name): Named,
) -> Result<StatusCode, ApiError> {
    who.may_everywhere(UserRole::Admin)?;
    let removed = api.host.store.remove_user(&name, &who.actor()).await?;
    said(removed, &name)?;
    Ok(StatusCode::NO_CONTENT)
}
