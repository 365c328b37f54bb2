//! Who did what, and when.

use runnel_model::TenantId;
use serde_json::Value;

use super::{Connection, dialect::NOW, sql};
use crate::Actor;

/// What somebody does.
pub(crate) struct Act<'a> {
    pub(crate) by: &'a Actor,
    /// Such as `plugin.activate`.
    pub(crate) action: &'a str,
    /// Such as `github_prs@1.1.0`.
    pub(crate) subject: &'a str,
    pub(crate) tenant: Option<TenantId>,
    /// An object.
    pub(crate) detail: Value,
}

/// Writes it down, in the transaction that does it.
pub(crate) async fn note(connection: &mut Connection, act: Act<'_>) -> Result<(), sqlx::Error> {
    let token = act.by.token.as_ref();
    sqlx::query(sql!(
        "INSERT INTO audit_log (at, actor, action, subject, tenant_id, detail, token_id, token_name)
         VALUES ({NOW}, $1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(&act.by.name)
    .bind(act.action)
    .bind(act.subject)
    .bind(act.tenant.map(|tenant| tenant.0))
    .bind(act.detail.to_string())
    .bind(token.map(|token| token.id))
    .bind(token.map(|token| &token.name))
    .execute(connection)
    .await?;
    Ok(())
}
