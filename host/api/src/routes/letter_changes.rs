//! What is done about dead letters.

use axum::{Json, extract::State};
use runnel_control::dry_run as try_out;
use runnel_model::{IntegrationId, Name};
use runnel_store::{DeadLetterFilter, DeadLetterRow, LettersWanted, Scope, UserRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::versions::version;
use crate::{extract::Body, problem::ApiError, rights::Who, state::Api};

/// A dry run is of so many.
const TRIED: u32 = 100;
/// The most ids of a request.
const IDS: usize = 1_000;

/// Which dead letters: one condition at least. All that are there have to hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    ids: Option<Vec<i64>>,
    fingerprint: Option<String>,
    tenant: Option<String>,
    /// The integration's id.
    integration: Option<i64>,
    stream: Option<String>,
    /// Whether all of them will do.
    all: Option<bool>,
}

/// Which dead letters, and which version of the plugin that made them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DryRun {
    version: String,
    ids: Option<Vec<i64>>,
    fingerprint: Option<String>,
    tenant: Option<String>,
    /// The integration's id.
    integration: Option<i64>,
    stream: Option<String>,
}

/// What is done with dead letters.
#[derive(Clone, Copy)]
enum Fate {
    /// Their records are transformed again.
    Replayed,
    /// They are removed.
    Dropped,
}

/// How many.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Count {
    count: u64,
}

/// What would become of dead letters.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TriedLetters {
    items: Vec<TriedLetter>,
}

/// What would become of a dead letter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TriedLetter {
    id: i64,
    /// Whether its record would be mapped.
    ok: bool,
    /// Why not.
    #[schema(required)]
    error: Option<String>,
    /// What would come of it.
    #[schema(value_type = Value, required)]
    changes: serde_json::Value,
}

/// What is asked for, and of whom: a filter for each tenant, or one for all.
async fn filters(api: &Api, who: &Who, which: &Which) -> Result<(Scope, LettersWanted), ApiError> {
    if which.ids.as_ref().is_some_and(Vec::is_empty) {
        return Err(ApiError::field(
            "ids",
            "none is named: leave it out, or name one",
        ));
    }
    let ids = which.ids.clone().unwrap_or_default();
    let is_any = which.ids.is_some()
        || which.fingerprint.is_some()
        || which.tenant.is_some()
        || which.stream.is_some()
        || which.integration.is_some()
        || which.all == Some(true);
    if !is_any {
        return Err(ApiError::field(
            "ids",
            "say which: ids, fingerprint, tenant, stream, integration or all",
        ));
    }
    if ids.len() > IDS {
        return Err(ApiError::field(
            "ids",
            format!("{IDS} at most are expected"),
        ));
    }
    let scope = api
        .scope(who, UserRole::Operator, which.tenant.as_deref())
        .await?;
    let wanted = LettersWanted {
        ids,
        integration: which.integration.map(IntegrationId),
        stream: which.stream.clone(),
        fingerprint: which.fingerprint.clone(),
    };
    all_there(api, who, &scope, &wanted).await?;
    if scope == Scope::Only(Vec::new()) {
        return Err(match who.sees() {
            Scope::Only(own) if own.is_empty() => ApiError::NoSuch("dead letter".to_owned()),
            _ => ApiError::Forbidden("the role operator of the tenant is needed".to_owned()),
        });
    }
    Ok((scope, wanted))
}

/// Each id has to be one that may be seen, and changed.
async fn all_there(
    api: &Api,
    who: &Who,
    scope: &Scope,
    wanted: &LettersWanted,
) -> Result<(), ApiError> {
    let ids = LettersWanted {
        ids: wanted.ids.clone(),
        ..LettersWanted::default()
    };
    if ids.ids.is_empty() {
        return Ok(());
    }
    let store = &api.host.store;
    let most = IDS as u32;
    let seen = store
        .letters_page(&who.sees(), &ids, i64::MAX, most)
        .await?;
    for id in &ids.ids {
        let found = seen.iter().find(|seen| seen.letter.id == *id);
        let found = found.ok_or_else(|| ApiError::NoSuch(format!("dead letter {id}")))?;
        if !scope.has(found.letter.tenant) {
            let what = || format!("dead letter {id}");
            who.may(UserRole::Operator, found.letter.tenant, what)?;
            return Err(ApiError::NoSuch(what()));
        }
    }
    Ok(())
}

