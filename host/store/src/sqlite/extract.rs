//! Plans, parents and requests on SQLite. Pages are in `pages.rs`.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, Queue, RawId, RequestId, RunId, TenantId};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{SqliteStore, bulk, pages, tasks};
use crate::{
    Extract, Integration, NewRequest, PageCommit, Parent, PlanCommit, RequestRow, StoreError,
    TaskKind, Traffic, WorkingRun,
};

#[async_trait]
impl Extract for SqliteStore {
    async fn working_run(&self, run: RunId) -> Result<WorkingRun, StoreError> {
        let row = sqlx::query(
            "SELECT r.tenant_id, r.integration_id, r.stream, r.options, i.source, i.base_url
             FROM job_runs r JOIN integrations i ON i.id = r.integration_id WHERE r.id = ?1",
        )
        .bind(run.0)
        .fetch_one(&self.readers)
        .await
        .map_err(|e| self.translate(e))?;
        let corrupt = |reason: String| StoreError::Corrupt {
            what: format!("run {run}"),
            reason,
        };
        let name = |column: &str| {
            Name::new(row.get::<String, _>(column)).map_err(|e| corrupt(e.to_string()))
        };
        Ok(WorkingRun {
            id: run,
            integration: Integration {
                id: IntegrationId(row.get("integration_id")),
                tenant: TenantId(row.get("tenant_id")),
                source: name("source")?,
                base_url: row.get("base_url"),
            },
            stream: name("stream")?,
            options: serde_json::from_str(row.get("options"))
                .map_err(|e| corrupt(e.to_string()))?,
        })
    }

    async fn cursor(&self, run: RunId, partition: &str) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar(
            "SELECT c.cursor FROM job_runs r JOIN cursors c
                 ON c.integration_id = r.integration_id AND c.stream = r.stream AND c.partition = ?2
             WHERE r.id = ?1 AND NOT r.options ->> 'full'",
        )
        .bind(run.0)
        .bind(partition)
        .fetch_optional(&self.readers)
        .await
        .map_err(|e| self.translate(e))
    }

    async fn parents(
        &self,
        run: RunId,
        stream: &Name,
        limit: u32,
    ) -> Result<Vec<Parent>, StoreError> {
        let rows = sqlx::query(
            "SELECT p.raw_data_id, p.external_id, d.context, d.payload, c.cursor
             FROM job_runs r
             JOIN records p ON p.integration_id = r.integration_id AND p.stream = ?2
                  AND p.raw_data_id > r.parents_after AND p.raw_data_id <= coalesce(r.parents_upto, 9223372036854775807)
             JOIN raw_data d ON d.id = p.raw_data_id
             LEFT JOIN cursors c ON c.integration_id = r.integration_id AND c.stream = r.stream
                  AND c.partition = p.external_id AND NOT r.options ->> 'full'
             WHERE r.id = ?1 ORDER BY p.raw_data_id LIMIT ?3",
        )
        .bind(run.0)
        .bind(&**stream)
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(|e| self.translate(e))?;
        Ok(rows.iter().map(parent).collect())
    }

    async fn commit_plan(&self, plan: PlanCommit) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let owner = pages::owner(&mut transaction, plan.run)
            .await
            .map_err(|e| self.translate(e))?;
        // Before the plan task ends: with nothing open the run would be over.
        add_requests(&mut transaction, &owner, &plan.requests)
            .await
            .map_err(|e| self.translate(e))?;
        if let Some(after) = plan.more_after {
            plan_further(&mut transaction, &owner, after)
                .await
                .map_err(|e| self.translate(e))?;
        }
        tasks::finish_in(self, &mut transaction, plan.claim, plan.run, true).await?;
        self.commit(transaction).await
    }

    async fn requests(&self, ids: &[RequestId]) -> Result<Vec<RequestRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT q.*, v.etag, c.cursor
             FROM requests q JOIN job_runs r ON r.id = q.run_id
             LEFT JOIN validators v ON q.conditional AND v.integration_id = r.integration_id AND v.stream = r.stream
                  AND v.partition = q.partition AND v.url = q.url AND NOT r.options ->> 'full'
                  AND r.options ->> 'since' IS NULL
             LEFT JOIN cursors c ON c.integration_id = r.integration_id AND c.stream = r.stream
                  AND c.partition = q.partition AND NOT r.options ->> 'full'
             WHERE q.id IN (SELECT value FROM json_each(?1))",
        )
        .bind(bulk::json(ids))
        .fetch_all(&self.readers)
        .await
        .map_err(|e| self.translate(e))?;
        rows.iter().map(request).collect()
    }

    async fn commit_pages(&self, pages: Vec<PageCommit>) -> Result<u64, StoreError> {
        let mut transaction = self.write().await?;
        let lost = pages::commit(&mut transaction, pages)
            .await
            .map_err(|e| self.translate(e))?;
        self.commit(transaction).await?;
        Ok(lost)
    }

    async fn count_traffic(&self, run: RunId, traffic: Traffic) -> Result<(), StoreError> {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        sqlx::query(
            "UPDATE job_runs SET requests = requests + ?2, bytes = bytes + ?3, retries = retries + ?4 WHERE id = ?1",
        )
        .bind(run.0)
        .bind(count(traffic.requests))
        .bind(count(traffic.bytes))
        .bind(count(traffic.retries))
        .execute(&self.writer)
        .await
        .map_err(|e| self.translate(e))?;
        Ok(())
    }
}

