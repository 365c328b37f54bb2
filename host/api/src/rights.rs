//! Who may do what.
//!
//! What belongs to a tenant of which somebody may see nothing is not there for them:
//! 404. What they may see and not do is 403.

use runnel_model::TenantId;
use runnel_store::{Actor, Grant, Scope, SecretDigest, UsedToken, User, UserRole};

use crate::problem::ApiError;

/// What somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rights(Vec<Grant>);

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub(crate) user: User,
    pub(crate) rights: Rights,
    /// The session of a browser; none: a token.
    pub(crate) session: Option<SecretDigest>,
    /// The token of a program.
    pub(crate) token: Option<UsedToken>,
}

impl Rights {
    pub(crate) fn new(grants: Vec<Grant>) -> Self {
        Self(grants)
    }

    pub(crate) fn grants(&self) -> &[Grant] {
        &self.0
    }

    /// The role for a tenant.
    pub(crate) fn of(&self, tenant: TenantId) -> Option<UserRole> {
        let counts = |grant: &&Grant| grant.tenant.is_none_or(|own| own == tenant);
        self.0.iter().filter(counts).map(|grant| grant.role).max()
    }

    /// The role for every tenant.
    pub(crate) fn everywhere(&self) -> Option<UserRole> {
        let all = self.0.iter().filter(|grant| grant.tenant.is_none());
        all.map(|grant| grant.role).max()
    }

    /// The tenants for which the role is at least this.
    pub(crate) fn scope(&self, role: UserRole) -> Scope {
        if self.everywhere().is_some_and(|own| own >= role) {
            return Scope::All;
        }
        let own = self.0.iter().filter(|grant| grant.role >= role);
        Scope::Only(own.filter_map(|grant| grant.tenant).collect())
    }

    /// What both allow.
    pub(crate) fn within(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        for own in &self.0 {
            for its in &other.0 {
                let tenant = match (own.tenant, its.tenant) {
                    (None, tenant) | (tenant, None) => tenant,
                    (Some(a), Some(b)) if a == b => Some(a),
                    _ => continue,
                };
                let role = own.role.min(its.role);
                both.push(Grant { tenant, role });
            }
        }
        Self(both)
    }

    /// Whether all of these are allowed.
    pub(crate) fn cover(&self, grants: &[Grant]) -> bool {
        grants.iter().all(|grant| {
            let own = match grant.tenant {
                Some(tenant) => self.of(tenant),
                None => self.everywhere(),
            };
            own.is_some_and(|own| own >= grant.role)
        })
    }
}

impl Who {
    /// For the audit log.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            name: self.user.name.clone(),
            token: self.token.clone(),
        }
    }

    /// Whose data may be seen.
    pub(crate) fn sees(&self) -> Scope {
        self.rights.scope(UserRole::Viewer)
    }

    /// # Errors
    /// [`ApiError::NoSuch`] of `what` where nothing of the tenant may be seen, and
    /// [`ApiError::Forbidden`] where the role is too low.
    pub(crate) fn may(
        &self,
        role: UserRole,
        tenant: TenantId,
        what: impl FnOnce() -> String,
    ) -> Result<(), ApiError> {
        match self.rights.of(tenant) {
            None => Err(ApiError::NoSuch(what())),
            Some(own) if own < role => Err(too_low(role, "of the tenant")),
            Some(_) => Ok(()),
        }
    }

    /// The one thing that was found for them, if they may do this with it.
    ///
    /// # Errors
    /// Those of [`Self::may`], and [`ApiError::NoSuch`] of `what` where nothing was found.
    pub(crate) fn the_one<T>(
        &self,
        role: UserRole,
        mut found: Vec<T>,
        tenant: impl FnOnce(&T) -> TenantId,
        what: impl Fn() -> String,
    ) -> Result<T, ApiError> {
        let found = found.pop().ok_or_else(|| ApiError::NoSuch(what()))?;
        self.may(role, tenant(&found), what)?;
        Ok(found)
    }

    /// # Errors
    /// [`ApiError::Forbidden`] where the role for all tenants is too low.
    pub(crate) fn may_everywhere(&self, role: UserRole) -> Result<(), ApiError> {
        match self.rights.everywhere() {
            Some(own) if own >= role => Ok(()),
            _ => Err(too_low(role, "of all tenants")),
        }
    }

    /// A change that is a browser's alone.
    pub(crate) fn in_person(&self) -> Result<&SecretDigest, ApiError> {
        self.session.as_ref().ok_or_else(|| {
            ApiError::Forbidden("a token cannot do this: sign in with the password".to_owned())
        })
    }
}

fn too_low(role: UserRole, whose: &str) -> ApiError {
    ApiError::Forbidden(format!("the role {} {whose} is needed", role.word()))
}

#[cfg(test)]
mod tests {
    use super::{Grant, Rights, Scope, TenantId, UserRole};

    fn rights(grants: &[(Option<i64>, UserRole)]) -> Rights {
        let grant = |(tenant, role): &(Option<i64>, UserRole)| Grant {
            tenant: tenant.map(TenantId),
            role: *role,
        };
        Rights::new(grants.iter().map(grant).collect())
    }

    #[test]
    fn the_greater_of_two_roles_counts() {
        let own = rights(&[(None, UserRole::Viewer), (Some(1), UserRole::Admin)]);
        assert_eq!(own.of(TenantId(1)), Some(UserRole::Admin));
        assert_eq!(own.of(TenantId(2)), Some(UserRole::Viewer));
        assert_eq!(own.scope(UserRole::Viewer), Scope::All);
        assert_eq!(
            own.scope(UserRole::Operator),
            Scope::Only(vec![TenantId(1)])
        );
    }

    #[test]
    fn nobody_without_a_grant_sees_anything() {
        let own = rights(&[]);
        assert_eq!(own.scope(UserRole::Viewer), Scope::Only(vec![]));
        assert_eq!(own.of(TenantId(1)), None);
    }

    #[test]
    fn a_token_may_no_more_than_its_user() {
        let user = rights(&[(Some(1), UserRole::Operator), (Some(2), UserRole::Viewer)]);
        let token = rights(&[(None, UserRole::Admin)]).within(&user);
        assert_eq!(token.of(TenantId(1)), Some(UserRole::Operator));
        assert_eq!(token.of(TenantId(2)), Some(UserRole::Viewer));
        assert_eq!(token.everywhere(), None);
        let narrow = rights(&[(Some(2), UserRole::Admin)]).within(&user);
        assert_eq!(narrow.of(TenantId(1)), None);
        assert_eq!(narrow.of(TenantId(2)), Some(UserRole::Viewer));
    }

    #[test]
    fn nobody_gives_away_what_they_have_not() {
        let own = rights(&[(Some(1), UserRole::Admin)]);
        let grant = |tenant: Option<i64>| Grant {
            tenant: tenant.map(TenantId),
            role: UserRole::Viewer,
        };
        assert!(own.cover(&[grant(Some(1))]));
        assert!(!own.cover(&[grant(Some(1)), grant(Some(2))]));
        assert!(!own.cover(&[grant(None)]));
    }
}
