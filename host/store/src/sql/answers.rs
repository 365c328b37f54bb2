//! Answers that are given again to the same request.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::Row;

use super::{Backend, dialect::NOW, sql, tasks::micros};
use crate::{Answers, Keyed, Remembered, StoreError, StoredAnswer, error::Failed};

#[async_trait]
impl Answers for Backend {
    async fn begin_keyed(
        &self,
        asked: &Keyed,
        keep: Duration,
        gone: Duration,
    ) -> Result<Remembered, StoreError> {
        self.run(|| begin(self, asked, keep, gone)).await
    }

    async fn answer_keyed(&self, asked: &Keyed, answer: &StoredAnswer) -> Result<(), StoreError> {
        self.run(|| answered(self, asked, answer)).await
    }

    async fn forget_keyed(&self, asked: &Keyed) -> Result<(), StoreError> {
        self.run(|| forget(self, asked)).await
    }
}

/// Of two requests with the same key one inserts the row, and the other finds it.
async fn begin(
    store: &Backend,
    asked: &Keyed,
    keep: Duration,
    gone: Duration,
) -> Result<Remembered, Failed> {
    let mut transaction = store.begin().await?;
    sqlx::query(sql!(
        "DELETE FROM idempotency_keys WHERE created_at < {NOW} - $1 OR (status IS NULL AND created_at < {NOW} - $2)"
    ))
    .bind(micros(keep))
    .bind(micros(gone))
    .execute(&mut *transaction)
    .await?;
    let inserted = sqlx::query(sql!(
        "INSERT INTO idempotency_keys (user_id, key, request, created_at) VALUES ($1, $2, $3, {NOW})
         ON CONFLICT (user_id, key) DO NOTHING"
    ))
    .bind(asked.user.0)
    .bind(&asked.key)
    .bind(&asked.request.0)
    .execute(&mut *transaction)
    .await?;
    if inserted.rows_affected() == 1 {
        super::commit(transaction).await?;
        return Ok(Remembered::New);
    }
    let row = sqlx::query(
        "SELECT request, status, content_type, body FROM idempotency_keys WHERE user_id = $1 AND key = $2",
    )
    .bind(asked.user.0)
    .bind(&asked.key)
    .fetch_optional(&mut *transaction)
    .await?;
    // Forgotten in between: whoever asks again begins anew.
    let Some(row) = row else {
        return Ok(Remembered::UnderWay);
    };
    if row.get::<String, _>("request") != asked.request.0 {
        return Ok(Remembered::Other);
    }
    let Some(status) = row.get::<Option<i32>, _>("status") else {
        return Ok(Remembered::UnderWay);
    };
    Ok(Remembered::Answered(StoredAnswer {
        status: u16::try_from(status).unwrap_or(200),
        content_type: row
            .get::<Option<String>, _>("content_type")
            .unwrap_or_default(),
        body: row.get::<Option<Vec<u8>>, _>("body").unwrap_or_default(),
    }))
}

async fn answered(store: &Backend, asked: &Keyed, answer: &StoredAnswer) -> Result<(), Failed> {
    sqlx::query(
        "UPDATE idempotency_keys SET status = $3, content_type = $4, body = $5 WHERE user_id = $1 AND key = $2",
    )
    .bind(asked.user.0)
    .bind(&asked.key)
    .bind(i32::from(answer.status))
    .bind(&answer.content_type)
    .bind(&answer.body)
    .execute(&store.writer())
    .await?;
    Ok(())
}

async fn forget(store: &Backend, asked: &Keyed) -> Result<(), Failed> {
    sqlx::query("DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND status IS NULL")
        .bind(asked.user.0)
        .bind(&asked.key)
        .execute(&store.writer())
        .await?;
    Ok(())
}
