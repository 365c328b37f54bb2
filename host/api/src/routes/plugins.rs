//! Plugins: which versions there are, and more of them.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json,
    extract::{Request, State},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, StatusCode, header};
use runnel_control::{AtWork, Upload, install_upload};
use runnel_model::Name;
use runnel_signatures::Signature;
use runnel_store::{PluginKind, Scope, Store, TrialRow, TrialState, UserRole, VersionRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{Params, whole},
    instant::{Instant, maybe},
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// A plugin, with its versions, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Plugin {
    name: String,
    kind: Kind,
    source: String,
    /// What a transform maps.
    #[schema(required)]
    entity: Option<String>,
    versions: Vec<Version>,
}

/// What a plugin is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PluginKind)]
pub(crate) enum Kind {
    Source,
    Transform,
}

/// A version of a plugin.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Version {
    version: String,
    digest: String,
    /// Of the component, in bytes; 0 for one of the folder.
    size: u64,
    signed: bool,
    /// The key that its signature names; whether it is right is for the hosts.
    #[schema(required)]
    signed_by: Option<String>,
    /// Whether its bytes may be replaced.
    dev: bool,
    retired: bool,
    #[schema(required)]
    installed_at: Option<Instant>,
    from: Place,
    /// Whether it does the work for tenants without a version of their own.
    active: bool,
    /// The tenants for which it is active by an activation of their own.
    tenants: Vec<String>,
    trials: Vec<TrialOf>,
}

/// Where a component is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = VersionFrom)]
pub(crate) enum Place {
    Database,
    Folder,
}

/// How a version is tried.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialOf {
    id: i64,
    kind: super::trials::Kind,
    #[schema(required)]
    percent: Option<u8>,
    #[schema(required)]
    tenant: Option<String>,
}

/// A version that was installed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InstalledVersion {
    plugin: String,
    /// What came of it: `new`, `already_there`, `restored` or `replaced`.
    installation: &'static str,
    #[serde(flatten)]
    version: Version,
}

/// Which plugins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// That of this name.
    name: Option<String>,
}

/// How to install.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// Whether it may take the place of other bytes of the same version.
    dev: Option<bool>,
}

/// Whether a tenant's name may be told.
struct Told {
    all: bool,
    names: BTreeSet<String>,
}

impl Told {
    async fn of(api: &Api, who: &Who) -> Result<Self, ApiError> {
        let scope = who.sees();
        let Scope::Only(own) = &scope else {
            return Ok(Self {
                all: true,
                names: BTreeSet::new(),
            });
        };
        let tenants = api.host.store.tenants().await?;
        let own = tenants
            .into_iter()
            .filter(|tenant| own.contains(&tenant.id));
        Ok(Self {
            all: false,
            names: own.map(|tenant| tenant.name).collect(),
        })
    }

    fn is_told(&self, tenant: &str) -> bool {
        self.all || self.names.contains(tenant)
    }
}

fn version(row: &VersionRow, trials: &[TrialRow], told: &Told) -> Version {
    let own = |trial: &&TrialRow| {
        trial.state == TrialState::Running
            && trial.version == row.version
            && trial
                .tenant
                .as_deref()
                .is_none_or(|tenant| told.is_told(tenant))
    };
    let tenants = row.tenants.iter().filter(|tenant| told.is_told(tenant));
    Version {
        version: row.version.version.clone(),
        digest: row.digest.to_string(),
        size: row.size,
        signed: row.signature.is_some(),
        signed_by: signer(row),
        dev: row.dev,
        retired: row.retired,
        installed_at: maybe(Some(row.installed_at)),
        from: Place::Database,
        active: row.active,
        tenants: tenants.cloned().collect(),
        trials: trials.iter().filter(own).map(tried).collect(),
    }
}

fn signer(row: &VersionRow) -> Option<String> {
    let signature: Signature = row.signature.as_deref()?.parse().ok()?;
    Some(signature.key().to_string())
}

fn tried(trial: &TrialRow) -> TrialOf {
    let (kind, percent) = super::trials::kind(trial.kind);
    TrialOf {
        id: trial.id.0,
        kind,
        percent,
        tenant: trial.tenant.clone(),
    }
}

/// A component of the folder, where no version of the database does the work.
fn of_folder(own: &AtWork) -> Version {
    Version {
        version: own.version.clone(),
        digest: own.digest.to_string(),
        size: 0,
        signed: false,
        signed_by: None,
        dev: false,
        retired: false,
        installed_at: None,
        from: Place::Folder,
        active: true,
        tenants: Vec::new(),
        trials: Vec::new(),
    }
}

