//! Versions: activated, rolled back, retired.

use axum::{Json, extract::State};
use runnel_model::{Name, PluginVersion};
use runnel_store::{Known, Switch as Done, TrialId, UserRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::{Body, Named},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// A version, and for whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Activate {
    version: String,
    /// Absent: every tenant that has no activation of its own.
    tenant: Option<String>,
    /// The id of the trial after which it is done: refused where that does not go on any
    /// more.
    trial: Option<i64>,
}

/// For whom, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RollBack {
    /// Absent: every tenant that has no activation of its own.
    tenant: Option<String>,
    /// The id of the trial that is meant: it alone is broken off, and refused where it
    /// does not go on any more.
    trial: Option<i64>,
    /// Why, for the audit log.
    #[schema(max_length = 1000)]
    reason: Option<String>,
}

/// The most characters of a reason.
const REASON: usize = 1_000;

/// A version.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retire {
    version: String,
}

/// What was active before, and what is now; null: no version of the database.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Switch {
    #[schema(required)]
    from: Option<String>,
    #[schema(required)]
    to: Option<String>,
    /// The version whose trial was broken off. Then what is active stays.
    #[schema(required)]
    trial: Option<String>,
}

impl From<Done> for Switch {
    fn from(done: Done) -> Self {
        Self {
            from: done.from,
            to: done.to,
            trial: done.trial,
        }
    }
}

/// The name of a plugin: what is none is no plugin's.
pub(crate) fn plugin(name: &str) -> Result<Name, ApiError> {
    Name::new(name).map_err(|_| ApiError::NoSuch(format!("plugin {name:?}")))
}

/// The plugin of this name, if the database has it.
async fn known(api: &Api, name: &str) -> Result<Name, ApiError> {
    let plugin = plugin(name)?;
    let store = &api.host.store;
    if !store.versions(Some(&plugin)).await?.is_empty() {
        return Ok(plugin);
    }
    let all = store.versions(None).await?;
    let mut names: Vec<String> = all
        .iter()
        .map(|row| row.version.plugin.to_string())
        .collect();
    names.dedup();
    Err(ApiError::NoSuch(format!(
        "plugin {name:?} in the database; there are: {}",
        Known(names)
    )))
}

/// A version of a plugin.
pub(crate) fn version(plugin: Name, version: &str) -> Result<PluginVersion, ApiError> {
    PluginVersion::new(plugin, version).map_err(|error| ApiError::field("version", error))
}

/// Makes a version the active one: for all tenants, or for one.
#[utoipa::path(post, path = "/plugins/{name}/activate", tag = "plugins", params(("name" = String, Path)), request_body = Activate, responses((status = 200, body = Switch), ApiError))]
pub(crate) async fn activate(
    State(api): State<Api>,
    who: Who,
    Named(name): Named,
    Body(asked): Body<Activate>,
) -> Result<Json<Switch>, ApiError> {
    let tenant = api
        .whom(&who, UserRole::Admin, asked.tenant.as_deref())
        .await?;
    let version = version(known(&api, &name).await?, &asked.version)?;
    let (store, by) = (&api.host.store, who.actor());
    let done = match asked.trial {
        None => store.activate(&version, tenant, &by).await?,
        Some(trial) => store.promote(TrialId(trial), &version, tenant, &by).await?,
    };
    Ok(Json(done.into()))
}

/// Breaks off the trial that goes on; where there is none, takes the last activation
/// back.
#[utoipa::path(post, path = "/plugins/{name}/rollback", tag = "plugins", params(("name" = String, Path)), request_body = RollBack, responses((status = 200, body = Switch), ApiError))]
pub(crate) async fn roll_back(
    State(api): State<Api>,
    who: Who,
    Named(name): Named,
    Body(asked): Body<RollBack>,
) -> Result<Json<Switch>, ApiError> {
    let tenant = api
        .whom(&who, UserRole::Admin, asked.tenant.as_deref())
        .await?;
    let why = asked.reason.as_deref().filter(|why| !why.is_empty());
    if why.is_some_and(|why| why.chars().count() > REASON) {
        let words = format!("{REASON} characters at most are expected");
        return Err(ApiError::field("reason", words));
    }
    let plugin = known(&api, &name).await?;
    let (store, by) = (&api.host.store, who.actor());
    let done = match asked.trial {
        None => store.roll_back(&plugin, tenant, why, &by).await?,
        Some(trial) => {
            let of = (&plugin, tenant);
            store.end_trial(TrialId(trial), of, why, &by).await?
        }
    };
    Ok(Json(done.into()))
}

/// Sees to it that a version is not activated again.
#[utoipa::path(post, path = "/plugins/{name}/retire", tag = "plugins", params(("name" = String, Path)), request_body = Retire, responses((status = 200, body = Switch), ApiError))]
pub(crate) async fn retire(
    State(api): State<Api>,
    who: Who,
    Named(name): Named,
    Body(asked): Body<Retire>,
) -> Result<Json<Switch>, ApiError> {
    who.may_everywhere(UserRole::Admin)?;
    let version = version(known(&api, &name).await?, &asked.version)?;
    api.host.store.retire(&version, &who.actor()).await?;
    Ok(Json(Switch::default()))
}
