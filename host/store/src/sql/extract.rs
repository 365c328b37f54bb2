//! Plans, parents and requests. Pages are in `pages.rs`.

use async_trait::async_trait;
use runnel_model::{IntegrationId, Name, Queue, RawId, RequestId, RunId, TenantId};
use sqlx::Row;

use super::{
    Backend, Connection, DbRow, Tally,
    dialect::{EACH_ROW, IDS},
    enqueue, finish_together, json, owner,
    owner::Owner,
    pages, replays, sql,
};
use crate::{
    Extract, Integration, NewRequest, PageCommit, Parent, PlanCommit, Replayed, RequestRow,
    StoreError, TaskKind, Traffic, WorkingRun, error::Failed,
};

#[async_trait]
impl Extract for Backend {
    async fn working_run(&self, run: RunId) -> Result<WorkingRun, StoreError> {
        self.run(|| working_run(self, run)).await
    }

    async fn cursor(&self, run: RunId, partition: &str) -> Result<Option<String>, StoreError> {
        self.run(|| cursor(self, run, partition)).await
    }

    async fn parents(
        &self,
        run: RunId,
        stream: &Name,
        limit: u32,
    ) -> Result<Vec<Parent>, StoreError> {
        self.run(|| parents(self, run, stream, limit)).await
    }

    async fn commit_plan(&self, plan: PlanCommit) -> Result<(), StoreError> {
        self.run(|| commit_plan(self, &plan)).await
    }

    async fn requests(&self, ids: &[RequestId]) -> Result<Vec<RequestRow>, StoreError> {
        self.run(|| requests(self, ids)).await
    }

    async fn commit_pages(&self, pages: Vec<PageCommit>) -> Result<u64, StoreError> {
        self.run(|| pages::commit(self, &pages)).await
    }

    async fn count_traffic(&self, run: RunId, traffic: Traffic) -> Result<(), StoreError> {
        self.run(|| count_traffic(self, run, traffic)).await
    }
}

async fn working_run(store: &Backend, run: RunId) -> Result<WorkingRun, Failed> {
    let row = sqlx::query(
        "SELECT r.tenant_id, r.integration_id, r.stream, r.options, i.source, i.base_url, p.id AS replay, p.plugin, p.version
         FROM job_runs r JOIN integrations i ON i.id = r.integration_id
         LEFT JOIN replay_parts part ON part.run_id = r.id LEFT JOIN replays p ON p.id = part.replay_id
         WHERE r.id = $1",
    )
    .bind(run.0)
    .fetch_one(&store.readers())
    .await?;
    let what = format!("run {run}");
    let name = |column: &str| {
        Name::new(row.get::<String, _>(column)).map_err(|e| Failed::corrupt(&what, e))
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
        options: serde_json::from_str(row.get("options")).map_err(|e| Failed::corrupt(&what, e))?,
        replay: match row.get::<Option<i64>, _>("replay") {
            None => None,
            Some(_) => Some(Replayed {
                version: replays::version(&row)?,
            }),
        },
    })
}

async fn cursor(store: &Backend, run: RunId, partition: &str) -> Result<Option<String>, Failed> {
    let cursor = sqlx::query_scalar(
        "SELECT c.cursor FROM job_runs r JOIN cursors c
             ON c.integration_id = r.integration_id AND c.stream = r.stream AND c.partition = $2
         WHERE r.id = $1 AND NOT r.is_full",
    )
    .bind(run.0)
    .bind(partition)
    .fetch_optional(&store.readers())
    .await?;
    Ok(cursor)
}

async fn parents(
    store: &Backend,
    run: RunId,
    stream: &Name,
    limit: u32,
) -> Result<Vec<Parent>, Failed> {
    let rows = sqlx::query(
        "SELECT p.raw_data_id, p.external_id, d.context, d.payload, c.cursor
         FROM job_runs r
         JOIN records p ON p.integration_id = r.integration_id AND p.stream = $2
              AND p.raw_data_id > r.parents_after AND p.raw_data_id <= coalesce(r.parents_upto, 9223372036854775807)
         JOIN raw_data d ON d.id = p.raw_data_id
         LEFT JOIN cursors c ON c.integration_id = r.integration_id AND c.stream = r.stream
              AND c.partition = p.external_id AND NOT r.is_full
         WHERE r.id = $1 AND NOT d.gone ORDER BY p.raw_data_id LIMIT $3",
    )
    .bind(run.0)
    .bind(&**stream)
    .bind(i64::from(limit))
    .fetch_all(&store.readers())
    .await?;
    Ok(rows.iter().map(parent).collect())
}

