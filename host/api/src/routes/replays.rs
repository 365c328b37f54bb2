//! Replays: stored records mapped and loaded again.

use axum::{Json, extract::State as Shared};
use http::StatusCode;
use runnel_model::{Name, PluginVersion};
use runnel_store::{
    Known, Maker, Micros, NewReplay as New, ReplayId, ReplayPart, ReplayRow, ReplayState, Scope,
    UserRole, Window,
};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::ToSchema;

use super::{
    grants::Names,
    runs::{Counters, State as RunWord},
};
use crate::{
    extract::{Body, Id, Params},
    instant::{Instant, maybe},
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// A replay.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Replay {
    id: i64,
    source: String,
    entity: String,
    /// Whose records; null: every tenant's.
    #[schema(required)]
    tenant: Option<String>,
    #[schema(required)]
    tenant_id: Option<i64>,
    /// The version that maps them; null: whichever is active.
    #[schema(required)]
    plugin: Option<String>,
    #[schema(required)]
    version: Option<String>,
    /// The digest of the component whose rows it is about; null: whichever made them.
    #[schema(required)]
    digest: Option<String>,
    #[schema(required)]
    since: Option<Instant>,
    #[schema(required)]
    until: Option<Instant>,
    state: State,
    /// The records that it is about.
    total: u64,
    /// Those whose transform was queued.
    queued: u64,
    /// Those that were mapped.
    done: u64,
    /// Rows that were written.
    loaded: u64,
    /// Rows that were already so.
    unchanged: u64,
    /// Records that became dead letters.
    dead: u64,
    created_at: Instant,
    #[schema(required)]
    finished_at: Option<Instant>,
    parts: Vec<Part>,
}

/// Where a replay is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReplayState)]
pub(crate) enum State {
    Running,
    Paused,
    Succeeded,
    Failed,
    Cancelled,
}

/// A replay of one integration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Part {
    run: i64,
    integration: String,
    tenant: String,
    state: RunWord,
    total: u64,
    queued: u64,
    /// Those that were mapped.
    done: u64,
    counters: Counters,
}

/// A replay with what went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WholeReplay {
    #[serde(flatten)]
    replay: Replay,
    /// What went wrong for good.
    problems: Vec<String>,
}

/// Which records are to be mapped again, and by what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReplay {
    /// The entity type.
    entity: String,
    /// Absent: the one source that has the entity type.
    source: Option<String>,
    /// Absent: every tenant's.
    tenant: Option<String>,
    /// `2.0.0`, or `github_prs@2.0.0`; absent: whichever is active.
    version: Option<String>,
    /// Records that were read then or later.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// And before then.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Only those whose rows the component of this digest made.
    digest: Option<String>,
}

impl From<ReplayState> for State {
    fn from(state: ReplayState) -> Self {
        match state {
            ReplayState::Running => Self::Running,
            ReplayState::Paused => Self::Paused,
            ReplayState::Succeeded => Self::Succeeded,
            ReplayState::Failed => Self::Failed,
            ReplayState::Cancelled => Self::Cancelled,
        }
    }
}

fn shown(names: &Names, row: ReplayRow) -> Replay {
    let of = &row.of;
    let part = |part: &ReplayPart| Part {
        run: part.run.0,
        integration: part.integration.clone(),
        tenant: part.tenant.clone(),
        state: part.state.into(),
        total: part.total,
        queued: part.queued,
        done: part.done(),
        counters: Counters::of(&part.counters, part.failed),
    };
    Replay {
        id: row.id.0,
        source: of.source.to_string(),
        entity: of.entity.to_string(),
        tenant: of.tenant.and_then(|tenant| names.of(tenant)),
        tenant_id: of.tenant.map(|tenant| tenant.0),
        plugin: of.version.as_ref().map(|of| of.plugin.to_string()),
        version: of.version.as_ref().map(|of| of.version.clone()),
        digest: of.digest.clone(),
        since: maybe(of.window.since),
        until: maybe(of.window.until),
        state: row.state().into(),
        total: row.sum(|part| part.total),
        queued: row.sum(|part| part.queued),
        done: row.sum(ReplayPart::done),
        loaded: row.sum(|part| part.counters.loaded),
        unchanged: row.sum(|part| part.counters.unchanged),
        dead: row.sum(|part| part.counters.dead),
        created_at: row.created_at.into(),
        finished_at: maybe(row.finished_at),
        parts: row.parts.iter().map(part).collect(),
    }
}

