//! Dead letters: records that could not be mapped or loaded.

use axum::{Json, extract::State};
use runnel_model::IntegrationId;
use runnel_store::{BehindGroup, GroupSeen, LetterSeen, LettersWanted, UserRole};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{Id, Params},
    instant::Instant,
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// A record that could not be mapped or loaded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadLetter {
    id: i64,
    tenant: String,
    integration: String,
    integration_id: i64,
    /// The run that met it.
    run: i64,
    stream: String,
    /// The raw record.
    raw: i64,
    external_id: String,
    plugin: String,
    version: String,
    digest: String,
    /// What is wrong.
    error: String,
    /// Where in the payload.
    #[schema(required)]
    path: Option<String>,
    /// What letters of the same cause have in common.
    fingerprint: String,
    created_at: Instant,
}

/// A dead letter with the payload of its record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WholeLetter {
    #[serde(flatten)]
    letter: DeadLetter,
    /// As it was read.
    #[schema(value_type = Value, required)]
    payload: serde_json::Value,
    /// The same to the byte; null: the raw record is gone.
    #[schema(required)]
    payload_text: Option<String>,
}

/// Dead letters of one tenant, stream and cause.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Group {
    tenant: String,
    fingerprint: String,
    count: u64,
    stream: String,
    /// The plugin and version that made the newest of them.
    plugin: String,
    /// One of the errors.
    error: String,
    newest: Instant,
}

/// Which dead letters.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    tenant: Option<String>,
    /// The integration's id.
    integration: Option<i64>,
    stream: Option<String>,
    fingerprint: Option<String>,
}

impl Wanted {
    fn letters(&self) -> LettersWanted {
        LettersWanted {
            ids: Vec::new(),
            integration: self.integration.map(IntegrationId),
            stream: self.stream.clone(),
            fingerprint: self.fingerprint.clone(),
        }
    }
}

impl From<LetterSeen> for DeadLetter {
    fn from(seen: LetterSeen) -> Self {
        let letter = seen.letter;
        Self {
            id: letter.id,
            tenant: seen.tenant,
            integration: seen.integration,
            integration_id: letter.integration.0,
            run: letter.run.0,
            stream: letter.stream,
            raw: letter.raw.0,
            external_id: letter.external_id,
            plugin: letter.plugin,
            version: letter.version,
            digest: letter.digest,
            error: letter.error,
            path: letter.path,
            fingerprint: letter.fingerprint,
            created_at: letter.created_at.into(),
        }
    }
}

/// Dead letters, the newest first.
#[utoipa::path(get, path = "/dead-letters", tag = "dead letters", params(Wanted, Paging), responses((status = 200, body = Page<DeadLetter>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(wanted): Params<Wanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<DeadLetter>>, ApiError> {
    let scope = api
        .scope(&who, UserRole::Viewer, wanted.tenant.as_deref())
        .await?;
    let (before, limit) = (paging.before()?, paging.limit()?);
    let store = &api.host.store;
    let found = store
        .letters_page(&scope, &wanted.letters(), before, limit + 1)
        .await?;
    let key = |seen: &LetterSeen| (seen.letter.id,);
    Ok(Json(page(found, limit, key, DeadLetter::from)))
}

/// Dead letters by tenant, stream and cause, the largest group first. One whose count
/// changes between two pages moves.
#[utoipa::path(get, path = "/dead-letters/groups", tag = "dead letters", params(Wanted, Paging), responses((status = 200, body = Page<Group>), ApiError))]
pub(crate) async fn groups(
    State(api): State<Api>,
    who: Who,
    Params(wanted): Params<Wanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Group>>, ApiError> {
    let scope = api
        .scope(&who, UserRole::Viewer, wanted.tenant.as_deref())
        .await?;
    let position: Option<(i64, i64)> = paging.position()?;
    let behind = position.map(|(count, newest)| BehindGroup { count, newest });
    let limit = paging.limit()?;
    let store = &api.host.store;
    let found = store
        .letter_groups(&scope, &wanted.letters(), behind, limit + 1)
        .await?;
    let key = |seen: &GroupSeen| (seen.group.count, seen.newest);
    Ok(Json(page(found, limit, key, group)))
}

fn group(GroupSeen { group, tenant, .. }: GroupSeen) -> Group {
    Group {
        tenant,
        fingerprint: group.fingerprint,
        count: group.count,
        stream: group.stream,
        plugin: group.plugin,
        error: group.error,
        newest: group.newest.into(),
    }
}

/// A dead letter with its payload.
#[utoipa::path(get, path = "/dead-letters/{id}", tag = "dead letters", params(("id" = i64, Path)), responses((status = 200, body = WholeLetter), ApiError))]
pub(crate) async fn show(
    State(api): State<Api>,
    who: Who,
    Id(id): Id,
) -> Result<Json<WholeLetter>, ApiError> {
    let wanted = LettersWanted {
        ids: vec![id],
        ..LettersWanted::default()
    };
    let store = &api.host.store;
    let mut found = store
        .letters_page(&who.sees(), &wanted, i64::MAX, 1)
        .await?;
    let found = found
        .pop()
        .ok_or_else(|| ApiError::NoSuch(format!("dead letter {id}")))?;
    let payload = store.payload(found.letter.raw).await?;
    Ok(Json(WholeLetter {
        letter: found.into(),
        payload: json(payload.clone()),
        payload_text: payload,
    }))
}

/// JSON text as JSON; what is none, as text.
pub(crate) fn json(text: Option<String>) -> serde_json::Value {
    let Some(text) = text else {
        return serde_json::Value::Null;
    };
    serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))
}
