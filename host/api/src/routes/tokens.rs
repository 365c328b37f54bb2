//! Tokens for programs: one's own.

use std::time::Duration;

use axum::{Json, extract::State};
use http::StatusCode;
use runnel_secrets::ExposeSecret;
use runnel_store::{ApiToken, NewToken as New};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grants::{self, Grant, Names};
use crate::{
    extract::{Body, Id, Params},
    instant::{Instant, maybe},
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    secrets,
    state::Api,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    id: i64,
    /// What it is called.
    name: String,
    /// What it may do, as far as its user may.
    grants: Vec<Grant>,
    created_at: Instant,
    /// Until when it is good.
    expires_at: Instant,
    /// When it was used last, to the minute.
    #[schema(required)]
    last_used_at: Option<Instant>,
}

/// A token with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeToken {
    #[serde(flatten)]
    token: Token,
    /// What goes behind `Authorization: Bearer`. Null where the request is repeated.
    #[schema(required)]
    secret: Option<String>,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// No more than its user may do.
    #[schema(min_items = 1)]
    grants: Vec<Grant>,
    #[schema(minimum = 1, maximum = 365)]
    expires_in_days: u32,
}

fn show(names: &Names, token: ApiToken) -> Token {
    Token {
        id: token.id,
        grants: names.show(&token.grants),
        name: token.name,
        created_at: token.created_at.into(),
        expires_at: token.expires_at.into(),
        last_used_at: maybe(token.last_used_at),
    }
}

/// One's own tokens.
#[utoipa::path(get, path = "/tokens", tag = "access", params(Paging), responses((status = 200, body = Page<Token>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Token>>, ApiError> {
    let (after, limit) = (paging.position::<(i64,)>()?, paging.limit()?);
    let after = after.map_or(0, |(id,)| id);
    let store = &api.host.store;
    let found = store.api_tokens(who.user.id, after, limit + 1).await?;
    let names = Names::read(&api).await?;
    let key = |token: &ApiToken| (token.id,);
    Ok(Json(page(found, limit, key, |token| show(&names, token))))
}

/// Makes a token. A token makes none.
#[utoipa::path(post, path = "/tokens", tag = "access", request_body = NewToken, responses((status = 201, body = MadeToken), ApiError))]
pub(crate) async fn add(
    State(api): State<Api>,
    who: Who,
    Body(asked): Body<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), ApiError> {
    who.in_person()?;
    if !(1..=100).contains(&asked.name.chars().count()) {
        return Err(ApiError::field("name", "1 to 100 characters are expected"));
    }
    if !(1..=365).contains(&asked.expires_in_days) {
        return Err(ApiError::field("expires_in_days", "1 to 365 is expected"));
    }
    let grants = grants::read(&api, &who, &asked.grants).await?;
    if grants.is_empty() || !who.rights.cover(&grants) {
        return Err(ApiError::field(
            "grants",
            "at least one is expected, and none that you have not yourself",
        ));
    }
    let secret = secrets::fresh(secrets::TOKEN)?;
    let new = New {
        name: asked.name,
        grants,
        secret: secrets::digest(secret.expose_secret()),
        lasts: DAY * asked.expires_in_days,
    };
    let store = &api.host.store;
    let made = store.add_api_token(who.user.id, &new, &who.actor()).await?;
    let token = show(&Names::read(&api).await?, made);
    let secret = Some(secret.expose_secret().to_owned());
    Ok((StatusCode::CREATED, Json(MadeToken { token, secret })))
}

/// Takes a token back.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "access", params(("id" = i64, Path)), responses((status = 204), ApiError))]
pub(crate) async fn remove(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    // Whoever found a token that only reads is not to take the others back.
    who.in_person()?;
    let store = &api.host.store;
    if !store
        .remove_api_token(who.user.id, id, &who.actor())
        .await?
    {
        return Err(ApiError::NoSuch(format!("token {id}")));
    }
    Ok(StatusCode::NO_CONTENT)
}
