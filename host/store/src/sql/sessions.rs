//! Sessions and tokens.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use sqlx::Row;

use super::{
    Backend, Connection, DbRow,
    audit::{Act, note},
    dialect::NOW,
    sql,
    tasks::micros,
    users::{self, grants_of, shown},
};
use crate::{
    Actor, ApiToken, ApiTokens, NewToken, SecretDigest, Sessions, StoreError, User, UserId,
    error::Failed,
};

/// A token's last use is written down no more often than this: it is read with
/// every request.
const USE: Duration = Duration::from_secs(60);

#[async_trait]
impl Sessions for Backend {
    async fn sign_in(
        &self,
        user: &User,
        secret: &SecretDigest,
        lasts: Duration,
    ) -> Result<(), StoreError> {
        self.run(|| sign_in(self, user, secret, lasts)).await
    }

    async fn open_session(
        &self,
        user: UserId,
        secret: &SecretDigest,
        lasts: Duration,
    ) -> Result<(), StoreError> {
        self.run(|| open(self, user, secret, lasts)).await
    }

    async fn session(
        &self,
        secret: &SecretDigest,
        lasts: Duration,
        at_most: Duration,
    ) -> Result<Option<User>, StoreError> {
        self.run(|| session(self, secret, lasts, at_most)).await
    }

    async fn sign_out(&self, secret: &SecretDigest, by: &Actor) -> Result<(), StoreError> {
        self.run(|| sign_out(self, secret, by)).await
    }
}

#[async_trait]
impl ApiTokens for Backend {
    async fn api_tokens(
        &self,
        user: UserId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<ApiToken>, StoreError> {
        self.run(|| tokens(self, user, after, limit)).await
    }

    async fn add_api_token(
        &self,
        user: UserId,
        new: &NewToken,
        by: &Actor,
    ) -> Result<ApiToken, StoreError> {
        self.run(|| add_token(self, user, new, by)).await
    }

    async fn remove_api_token(
        &self,
        user: UserId,
        id: i64,
        by: &Actor,
    ) -> Result<bool, StoreError> {
        self.run(|| remove_token(self, user, id, by)).await
    }

    async fn api_token(
        &self,
        secret: &SecretDigest,
    ) -> Result<Option<(User, ApiToken)>, StoreError> {
        self.run(|| token(self, secret)).await
    }
}

async fn open(
    store: &Backend,
    user: UserId,
    secret: &SecretDigest,
    lasts: Duration,
) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    insert(&mut transaction, user, secret, lasts).await?;
    Ok(super::commit(transaction).await?)
}

async fn sign_in(
    store: &Backend,
    user: &User,
    secret: &SecretDigest,
    lasts: Duration,
) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    insert(&mut transaction, user.id, secret, lasts).await?;
    let by = Actor::user(&user.name);
    note(&mut transaction, of_session("session.open", &by)).await?;
    Ok(super::commit(transaction).await?)
}

/// Somebody signs in or out.
fn of_session<'a>(action: &'a str, by: &'a Actor) -> Act<'a> {
    Act {
        by,
        action,
        subject: &by.name,
        tenant: None,
        detail: json!({}),
    }
}

async fn insert(
    connection: &mut Connection,
    user: UserId,
    secret: &SecretDigest,
    lasts: Duration,
) -> Result<(), sqlx::Error> {
    sqlx::query(sql!("DELETE FROM sessions WHERE expires_at <= {NOW}"))
        .execute(&mut *connection)
        .await?;
    sqlx::query(sql!(
        "INSERT INTO sessions (secret, user_id, created_at, expires_at) VALUES ($1, $2, {NOW}, {NOW} + $3)"
    ))
    .bind(&secret.0)
    .bind(user.0)
    .bind(micros(lasts))
    .execute(connection)
    .await?;
    Ok(())
}

async fn session(
    store: &Backend,
    secret: &SecretDigest,
    lasts: Duration,
    at_most: Duration,
) -> Result<Option<User>, Failed> {
    let mut connection = store.readers().acquire().await?;
    let row = sqlx::query(sql!(
        "SELECT u.id, u.name, u.disabled, u.created_at,
                (s.expires_at - {NOW} < $2 / 2 AND s.expires_at < s.created_at + $3) AS is_old
         FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.secret = $1 AND s.expires_at > {NOW} AND NOT u.disabled"
    ))
    .bind(&secret.0)
    .bind(micros(lasts))
    .bind(micros(at_most))
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let is_old = row.get("is_old");
    let user = users::read(&mut connection, row).await?;
    drop(connection);
    if is_old {
        sqlx::query(sql!(
            "UPDATE sessions SET expires_at = CASE WHEN {NOW} + $2 < created_at + $3 THEN {NOW} + $2
                                                   ELSE created_at + $3 END WHERE secret = $1"
        ))
        .bind(&secret.0)
        .bind(micros(lasts))
        .bind(micros(at_most))
        .execute(&store.writer())
        .await?;
    }
    Ok(Some(user))
}

