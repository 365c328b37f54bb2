//! Users and their grants.

use std::collections::BTreeMap;

use async_trait::async_trait;
use runnel_model::TenantId;
use serde_json::{Value, json};
use sqlx::Row;

use super::{
    Backend, Connection, DbRow,
    audit::{Act, note},
    dialect::{IDS, LOCK_USERS, NOW},
    json as ids, sql,
};
use crate::{
    Accounts, Actor, Changed, Grant, Micros, NewUser, PasswordHash, SecretDigest, Setup,
    StoreError, User, UserChange, UserId, UserRole, error::Failed,
};

/// How long a link that makes the first user is good: a day, in microseconds.
const LINK: Micros = 86_400_000_000;

#[async_trait]
impl Accounts for Backend {
    async fn users(&self, after: &str, limit: u32) -> Result<Vec<User>, StoreError> {
        self.run(|| users(self, after, limit)).await
    }

    async fn user(&self, name: &str) -> Result<Option<(User, PasswordHash)>, StoreError> {
        self.run(|| user(self, name)).await
    }

    async fn add_user(&self, new: &NewUser, by: &Actor) -> Result<bool, StoreError> {
        self.run(|| add(self, new, by)).await
    }

    async fn change_user(
        &self,
        name: &str,
        change: &UserChange,
        by: &Actor,
    ) -> Result<Changed, StoreError> {
        self.run(|| change_one(self, name, change, by)).await
    }

    async fn remove_user(&self, name: &str, by: &Actor) -> Result<Changed, StoreError> {
        self.run(|| remove(self, name, by)).await
    }
}

#[async_trait]
impl Setup for Backend {
    async fn needs_setup(&self) -> Result<bool, StoreError> {
        self.run(|| nobody(self)).await
    }

    async fn offer_setup(&self, link: &SecretDigest) -> Result<(), StoreError> {
        self.run(|| offer(self, link)).await
    }

    async fn set_up(&self, link: &SecretDigest, new: &NewUser) -> Result<bool, StoreError> {
        self.run(|| set_up(self, link, new)).await
    }
}

async fn users(store: &Backend, after: &str, limit: u32) -> Result<Vec<User>, Failed> {
    let mut connection = store.readers().acquire().await?;
    let rows = sqlx::query(
        "SELECT id, name, disabled, created_at FROM users WHERE name > $1 ORDER BY name LIMIT $2",
    )
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(&mut *connection)
    .await?;
    read_all(&mut connection, &rows).await
}

async fn user(store: &Backend, name: &str) -> Result<Option<(User, PasswordHash)>, Failed> {
    let mut connection = store.readers().acquire().await?;
    let row =
        sqlx::query("SELECT id, name, disabled, created_at, password FROM users WHERE name = $1")
            .bind(name)
            .fetch_optional(&mut *connection)
            .await?;
    let Some(row) = row else { return Ok(None) };
    let password = PasswordHash(row.get("password"));
    Ok(Some((read(&mut connection, row).await?, password)))
}

/// A user of a row with `id`, `name`, `disabled` and `created_at`.
pub(super) async fn read(connection: &mut Connection, row: DbRow) -> Result<User, Failed> {
    Ok(read_all(connection, &[row]).await?.remove(0))
}

async fn read_all(connection: &mut Connection, rows: &[DbRow]) -> Result<Vec<User>, Failed> {
    let mut granted = grants_of(connection, ("user_grants", "user_id"), rows).await?;
    let user = |row: &DbRow| {
        let id: i64 = row.get("id");
        User {
            id: UserId(id),
            name: row.get("name"),
            grants: granted.remove(&id).unwrap_or_default(),
            disabled: row.get("disabled"),
            created_at: row.get("created_at"),
        }
    };
    Ok(rows.iter().map(user).collect())
}

