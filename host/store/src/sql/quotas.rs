//! Accounts' budgets.

use std::time::Duration;

use async_trait::async_trait;
use runnel_model::{IntegrationId, TenantId};
use sqlx::Row;

use super::{
    Backend, DbRow, count,
    dialect::{GREATEST, NOW},
    sql,
    tasks::micros,
    wanted::Statement,
};
use crate::{Account, BudgetSeen, QuotaRow, Quotas, Scope, Seat, Share, StoreError, error::Failed};

#[async_trait]
impl Quotas for Backend {
    async fn join(
        &self,
        account: &Account,
        seat: &Seat<'_>,
        lease: Duration,
    ) -> Result<Share, StoreError> {
        self.run(|| join(self, account, seat, lease)).await
    }

    async fn assign(
        &self,
        integration: IntegrationId,
        account: &Account,
    ) -> Result<(), StoreError> {
        self.run(|| assign(self, integration, account)).await
    }

    async fn close(
        &self,
        account: &Account,
        wait: Duration,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.run(|| close(self, account, wait, reason)).await
    }

    async fn note(&self, account: &Account, seen: BudgetSeen) -> Result<(), StoreError> {
        self.run(|| note(self, account, seen)).await
    }

    async fn quotas_page(
        &self,
        scope: &Scope,
        account: Option<&str>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<QuotaRow>, StoreError> {
        self.run(|| page(self, (scope, account), after, limit))
            .await
    }

    async fn quotas(&self, tenant: Option<TenantId>) -> Result<Vec<QuotaRow>, StoreError> {
        self.run(|| list(self, tenant)).await
    }
}

async fn join(
    store: &Backend,
    account: &Account,
    seat: &Seat<'_>,
    lease: Duration,
) -> Result<Share, Failed> {
    let mut transaction = store.begin().await?;
    sqlx::query("INSERT INTO quotas (account, host) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(&account.0)
        .bind(seat.host)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(sql!(
        "DELETE FROM quota_users WHERE account = $1 AND until < {NOW}"
    ))
    .bind(&account.0)
    .execute(&mut *transaction)
    .await?;
    sqlx::query(sql!(
        "INSERT INTO quota_users (account, worker, until) VALUES ($1, $2, {NOW} + $3)
         ON CONFLICT (account, worker) DO UPDATE SET until = excluded.until"
    ))
    .bind(&account.0)
    .bind(&seat.worker.0)
    .bind(micros(lease))
    .execute(&mut *transaction)
    .await?;
    let (users, closed_for, reason): (i64, Option<i64>, Option<String>) = sqlx::query_as(sql!(
        "SELECT (SELECT COUNT(*) FROM quota_users u WHERE u.account = q.account), q.closed_until - {NOW}, q.reason
         FROM quotas q WHERE q.account = $1"
    ))
    .bind(&account.0)
    .fetch_one(&mut *transaction)
    .await?;
    super::commit(transaction).await?;
    let wait = closed_for.and_then(|micros| u64::try_from(micros).ok());
    Ok(Share {
        users: u32::try_from(users).unwrap_or(u32::MAX),
        closed: wait.map(|wait| (Duration::from_micros(wait), reason.unwrap_or_default())),
    })
}

async fn assign(
    store: &Backend,
    integration: IntegrationId,
    account: &Account,
) -> Result<(), Failed> {
    sqlx::query(
        "UPDATE integrations SET account = $2 WHERE id = $1 AND (account IS NULL OR account <> $2)",
    )
    .bind(integration.0)
    .bind(&account.0)
    .execute(&store.writer())
    .await?;
    Ok(())
}

async fn close(
    store: &Backend,
    account: &Account,
    wait: Duration,
    reason: &str,
) -> Result<(), Failed> {
    sqlx::query(sql!(
        "UPDATE quotas SET reason = CASE WHEN COALESCE(closed_until, 0) < {NOW} + $2 THEN $3 ELSE reason END,
             closed_until = {GREATEST}(COALESCE(closed_until, 0), {NOW} + $2)
         WHERE account = $1"
    ))
    .bind(&account.0)
    .bind(micros(wait))
    .bind(reason)
    .execute(&store.writer())
    .await?;
    Ok(())
}

async fn note(store: &Backend, account: &Account, seen: BudgetSeen) -> Result<(), Failed> {
    sqlx::query(sql!(
        "UPDATE quotas SET budget = $2, remaining = $3, reset_at = {NOW} + $4 WHERE account = $1"
    ))
    .bind(&account.0)
    .bind(seen.limit.map(count))
    .bind(seen.remaining.map(count))
    .bind(seen.reset_in.map(micros))
    .execute(&store.writer())
    .await?;
    Ok(())
}

/// The budgets that [`read`] reads, each with the source of an integration that uses it.
const SHOWN: &str =
    "SELECT q.account, q.host, q.budget, q.remaining, q.reset_at, q.closed_until, q.reason,
    (SELECT MIN(i.source) FROM integrations i WHERE i.account = q.account) AS source FROM quotas q";

async fn list(store: &Backend, tenant: Option<TenantId>) -> Result<Vec<QuotaRow>, Failed> {
    let rows = sqlx::query(sql!(
        "{SHOWN} WHERE $1 = 0 OR q.account IN (SELECT account FROM integrations WHERE tenant_id = $1)
         ORDER BY q.host, q.account"
    ))
    .bind(tenant.map_or(0, |tenant| tenant.0))
    .fetch_all(&store.readers())
    .await?;
    Ok(rows.iter().map(read).collect())
}

async fn page(
    store: &Backend,
    (scope, account): (&Scope, Option<&str>),
    after: &str,
    limit: u32,
) -> Result<Vec<QuotaRow>, Failed> {
    let mut statement = Statement::new(&format!("{SHOWN} WHERE q.account > "));
    statement.0.push_bind(after.to_owned());
    if let Scope::Only(_) = scope {
        let used = " AND q.account IN (SELECT i.account FROM integrations i WHERE 1 = 1";
        statement.0.push(used);
        statement.scoped("i.tenant_id", scope).0.push(")");
    }
    statement.text("q.account", account);
    statement.page("q.account", limit);
    let rows = statement.0.build().fetch_all(&store.readers()).await?;
    Ok(rows.iter().map(read).collect())
}

fn read(row: &DbRow) -> QuotaRow {
    let unsigned = |column: &str| {
        let n: Option<i64> = row.get(column);
        n.and_then(|n| u64::try_from(n).ok())
    };
    QuotaRow {
        account: Account(row.get("account")),
        host: row.get("host"),
        source: row.get("source"),
        limit: unsigned("budget"),
        remaining: unsigned("remaining"),
        reset_at: row.get("reset_at"),
        closed_until: row.get("closed_until"),
        reason: row.get("reason"),
    }
}
