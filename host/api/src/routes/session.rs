//! Signing in and out.

use std::{net::IpAddr, time::Duration};

use axum::{
    Json,
    extract::{ConnectInfo, State},
    response::{AppendHeaders, IntoResponse},
};
use http::{HeaderMap, StatusCode, header};
use runnel_secrets::{ExposeSecret, SecretString};
use runnel_store::{Actor, Deed, User, UserChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grants::{Grant, Names};
use crate::{
    connections::Peer,
    extract::Body,
    guard::{SESSION, cookie},
    problem::ApiError,
    proxies::asker,
    rights::Who,
    secrets,
    state::Api,
};

/// Failures are counted over this time.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// By one name so many may fail.
const BY_NAME: u64 = 10;
/// From one address so many may fail: many people may share one.
const BY_ADDRESS: u64 = 100;

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// The name.
    name: String,
    /// What may be done, by this session or token.
    grants: Vec<Grant>,
    /// Whether nothing can be changed through this host.
    read_only: bool,
}

/// A name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    name: String,
    #[schema(value_type = String, format = Password)]
    #[serde(deserialize_with = "secrets::read")]
    password: SecretString,
}

/// The password and the one that it is to become.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    #[schema(value_type = String, format = Password)]
    #[serde(deserialize_with = "secrets::read")]
    old: SecretString,
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 256)]
    #[serde(deserialize_with = "secrets::read")]
    new: SecretString,
}

pub(crate) async fn me(api: &Api, who: &Who) -> Result<Me, ApiError> {
    let scope = who.rights.grants();
    Ok(Me {
        name: who.user.name.clone(),
        grants: Names::read(api).await?.show(scope),
        read_only: api.read_only,
    })
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "access", responses((status = 200, body = Me), ApiError))]
pub(crate) async fn show(State(api): State<Api>, who: Who) -> Result<Json<Me>, ApiError> {
    me(&api, &who).await.map(Json)
}

/// Signs in: the answer sets a cookie.
#[utoipa::path(post, path = "/session", tag = "access", security(()), request_body = SignIn, responses((status = 200, body = Me), ApiError))]
pub(crate) async fn open(
    State(api): State<Api>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    headers: HeaderMap,
    Body(asked): Body<SignIn>,
) -> Result<impl IntoResponse, ApiError> {
    let address = asker(peer.ip(), &headers, &api.trusted_proxies);
    let user = sign_in(&api, address, &asked.name, asked.password).await?;
    begin(&api, &headers, user, StatusCode::OK).await
}

/// Opens a session, and answers with its cookie.
pub(crate) async fn begin(
    api: &Api,
    headers: &HeaderMap,
    user: User,
    status: StatusCode,
) -> Result<impl IntoResponse + use<>, ApiError> {
    let secret = secrets::fresh("")?;
    let secret = secret.expose_secret();
    let digest = secrets::digest(secret);
    api.host.store.sign_in(&user, &digest, SESSION).await?;
    let who = Who {
        rights: crate::rights::Rights::new(user.grants.clone()),
        user,
        session: Some(digest),
        token: None,
    };
    let cookie = cookie(headers, secret)?;
    let me = me(api, &who).await?;
    Ok((
        status,
        AppendHeaders([(header::SET_COOKIE, cookie)]),
        Json(me),
    ))
}

/// The user of a name and a password. Failures are counted before the password is
/// looked at, so that many at once do not get in between.
async fn sign_in(
    api: &Api,
    address: IpAddr,
    name: &str,
    password: SecretString,
) -> Result<User, ApiError> {
    let (by_name, by_address) = (format!("name:{name}"), format!("address:{address}"));
    let store = &api.host.store;
    if name.chars().count() > 64 {
        return Err(unknown());
    }
    for (who, most) in [(&by_name, BY_NAME), (&by_address, BY_ADDRESS)] {
        if store.failures(who, WINDOW).await? >= most {
            tracing::warn!(%address, "sign-ins fail too often");
            return Err(ApiError::TooMany(WINDOW.as_secs()));
        }
    }
    store.note_failure(&[&by_name, &by_address], WINDOW).await?;
    let found = store.user(name).await?;
    let (user, hash) = found.unzip();
    let same = secrets::verify(password, hash).await?;
    match user {
        Some(user) if same && !user.disabled => {
            store.forget_failures(&by_name, &by_address).await?;
            Ok(user)
        }
        user => {
            tracing::info!(%address, "a sign-in failed");
            if let Some(user) = user {
                note_failed(api, address, user).await?;
            }
            Err(unknown())
        }
    }
}

/// A name that is nobody's is not written down: with made-up ones the log, which is
/// kept for ever, could be filled.
async fn note_failed(api: &Api, address: IpAddr, user: User) -> Result<(), ApiError> {
    let deed = Deed {
        action: "session.refuse",
        subject: user.name.clone(),
        tenant: None,
        detail: serde_json::json!({ "address": address }),
    };
    let by = Actor::user(user.name);
    Ok(api.host.store.note_deed(&deed, &by).await?)
}

fn unknown() -> ApiError {
    ApiError::field("password", "the name or the password is not right")
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "access", responses((status = 204), ApiError))]
pub(crate) async fn close(
    State(api): State<Api>,
    headers: HeaderMap,
    who: Who,
) -> Result<impl IntoResponse, ApiError> {
    let session = who.in_person()?;
    api.host.store.sign_out(session, &who.actor()).await?;
    let forget = cookie(&headers, "")?;
    Ok((
        StatusCode::NO_CONTENT,
        AppendHeaders([(header::SET_COOKIE, forget)]),
    ))
}

/// Changes the password. The user's other sessions end.
#[utoipa::path(put, path = "/session/password", tag = "access", request_body = NewPassword, responses((status = 204), ApiError))]
pub(crate) async fn change_password(
    State(api): State<Api>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    headers: HeaderMap,
    who: Who,
    Body(asked): Body<NewPassword>,
) -> Result<StatusCode, ApiError> {
    let session = who.in_person()?;
    secrets::check("new", &asked.new)?;
    let address = asker(peer.ip(), &headers, &api.trusted_proxies);
    let signed_in = sign_in(&api, address, &who.user.name, asked.old).await;
    let user = signed_in.map_err(|error| match error {
        ApiError::Invalid(_) => ApiError::field("old", "it is not the password"),
        other => other,
    })?;
    let change = UserChange {
        password: Some(secrets::hash(asked.new).await?),
        ..UserChange::default()
    };
    let store = &api.host.store;
    store.change_user(&user.name, &change, &who.actor()).await?;
    // All of them have ended; this one goes on.
    store.open_session(user.id, session, SESSION).await?;
    Ok(StatusCode::NO_CONTENT)
}