/// Stores requests, each with a task to fetch it.
pub(super) async fn add_requests(
    connection: &mut SqliteConnection,
    owner: &pages::Owner,
    requests: &[NewRequest],
) -> Result<(), sqlx::Error> {
    if requests.is_empty() {
        return Ok(());
    }
    let first = bulk::reserve(connection, "requests", requests.len()).await?;
    let rows = bulk::json((first..).zip(requests).map(|(id, r)| {
        let headers = bulk::json(&r.headers);
        serde_json::json!([
            id,
            r.partition,
            r.method,
            r.url,
            headers,
            r.body,
            r.answer,
            r.conditional,
            r.token
        ])
    }));
    sqlx::query(
        "INSERT INTO requests (id, run_id, partition, method, url, headers, body, answer, conditional, token)
         SELECT value ->> 0, ?1, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                value ->> 7, value ->> 8 FROM json_each(?2)",
    )
    .bind(owner.run.0)
    .bind(rows)
    .execute(&mut *connection)
    .await?;
    let kinds: Vec<TaskKind> = (first..)
        .zip(requests)
        .map(|(id, _)| TaskKind::Fetch(RequestId(id)))
        .collect();
    tasks::enqueue(connection, &owner.tasks(Queue::Extract, &kinds)).await
}

async fn plan_further(
    connection: &mut SqliteConnection,
    owner: &pages::Owner,
    after: RawId,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE job_runs SET parents_after = ?2 WHERE id = ?1")
        .bind(owner.run.0)
        .bind(after.0)
        .execute(&mut *connection)
        .await?;
    tasks::enqueue(connection, &owner.tasks(Queue::Extract, &[TaskKind::Plan])).await
}

fn parent(row: &SqliteRow) -> Parent {
    Parent {
        raw: RawId(row.get("raw_data_id")),
        external_id: row.get("external_id"),
        context: row.get("context"),
        payload: row.get("payload"),
        cursor: row.get("cursor"),
    }
}

fn request(row: &SqliteRow) -> Result<RequestRow, StoreError> {
    let id = RequestId(row.get("id"));
    let headers = serde_json::from_str(row.get("headers")).map_err(|e| StoreError::Corrupt {
        what: format!("request {id}"),
        reason: e.to_string(),
    })?;
    Ok(RequestRow {
        id,
        request: NewRequest {
            partition: row.get("partition"),
            method: row.get("method"),
            url: row.get("url"),
            headers,
            body: row.get("body"),
            answer: row.get("answer"),
            conditional: row.get("conditional"),
            token: row.get("token"),
        },
        etag: row.get("etag"),
        cursor: row.get("cursor"),
    })
}