/// All plugins: those of the database, and those of the folder that do the work.
async fn all(api: &Api, who: &Who) -> Result<Vec<Plugin>, ApiError> {
    let told = Told::of(api, who).await?;
    let rows = api.host.store.versions(None).await?;
    let trials = api.host.store.trials(None).await?;
    let mut plugins: BTreeMap<String, Plugin> = BTreeMap::new();
    for row in &rows {
        let name = row.version.plugin.to_string();
        let plugin = plugins.entry(name.clone()).or_insert_with(|| Plugin {
            name,
            kind: match row.purpose.kind {
                PluginKind::Source => Kind::Source,
                PluginKind::Transform => Kind::Transform,
            },
            source: row.purpose.source.to_string(),
            entity: row.purpose.entity.as_ref().map(ToString::to_string),
            versions: Vec::new(),
        });
        plugin.versions.push(version(row, &trials, &told));
    }
    // By what the database says, as the rows: what this host does by now may be what
    // was active a moment ago.
    for own in api.host.admin.in_folder() {
        let is_replaced = |row: &VersionRow| {
            row.active && (&row.purpose.source, &row.purpose.entity) == (&own.source, &own.entity)
        };
        if rows.iter().any(is_replaced) {
            continue;
        }
        let name = own.name.to_string();
        let plugin = plugins.entry(name.clone()).or_insert_with(|| Plugin {
            name,
            kind: match own.entity {
                None => Kind::Source,
                Some(_) => Kind::Transform,
            },
            source: own.source.to_string(),
            entity: own.entity.as_ref().map(ToString::to_string),
            versions: Vec::new(),
        });
        plugin.versions.push(of_folder(&own));
    }
    Ok(plugins.into_values().collect())
}

/// Plugins, by name.
#[utoipa::path(get, path = "/plugins", tag = "plugins", params(Wanted, Paging), responses((status = 200, body = Page<Plugin>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(wanted): Params<Wanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Plugin>>, ApiError> {
    let (after, limit) = (paging.after()?, paging.limit()?);
    let mut found = all(&api, &who).await?;
    let is_wanted = |name: &str| wanted.name.as_deref().is_none_or(|own| own == name);
    found.retain(|plugin| plugin.name > after.name && is_wanted(&plugin.name));
    found.truncate(limit as usize + 1);
    let key = |plugin: &Plugin| (plugin.name.clone(), 0);
    Ok(Json(page(found, limit, key, |plugin| plugin)))
}

/// Installs a version: the body is the component, `Runnel-Signature` its signature
/// (the text of minisign's file, in Base64). What runs stays as it is.
#[utoipa::path(
    post, path = "/plugins", tag = "plugins",
    params(How, ("Runnel-Signature" = Option<String>, Header)),
    request_body(content = Vec<u8>, content_type = "application/wasm"),
    responses((status = 201, body = InstalledVersion), ApiError),
)]
pub(crate) async fn install(
    State(api): State<Api>,
    who: Who,
    Params(how): Params<How>,
    request: Request,
) -> Result<(StatusCode, Json<InstalledVersion>), ApiError> {
    who.may_everywhere(UserRole::Admin)?;
    let (parts, body) = request.into_parts();
    check_type(&parts.headers)?;
    let signature = signature(&parts.headers)?;
    let host = &api.host;
    let bytes = whole(body, host.sandbox.limits().component).await?;
    let upload = Upload::new(
        bytes.into(),
        signature,
        how.dev.unwrap_or(false),
        host.signers.clone(),
    );
    let done = install_upload(&*host.store, &host.sandbox, upload, &who.actor()).await?;
    let installed = find(&*host.store, &done.version.plugin).await?;
    let row = installed
        .into_iter()
        .find(|row| row.version == done.version)
        .ok_or(ApiError::Broken)?;
    let told = Told::of(&api, &who).await?;
    let installed = InstalledVersion {
        plugin: row.version.plugin.to_string(),
        installation: done.installation.word(),
        version: version(&row, &[], &told),
    };
    Ok((StatusCode::CREATED, Json(installed)))
}

fn check_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    match kind {
        Some("application/wasm" | "application/octet-stream") => Ok(()),
        _ => Err(ApiError::OtherType("application/wasm")),
    }
}

fn signature(headers: &HeaderMap) -> Result<Option<Signature>, ApiError> {
    let Some(header) = headers.get("runnel-signature") else {
        return Ok(None);
    };
    let wrong = |words: String| ApiError::field("Runnel-Signature", words);
    let text = BASE64_STANDARD.decode(header.as_bytes()).ok();
    let text = text.and_then(|text| String::from_utf8(text).ok());
    let text = text.ok_or_else(|| wrong("text in Base64 is expected".to_owned()))?;
    let signature = text.parse::<Signature>();
    signature
        .map(Some)
        .map_err(|error| wrong(error.to_string()))
}

/// The versions of a plugin.
pub(crate) async fn find(store: &dyn Store, plugin: &Name) -> Result<Vec<VersionRow>, ApiError> {
    Ok(store.versions(Some(plugin)).await?)
}