/// Replays, the newest first: those of every tenant's records are for who sees all.
#[utoipa::path(get, path = "/replays", tag = "replays", params(Paging), responses((status = 200, body = Page<Replay>), ApiError))]
pub(crate) async fn list(
    Shared(api): Shared<Api>,
    who: Who,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Replay>>, ApiError> {
    let (before, limit) = (paging.before()?, paging.limit()?);
    let store = &api.host.store;
    let found = store.replays_page(&who.sees(), before, limit + 1).await?;
    let names = Names::read(&api).await?;
    let show = |row| shown(&names, row);
    Ok(Json(page(found, limit, |row| (row.id.0,), show)))
}

/// The replay of this id.
async fn find(api: &Api, who: &Who, role: UserRole, id: i64) -> Result<ReplayRow, ApiError> {
    let what = || format!("replay {id}");
    let mut found = api.host.store.replays(Some(ReplayId(id)), 1).await?;
    let found = found.pop().ok_or_else(|| ApiError::NoSuch(what()))?;
    match (found.of.tenant, who.sees()) {
        (Some(tenant), _) => who.may(role, tenant, what)?,
        (None, Scope::All) => who.may_everywhere(role)?,
        (None, Scope::Only(_)) => return Err(ApiError::NoSuch(what())),
    }
    Ok(found)
}

async fn answer(api: &Api, id: i64) -> Result<Replay, ApiError> {
    let found = api.host.store.replays(Some(ReplayId(id)), 1).await?.pop();
    let names = Names::read(api).await?;
    let found = found.ok_or_else(|| ApiError::NoSuch(format!("replay {id}")))?;
    Ok(shown(&names, found))
}

/// What is asked for, of whomever it may be asked.
pub(crate) async fn wanted(api: &Api, who: &Who, asked: NewReplay) -> Result<New, ApiError> {
    let tenant = api
        .whom(who, UserRole::Operator, asked.tenant.as_deref())
        .await?;
    let (source, entity) = entity(api, asked.source.as_deref(), &asked.entity).await?;
    let version = match &asked.version {
        None => None,
        Some(text) => Some(version(api, &entity, text).await?),
    };
    let digest = match &asked.digest {
        None => None,
        Some(text) => Some(digest(api, (&source, &entity), text).await?),
    };
    Ok(New {
        source,
        entity,
        tenant,
        version,
        window: Window {
            since: time("since", asked.since.as_deref())?,
            until: time("until", asked.until.as_deref())?,
        },
        digest,
    })
}

/// Begins a replay of the newest raw record of each thing.
#[utoipa::path(post, path = "/replays", tag = "replays", request_body = NewReplay, responses((status = 201, body = Replay), ApiError))]
pub(crate) async fn start(
    Shared(api): Shared<Api>,
    who: Who,
    Body(asked): Body<NewReplay>,
) -> Result<(StatusCode, Json<Replay>), ApiError> {
    let new = wanted(&api, &who, asked).await?;
    let started = api.host.store.start_replay(&new, &who.actor()).await?;
    let id = started.ok_or_else(|| {
        ApiError::field(
            "entity",
            "there are no such raw records: nothing is replayed",
        )
    })?;
    Ok((StatusCode::CREATED, Json(answer(&api, id.0).await?)))
}

/// An instant of a request.
pub(super) fn time(field: &str, text: Option<&str>) -> Result<Option<Micros>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let instant = OffsetDateTime::parse(text, &Rfc3339).ok();
    let micros = instant.and_then(|at| i64::try_from(at.unix_timestamp_nanos() / 1_000).ok());
    let expected = || ApiError::field(field, "a time is expected, as 2024-03-01T12:00:00Z");
    micros.map(Some).ok_or_else(expected)
}

async fn entity(api: &Api, source: Option<&str>, text: &str) -> Result<(Name, Name), ApiError> {
    let known = api.host.store.entities().await?;
    let mut own = known
        .iter()
        .filter(|(of, entity)| **entity == *text && source.is_none_or(|source| **of == *source));
    match (own.next(), own.next()) {
        (Some(one), None) => Ok(one.clone()),
        (Some(_), Some(_)) => Err(ApiError::field(
            "source",
            "several sources have this entity type: name one",
        )),
        (None, _) => {
            let names = Known(known.iter().map(|(_, entity)| entity.to_string()).collect());
            let words = format!("nothing called so was read; there are: {names}");
            Err(ApiError::field("entity", words))
        }
    }
}