async fn sign_out(store: &Backend, secret: &SecretDigest, by: &Actor) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    let ended = sqlx::query("DELETE FROM sessions WHERE secret = $1")
        .bind(&secret.0)
        .execute(&mut *transaction)
        .await?;
    if ended.rows_affected() > 0 {
        note(&mut transaction, of_session("session.close", by)).await?;
    }
    Ok(super::commit(transaction).await?)
}

async fn tokens(
    store: &Backend,
    user: UserId,
    after: i64,
    limit: u32,
) -> Result<Vec<ApiToken>, Failed> {
    let mut connection = store.readers().acquire().await?;
    let rows =
        sqlx::query("SELECT * FROM api_tokens WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3")
            .bind(user.0)
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(&mut *connection)
            .await?;
    read_all(&mut connection, &rows).await
}

async fn read(connection: &mut Connection, row: DbRow) -> Result<ApiToken, Failed> {
    Ok(read_all(connection, &[row]).await?.remove(0))
}

async fn read_all(connection: &mut Connection, rows: &[DbRow]) -> Result<Vec<ApiToken>, Failed> {
    let mut granted = grants_of(connection, ("token_grants", "token_id"), rows).await?;
    let token = |row: &DbRow| {
        let id: i64 = row.get("id");
        ApiToken {
            id,
            name: row.get("name"),
            grants: granted.remove(&id).unwrap_or_default(),
            created_at: row.get("created_at"),
            expires_at: row.get("expires_at"),
            last_used_at: row.get("last_used_at"),
        }
    };
    Ok(rows.iter().map(token).collect())
}

async fn add_token(
    store: &Backend,
    user: UserId,
    new: &NewToken,
    by: &Actor,
) -> Result<ApiToken, Failed> {
    let mut transaction = store.begin().await?;
    let row = sqlx::query(sql!(
        "INSERT INTO api_tokens (user_id, name, secret, created_at, expires_at)
         VALUES ($1, $2, $3, {NOW}, {NOW} + $4) RETURNING *"
    ))
    .bind(user.0)
    .bind(&new.name)
    .bind(&new.secret.0)
    .bind(micros(new.lasts))
    .fetch_one(&mut *transaction)
    .await?;
    let id: i64 = row.get("id");
    for grant in &new.grants {
        sqlx::query(
            "INSERT INTO token_grants (token_id, tenant_id, role) VALUES ($1, $2, $3)
             ON CONFLICT (token_id, tenant_id) DO UPDATE SET role = excluded.role",
        )
        .bind(id)
        .bind(grant.tenant.map_or(0, |tenant| tenant.0))
        .bind(grant.role.word())
        .execute(&mut *transaction)
        .await?;
    }
    let act = Act {
        by,
        action: "token.add",
        subject: &new.name,
        tenant: None,
        detail: json!({ "id": id, "grants": shown(&new.grants) }),
    };
    note(&mut transaction, act).await?;
    let token = read(&mut transaction, row).await?;
    super::commit(transaction).await?;
    Ok(token)
}

async fn remove_token(store: &Backend, user: UserId, id: i64, by: &Actor) -> Result<bool, Failed> {
    let mut transaction = store.begin().await?;
    sqlx::query(
        "DELETE FROM token_grants WHERE token_id IN (SELECT id FROM api_tokens WHERE user_id = $1 AND id = $2)",
    )
    .bind(user.0)
    .bind(id)
    .execute(&mut *transaction)
    .await?;
    let name: Option<String> =
        sqlx::query_scalar("DELETE FROM api_tokens WHERE user_id = $1 AND id = $2 RETURNING name")
            .bind(user.0)
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
    let Some(name) = name else { return Ok(false) };
    let act = Act {
        by,
        action: "token.remove",
        subject: &name,
        tenant: None,
        detail: json!({ "id": id }),
    };
    note(&mut transaction, act).await?;
    super::commit(transaction).await?;
    Ok(true)
}

async fn token(store: &Backend, secret: &SecretDigest) -> Result<Option<(User, ApiToken)>, Failed> {
    let mut connection = store.readers().acquire().await?;
    let row = sqlx::query(sql!(
        "SELECT t.*, (COALESCE(t.last_used_at, 0) < {NOW} - $2) AS is_news
         FROM api_tokens t JOIN users u ON u.id = t.user_id
         WHERE t.secret = $1 AND t.expires_at > {NOW} AND NOT u.disabled"
    ))
    .bind(&secret.0)
    .bind(micros(USE))
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let user = sqlx::query("SELECT id, name, disabled, created_at FROM users WHERE id = $1")
        .bind(row.get::<i64, _>("user_id"))
        .fetch_one(&mut *connection)
        .await?;
    let user = users::read(&mut connection, user).await?;
    let is_news = row.get("is_news");
    let token = read(&mut connection, row).await?;
    drop(connection);
    if is_news {
        sqlx::query(sql!(
            "UPDATE api_tokens SET last_used_at = {NOW} WHERE id = $1"
        ))
        .bind(token.id)
        .execute(&store.writer())
        .await?;
    }
    Ok(Some((user, token)))
}