/// The filters of the store: one for each tenant of a scope.
fn stored(scope: &Scope, wanted: &LettersWanted) -> Result<Vec<DeadLetterFilter>, ApiError> {
    let stream = match &wanted.stream {
        None => None,
        Some(stream) => Some(Name::new(stream).map_err(|e| ApiError::field("stream", e))?),
    };
    let filter = |tenant| DeadLetterFilter {
        ids: wanted.ids.clone(),
        tenant,
        integration: wanted.integration,
        stream: stream.clone(),
        fingerprint: wanted.fingerprint.clone(),
    };
    Ok(match scope {
        Scope::All => vec![filter(None)],
        Scope::Only(tenants) => tenants.iter().map(|tenant| filter(Some(*tenant))).collect(),
    })
}

/// Does it with all of them.
async fn all_of(api: &Api, who: &Who, which: &Which, fate: Fate) -> Result<Json<Count>, ApiError> {
    let (scope, wanted) = filters(api, who, which).await?;
    let (store, by) = (&api.host.store, who.actor());
    let mut count = 0;
    for filter in stored(&scope, &wanted)? {
        count += match fate {
            Fate::Replayed => store.replay_dead_letters(&filter, &by).await?,
            Fate::Dropped => store.drop_dead_letters(&filter, &by).await?,
        };
    }
    Ok(Json(Count { count }))
}

/// Has the records transformed again, and removes the letters: one that fails again
/// gets a new one.
#[utoipa::path(post, path = "/dead-letters/replay", tag = "dead letters", request_body = Which, responses((status = 200, body = Count), ApiError))]
pub(crate) async fn replay(
    State(api): State<Api>,
    who: Who,
    Body(which): Body<Which>,
) -> Result<Json<Count>, ApiError> {
    all_of(&api, &who, &which, Fate::Replayed).await
}

/// Removes dead letters; the raw records stay.
#[utoipa::path(post, path = "/dead-letters/drop", tag = "dead letters", request_body = Which, responses((status = 200, body = Count), ApiError))]
pub(crate) async fn drop_them(
    State(api): State<Api>,
    who: Who,
    Body(which): Body<Which>,
) -> Result<Json<Count>, ApiError> {
    all_of(&api, &who, &which, Fate::Dropped).await
}

/// What a version of the plugin that made them would make of the newest hundred.
/// Nothing is written.
#[utoipa::path(post, path = "/dead-letters/dry-run", tag = "dead letters", request_body = DryRun, responses((status = 200, body = TriedLetters), ApiError))]
pub(crate) async fn dry_run(
    State(api): State<Api>,
    who: Who,
    Body(asked): Body<DryRun>,
) -> Result<Json<TriedLetters>, ApiError> {
    let which = Which {
        ids: asked.ids,
        fingerprint: asked.fingerprint,
        tenant: asked.tenant,
        integration: asked.integration,
        stream: asked.stream,
        all: None,
    };
    let (scope, wanted) = filters(&api, &who, &which).await?;
    let host = &api.host;
    let found = host
        .store
        .letters_page(&scope, &wanted, i64::MAX, TRIED)
        .await?;
    let letters: Vec<DeadLetterRow> = found.into_iter().map(|seen| seen.letter).collect();
    let Some(first) = letters.first() else {
        return Ok(Json(TriedLetters { items: Vec::new() }));
    };
    if letters.iter().any(|letter| letter.plugin != first.plugin) {
        return Err(ApiError::field(
            "ids",
            "they were made by several plugins: choose those of one",
        ));
    }
    let plugin = Name::new(&*first.plugin).map_err(|e| ApiError::field("ids", e))?;
    let version = version(plugin, &asked.version)?;
    let with = (&host.sandbox, &host.signers);
    let tried = try_out(&*host.store, with, &version, &letters).await?;
    let item = |tried: runnel_control::Tried| {
        let (error, changes) = match tried.outcome {
            Ok(changes) => (None, changes),
            Err(error) => (Some(error), serde_json::Value::Null),
        };
        TriedLetter {
            id: tried.letter,
            ok: error.is_none(),
            error,
            changes,
        }
    };
    let items = tried.into_iter().map(item).collect();
    Ok(Json(TriedLetters { items }))
}