/// What is granted to those of these rows, by their `id`: of a table, and the column of
/// it that says to whom.
pub(super) async fn grants_of(
    connection: &mut Connection,
    (table, whose): (&str, &str),
    rows: &[DbRow],
) -> Result<BTreeMap<i64, Vec<Grant>>, Failed> {
    let granted: Vec<(i64, i64, String)> = sqlx::query_as(sql!(
        "SELECT {whose}, tenant_id, role FROM {table} WHERE {whose} {IDS} ORDER BY tenant_id"
    ))
    .bind(ids(rows.iter().map(|row| row.get::<i64, _>("id"))))
    .fetch_all(connection)
    .await?;
    let mut grants: BTreeMap<i64, Vec<Grant>> = BTreeMap::new();
    for (id, tenant, role) in granted {
        let unknown = || Failed::corrupt("role of a grant", format_args!("{role:?} is unknown"));
        let role = UserRole::parse(&role).ok_or_else(unknown)?;
        let tenant = (tenant != 0).then_some(TenantId(tenant));
        grants.entry(id).or_default().push(Grant { tenant, role });
    }
    Ok(grants)
}

/// Grants as the audit log has them.
pub(super) fn shown(grants: &[Grant]) -> Value {
    let shown = |grant: &Grant| json!({ "tenant_id": grant.tenant, "role": grant.role.word() });
    grants.iter().map(shown).collect()
}

async fn nobody(store: &Backend) -> Result<bool, Failed> {
    let users: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users")
        .fetch_one(&store.readers())
        .await?;
    Ok(users == 0)
}

async fn add(store: &Backend, new: &NewUser, by: &Actor) -> Result<bool, Failed> {
    let mut transaction = store.begin().await?;
    let added = insert(&mut transaction, new, by).await?;
    super::commit(transaction).await?;
    Ok(added)
}

async fn insert(connection: &mut Connection, new: &NewUser, by: &Actor) -> Result<bool, Failed> {
    let id: Option<i64> = sqlx::query_scalar(sql!(
        "INSERT INTO users (name, password, created_at) VALUES ($1, $2, {NOW})
         ON CONFLICT (name) DO NOTHING RETURNING id"
    ))
    .bind(&new.name)
    .bind(&new.password.0)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(id) = id else { return Ok(false) };
    grant(connection, id, &new.grants).await?;
    let act = Act {
        by,
        action: "user.add",
        subject: &new.name,
        tenant: None,
        detail: json!({ "grants": shown(&new.grants) }),
    };
    note(connection, act).await?;
    Ok(true)
}

