//! Sign-ins that fail.

use std::time::Duration;

use async_trait::async_trait;

use super::{Backend, dialect::NOW, sql, tasks::micros};
use crate::{SignIns, StoreError, error::Failed};

#[async_trait]
impl SignIns for Backend {
    async fn failures(&self, who: &str, within: Duration) -> Result<u64, StoreError> {
        self.run(|| failures(self, who, within)).await
    }

    async fn note_failure(&self, who: &[&str], within: Duration) -> Result<(), StoreError> {
        self.run(|| note_failure(self, who, within)).await
    }

    async fn forget_failures(&self, name: &str, address: &str) -> Result<(), StoreError> {
        self.run(|| forget(self, name, address)).await
    }
}

async fn failures(store: &Backend, who: &str, within: Duration) -> Result<u64, Failed> {
    let failures: i64 = sqlx::query_scalar(sql!(
        "SELECT COUNT(*) FROM sign_in_failures WHERE who = $1 AND at > {NOW} - $2"
    ))
    .bind(who)
    .bind(micros(within))
    .fetch_one(&store.readers())
    .await?;
    Ok(u64::try_from(failures).unwrap_or(0))
}

async fn note_failure(store: &Backend, who: &[&str], within: Duration) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    sqlx::query(sql!("DELETE FROM sign_in_failures WHERE at < {NOW} - $1"))
        .bind(micros(within))
        .execute(&mut *transaction)
        .await?;
    for who in who {
        sqlx::query(sql!(
            "INSERT INTO sign_in_failures (who, at) VALUES ($1, {NOW})"
        ))
        .bind(*who)
        .execute(&mut *transaction)
        .await?;
    }
    Ok(super::commit(transaction).await?)
}

async fn forget(store: &Backend, name: &str, address: &str) -> Result<(), Failed> {
    sqlx::query(
        "DELETE FROM sign_in_failures WHERE who = $1
            OR id = (SELECT MAX(id) FROM sign_in_failures WHERE who = $2)",
    )
    .bind(name)
    .bind(address)
    .execute(&store.writer())
    .await?;
    Ok(())
}
