//! Who did what.

use axum::{Json, extract::State};
use runnel_store::{EntriesWanted, Entry as Stored, UserRole};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::Params,
    instant::Instant,
    paging::{Page, Paging, page},
    problem::ApiError,
    rights::Who,
    state::Api,
};

/// Something that was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    id: i64,
    at: Instant,
    /// The user who did it.
    actor: String,
    /// The token that they did it with; null: without one.
    #[schema(required)]
    token: Option<UsedToken>,
    /// Such as `plugin.activate`.
    action: String,
    /// To what, such as `github_prs@1.1.0`.
    subject: String,
    /// Whom it concerns alone.
    #[schema(required)]
    tenant: Option<String>,
    /// What else there is to say.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

/// A token that was used, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsedToken {
    id: i64,
    /// What it was called.
    name: String,
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// What this one did.
    actor: Option<String>,
    /// What was done.
    action: Option<String>,
    /// What was done with tokens of this name.
    token: Option<String>,
    /// Whom it concerns alone.
    tenant: Option<String>,
}

/// What was done, the newest first: of the tenants whose admin one is; what concerns
/// no tenant alone is for an admin of all.
#[utoipa::path(get, path = "/audit", tag = "access", params(Wanted, Paging), responses((status = 200, body = Page<Entry>), ApiError))]
pub(crate) async fn list(
    State(api): State<Api>,
    who: Who,
    Params(wanted): Params<Wanted>,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Entry>>, ApiError> {
    let scope = api
        .scope(&who, UserRole::Admin, wanted.tenant.as_deref())
        .await?;
    if scope == runnel_store::Scope::Only(Vec::new()) {
        who.may_everywhere(UserRole::Admin)?;
    }
    let of = EntriesWanted {
        actor: wanted.actor,
        action: wanted.action,
        token: wanted.token,
    };
    let (before, limit) = (paging.before()?, paging.limit()?);
    let store = &api.host.store;
    let found = store.audit_page(&scope, &of, before, limit + 1).await?;
    Ok(Json(page(found, limit, |entry| (entry.id,), show)))
}

fn show(entry: Stored) -> Entry {
    Entry {
        id: entry.id,
        at: entry.at.into(),
        actor: entry.by.name,
        token: entry.by.token.map(|token| UsedToken {
            id: token.id,
            name: token.name,
        }),
        action: entry.action,
        subject: entry.subject,
        tenant: entry.tenant,
        detail: entry.detail,
    }
}