async fn commit_plan(store: &Backend, plan: &PlanCommit) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    let owner = owner::lock(&mut transaction, plan.run).await?;
    let mut tally = Tally::default();
    finish_together(&mut transaction, &[plan.claim], true, &mut tally).await?;
    let requests = (plan.requests.iter(), &[][..]);
    add_requests(&mut transaction, &owner, requests, &mut tally).await?;
    if let Some(after) = plan.more_after {
        plan_further(&mut transaction, &owner, after, &mut tally).await?;
    }
    tally.write(&mut transaction, plan.run).await?;
    Ok(super::commit(transaction).await?)
}

async fn requests(store: &Backend, ids: &[RequestId]) -> Result<Vec<RequestRow>, Failed> {
    let rows = sqlx::query(sql!(
        "SELECT q.*, v.etag, c.cursor
         FROM requests q JOIN job_runs r ON r.id = q.run_id
         LEFT JOIN validators v ON q.conditional AND v.integration_id = r.integration_id AND v.stream = r.stream
              AND v.partition = q.partition AND v.url = q.url AND NOT r.is_full AND NOT r.goes_back
         LEFT JOIN cursors c ON c.integration_id = r.integration_id AND c.stream = r.stream
              AND c.partition = q.partition AND NOT r.is_full
         WHERE q.id {IDS}"
    ))
    .bind(json(ids))
    .fetch_all(&store.readers())
    .await?;
    rows.iter().map(request).collect()
}

async fn count_traffic(store: &Backend, run: RunId, traffic: Traffic) -> Result<(), Failed> {
    let mut transaction = store.begin().await?;
    let mut tally = Tally::default();
    tally.sent(traffic);
    tally.write(&mut transaction, run).await?;
    Ok(super::commit(transaction).await?)
}

/// Stores requests, each with a task to fetch it, and the traces of each: where it
/// was found.
pub(super) async fn add_requests(
    connection: &mut Connection,
    owner: &Owner,
    (requests, traceparents): (impl ExactSizeIterator<Item = &NewRequest>, &[String]),
    tally: &mut Tally,
) -> Result<(), Failed> {
    if requests.len() == 0 {
        return Ok(());
    }
    let ids = super::sequence::reserve(connection, "requests", requests.len()).await?;
    let rows = ids.iter().zip(requests).map(|(id, r)| {
        serde_json::json!([
            id,
            r.partition,
            r.method,
            r.url,
            json(&r.headers),
            r.body,
            r.answer,
            r.conditional,
            r.token
        ])
    });
    sqlx::query(sql!(
        "INSERT INTO requests (id, run_id, partition, method, url, headers, body, answer, conditional, token)
         SELECT CAST(each.value ->> 0 AS BIGINT), $2, each.value ->> 1, each.value ->> 2, each.value ->> 3,
                each.value ->> 4, each.value ->> 5, each.value ->> 6, CAST(each.value ->> 7 AS BOOLEAN), each.value ->> 8
         FROM {EACH_ROW}"
    ))
    .bind(json(rows))
    .bind(owner.run.0)
    .execute(&mut *connection)
    .await?;
    let fetch = |id: &i64| TaskKind::Fetch(RequestId(*id));
    let kinds: Vec<TaskKind> = ids.iter().map(fetch).collect();
    let tasks = owner.tasks(Queue::Extract, &kinds).traced(traceparents);
    enqueue(connection, &tasks, tally).await?;
    Ok(())
}

async fn plan_further(
    connection: &mut Connection,
    owner: &Owner,
    after: RawId,
    tally: &mut Tally,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE job_runs SET parents_after = $2 WHERE id = $1")
        .bind(owner.run.0)
        .bind(after.0)
        .execute(&mut *connection)
        .await?;
    let plan = owner.tasks(Queue::Extract, &[TaskKind::Plan]);
    enqueue(connection, &plan, tally).await
}

fn parent(row: &DbRow) -> Parent {
    Parent {
        raw: RawId(row.get("raw_data_id")),
        external_id: row.get("external_id"),
        context: row.get("context"),
        payload: row.get("payload"),
        cursor: row.get("cursor"),
    }
}

fn request(row: &DbRow) -> Result<RequestRow, Failed> {
    let id = RequestId(row.get("id"));
    let headers = serde_json::from_str(row.get("headers"))
        .map_err(|e| Failed::corrupt(format_args!("request {id}"), e))?;
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