/// Gives a user these grants, in place of others.
async fn grant(connection: &mut Connection, user: i64, grants: &[Grant]) -> Result<(), Failed> {
    sqlx::query("DELETE FROM user_grants WHERE user_id = $1")
        .bind(user)
        .execute(&mut *connection)
        .await?;
    for grant in grants {
        sqlx::query(
            "INSERT INTO user_grants (user_id, tenant_id, role) VALUES ($1, $2, $3)
             ON CONFLICT (user_id, tenant_id) DO UPDATE SET role = excluded.role",
        )
        .bind(user)
        .bind(grant.tenant.map_or(0, |tenant| tenant.0))
        .bind(grant.role.word())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// The id of a user, while nobody else changes any: of two admins who shut each other
/// out one has to see what the other did.
async fn hold(connection: &mut Connection, name: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query(LOCK_USERS).execute(&mut *connection).await?;
    sqlx::query_scalar("SELECT id FROM users WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await
}

async fn change_one(
    store: &Backend,
    name: &str,
    change: &UserChange,
    by: &Actor,
) -> Result<Changed, Failed> {
    let mut transaction = store.begin().await?;
    let Some(id) = hold(&mut transaction, name).await? else {
        return Ok(Changed::NoSuch);
    };
    if let Some(password) = &change.password {
        sqlx::query("UPDATE users SET password = $2 WHERE id = $1")
            .bind(id)
            .bind(&password.0)
            .execute(&mut *transaction)
            .await?;
    }
    if let Some(disabled) = change.disabled {
        sqlx::query("UPDATE users SET disabled = $2 WHERE id = $1")
            .bind(id)
            .bind(disabled)
            .execute(&mut *transaction)
            .await?;
    }
    if let Some(grants) = &change.grants {
        grant(&mut transaction, id, grants).await?;
    }
    if change.password.is_some() || change.disabled == Some(true) {
        delete_of(&mut transaction, "sessions", id).await?;
    }
    let may_take = change.disabled == Some(true) || change.grants.is_some();
    if may_take && no_admin(&mut transaction).await? {
        return Ok(Changed::LastAdmin);
    }
    let act = Act {
        by,
        action: "user.change",
        subject: name,
        tenant: None,
        detail: json!({
            "password": change.password.is_some(), "disabled": change.disabled,
            "grants": change.grants.as_deref().map(shown),
        }),
    };
    note(&mut transaction, act).await?;
    super::commit(transaction).await?;
    Ok(Changed::Done)
}

async fn remove(store: &Backend, name: &str, by: &Actor) -> Result<Changed, Failed> {
    let mut transaction = store.begin().await?;
    let Some(id) = hold(&mut transaction, name).await? else {
        return Ok(Changed::NoSuch);
    };
    sqlx::query(
        "DELETE FROM token_grants WHERE token_id IN (SELECT id FROM api_tokens WHERE user_id = $1)",
    )
    .bind(id)
    .execute(&mut *transaction)
    .await?;
    for table in ["api_tokens", "sessions", "idempotency_keys", "user_grants"] {
        delete_of(&mut transaction, table, id).await?;
    }
    sqlx::query("DELETE FROM users WHERE id = $1")
        .bind(id)
        .execute(&mut *transaction)
        .await?;
    if no_admin(&mut transaction).await? {
        return Ok(Changed::LastAdmin);
    }
    let act = Act {
        by,
        action: "user.remove",
        subject: name,
        tenant: None,
        detail: json!({}),
    };
    note(&mut transaction, act).await?;
    super::commit(transaction).await?;
    Ok(Changed::Done)
}

async fn delete_of(connection: &mut Connection, table: &str, user: i64) -> Result<(), sqlx::Error> {
    sqlx::query(sql!("DELETE FROM {table} WHERE user_id = $1"))
        .bind(user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether nobody is left who may do everything.
async fn no_admin(connection: &mut Connection) -> Result<bool, sqlx::Error> {
    let admins: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM users u JOIN user_grants g ON g.user_id = u.id
         WHERE NOT u.disabled AND g.tenant_id = 0 AND g.role = 'admin'",
    )
    .fetch_one(connection)
    .await?;
    Ok(admins == 0)
}

async fn offer(store: &Backend, link: &SecretDigest) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    sqlx::query(sql!(
        "DELETE FROM setup_links WHERE created_at < {NOW} - $1"
    ))
    .bind(LINK)
    .execute(&mut *transaction)
    .await?;
    sqlx::query(sql!(
        "INSERT INTO setup_links (secret, created_at) VALUES ($1, {NOW})"
    ))
    .bind(&link.0)
    .execute(&mut *transaction)
    .await?;
    Ok(super::commit(transaction).await?)
}

/// All links are deleted first: of two who have one, one waits for the other and then
/// finds its own gone.
async fn set_up(store: &Backend, link: &SecretDigest, new: &NewUser) -> Result<bool, Failed> {
    let mut transaction = store.begin().await?;
    let links: Vec<(String, bool)> = sqlx::query_as(sql!(
        "DELETE FROM setup_links RETURNING secret, (created_at >= {NOW} - $1)"
    ))
    .bind(LINK)
    .fetch_all(&mut *transaction)
    .await?;
    let users: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users")
        .fetch_one(&mut *transaction)
        .await?;
    if users > 0 || !links.contains(&(link.0.clone(), true)) {
        return Ok(false);
    }
    let by = Actor::user(&new.name);
    if !insert(&mut transaction, new, &by).await? {
        return Ok(false);
    }
    super::commit(transaction).await?;
    Ok(true)
}
