//! Grants, with their tenants' names.

use std::collections::HashMap;

use runnel_model::TenantId;
use runnel_store::{Grant as Stored, UserRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{problem::ApiError, rights::Who, state::Api};

/// How much somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Look.
    Viewer,
    /// Run, replay, cancel, drop.
    Operator,
    /// Configure.
    Admin,
}

/// A role for a tenant, or for all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    /// The tenant's name; null: every tenant, also those to come.
    #[schema(required)]
    pub(crate) tenant: Option<String>,
    /// How much.
    pub(crate) role: Role,
}

impl From<UserRole> for Role {
    fn from(role: UserRole) -> Self {
        match role {
            UserRole::Viewer => Self::Viewer,
            UserRole::Operator => Self::Operator,
            UserRole::Admin => Self::Admin,
        }
    }
}

impl From<Role> for UserRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Operator => Self::Operator,
            Role::Admin => Self::Admin,
        }
    }
}

/// The names of tenants.
pub(crate) struct Names(HashMap<TenantId, String>);

impl Names {
    pub(crate) async fn read(api: &Api) -> Result<Self, ApiError> {
        let tenants = api.host.store.tenants().await?;
        let named = tenants.into_iter().map(|tenant| (tenant.id, tenant.name));
        Ok(Self(named.collect()))
    }

    /// The name of a tenant.
    pub(crate) fn of(&self, tenant: TenantId) -> Option<String> {
        self.0.get(&tenant).cloned()
    }

    /// Grants as they are shown.
    pub(crate) fn show(&self, grants: &[Stored]) -> Vec<Grant> {
        let show = |grant: &Stored| {
            let tenant = match grant.tenant {
                None => None,
                Some(id) => Some(self.0.get(&id)?.clone()),
            };
            Some(Grant {
                tenant,
                role: grant.role.into(),
            })
        };
        grants.iter().filter_map(show).collect()
    }
}

/// Grants as they are stored. A tenant that may not be seen is not there.
pub(crate) async fn read(api: &Api, who: &Who, grants: &[Grant]) -> Result<Vec<Stored>, ApiError> {
    if grants.len() > 1_000 {
        return Err(ApiError::field("grants", "1000 at most are expected"));
    }
    let mut stored: Vec<Stored> = Vec::with_capacity(grants.len());
    for grant in grants {
        let tenant = match &grant.tenant {
            None => None,
            Some(name) => {
                let tenant = api.tenant(who, UserRole::Viewer, name).await;
                Some(tenant.map_err(|e| ApiError::field("grants", e))?.id)
            }
        };
        if stored.iter().any(|other| other.tenant == tenant) {
            return Err(ApiError::field("grants", "a tenant is named twice"));
        }
        let role = grant.role.into();
        stored.push(Stored { tenant, role });
    }
    Ok(stored)
}