async fn version(api: &Api, entity: &Name, text: &str) -> Result<PluginVersion, ApiError> {
    if text.contains('@') {
        return text.parse().map_err(|e| ApiError::field("version", e));
    }
    let rows = api.host.store.versions(None).await?;
    let mut own = rows
        .into_iter()
        .filter(|row| row.purpose.entity.as_ref() == Some(entity) && row.version.version == text);
    match (own.next(), own.next()) {
        (Some(one), None) => Ok(one.version),
        (Some(_), Some(_)) => Err(ApiError::field(
            "version",
            "several plugins have it: name one, as github_prs@2.0.0",
        )),
        (None, _) => Err(ApiError::field(
            "version",
            "no transform of this entity type has it",
        )),
    }
}

/// The beginning of a digest will do, if no other begins so.
async fn digest(api: &Api, of: (&Name, &Name), text: &str) -> Result<String, ApiError> {
    let wanted = text.to_lowercase();
    let makers = api.host.store.makers(of.0, of.1).await?;
    let mut own = makers
        .iter()
        .filter(|maker| wanted.len() >= 4 && maker.digest.starts_with(&wanted));
    match (own.next(), own.next()) {
        (Some(one), None) => Ok(one.digest.clone()),
        _ => {
            let short = |maker: &Maker| maker.digest.chars().take(12).collect();
            let digests = Known(makers.iter().map(short).collect());
            let words = format!(
                "four digits or more of the digest of one component are expected; there are: {digests}"
            );
            Err(ApiError::field("digest", words))
        }
    }
}

/// A replay.
#[utoipa::path(get, path = "/replays/{id}", tag = "replays", params(("id" = i64, Path)), responses((status = 200, body = WholeReplay), ApiError))]
pub(crate) async fn show(
    Shared(api): Shared<Api>,
    who: Who,
    Id(id): Id,
) -> Result<Json<WholeReplay>, ApiError> {
    let found = find(&api, &who, UserRole::Viewer, id).await?;
    let runs: Vec<_> = found.parts.iter().map(|part| part.run).collect();
    let (_, problems) = api.host.store.findings(&runs).await?;
    Ok(Json(WholeReplay {
        replay: shown(&Names::read(&api).await?, found),
        problems,
    }))
}

/// What is done with a replay.
#[derive(Clone, Copy)]
enum Turn {
    Pause,
    Resume,
    Cancel,
}

async fn turned(api: &Api, who: &Who, id: i64, turn: Turn) -> Result<Json<Replay>, ApiError> {
    find(api, who, UserRole::Operator, id).await?;
    let (store, replay, by) = (&api.host.store, ReplayId(id), who.actor());
    match turn {
        Turn::Pause => store.pause_replay(replay, &by).await?,
        Turn::Resume => store.resume_replay(replay, &by).await?,
        Turn::Cancel => store.cancel_replay(replay, &by).await?,
    }
    answer(api, id).await.map(Json)
}

/// Has a replay queue nothing more.
#[utoipa::path(post, path = "/replays/{id}/pause", tag = "replays", params(("id" = i64, Path)), responses((status = 200, body = Replay), ApiError))]
pub(crate) async fn pause(
    Shared(api): Shared<Api>,
    who: Who,
    Id(id): Id,
) -> Result<Json<Replay>, ApiError> {
    turned(&api, &who, id, Turn::Pause).await
}

/// Has a replay go on.
#[utoipa::path(post, path = "/replays/{id}/resume", tag = "replays", params(("id" = i64, Path)), responses((status = 200, body = Replay), ApiError))]
pub(crate) async fn resume(
    Shared(api): Shared<Api>,
    who: Who,
    Id(id): Id,
) -> Result<Json<Replay>, ApiError> {
    turned(&api, &who, id, Turn::Resume).await
}

/// Gives a replay up: what is mapped is still loaded.
#[utoipa::path(post, path = "/replays/{id}/cancel", tag = "replays", params(("id" = i64, Path)), responses((status = 200, body = Replay), ApiError))]
pub(crate) async fn cancel(
    Shared(api): Shared<Api>,
    who: Who,
    Id(id): Id,
) -> Result<Json<Replay>, ApiError> {
    turned(&api, &who, id, Turn::Cancel).await
}
