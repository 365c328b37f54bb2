//! The audit log, looked at and added to.

use async_trait::async_trait;
use sqlx::Row;

use super::{
    Backend, DbRow,
    audit::{Act, note},
    wanted::Statement,
};
use crate::{
    Actor, Audit, Deed, EntriesWanted, Entry, Scope, StoreError, UsedToken, error::Failed,
};

#[async_trait]
impl Audit for Backend {
    async fn audit_page(
        &self,
        scope: &Scope,
        wanted: &EntriesWanted,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        self.run(|| list(self, (scope, wanted), before, limit))
            .await
    }

    async fn note_deed(&self, deed: &Deed, by: &Actor) -> Result<(), StoreError> {
        self.run(|| note_one(self, deed, by)).await
    }
}

async fn list(
    store: &Backend,
    (scope, wanted): (&Scope, &EntriesWanted),
    before: i64,
    limit: u32,
) -> Result<Vec<Entry>, Failed> {
    let mut statement = Statement::new(
        "SELECT a.id, a.at, a.actor, a.action, a.subject, a.detail, a.token_id, a.token_name,
                t.name AS tenant
         FROM audit_log a LEFT JOIN tenants t ON t.id = a.tenant_id WHERE 1 = 1",
    );
    statement
        .scoped("a.tenant_id", scope)
        .text("a.actor", wanted.actor.as_deref())
        .text("a.action", wanted.action.as_deref())
        .text("a.token_name", wanted.token.as_deref())
        .before("a.id", before)
        .page("a.id DESC", limit);
    let rows = statement.0.build().fetch_all(&store.readers()).await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &DbRow) -> Result<Entry, Failed> {
    let id: i64 = row.get("id");
    let detail = serde_json::from_str(row.get("detail"))
        .map_err(|e| Failed::corrupt(format_args!("row {id} of audit_log"), e))?;
    Ok(Entry {
        id,
        at: row.get("at"),
        by: Actor {
            name: row.get("actor"),
            token: token(row),
        },
        action: row.get("action"),
        subject: row.get("subject"),
        tenant: row.get("tenant"),
        detail,
    })
}

fn token(row: &DbRow) -> Option<UsedToken> {
    let id: Option<i64> = row.get("token_id");
    Some(UsedToken {
        id: id?,
        name: row.get("token_name"),
    })
}

async fn note_one(store: &Backend, deed: &Deed, by: &Actor) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    let act = Act {
        by,
        action: deed.action,
        subject: &deed.subject,
        tenant: deed.tenant,
        detail: deed.detail.clone(),
    };
    note(&mut transaction, act).await?;
    Ok(super::commit(transaction).await?)
}
