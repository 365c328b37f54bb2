//! Runs and dead letters, page by page, the newest first.

use async_trait::async_trait;
use runnel_model::{JobId, RunId};
use sqlx::Row;

use super::{Backend, dead_letters, history, notes, wanted::Statement};
use crate::{
    BehindGroup, Chronicle, GroupSeen, LetterSeen, LettersWanted, Note, Problem, RunSeen,
    RunsWanted, Scope, StoreError, error::Failed,
};

/// Of a run's problems so many are shown.
const PROBLEMS: i64 = 100;

#[async_trait]
impl Chronicle for Backend {
    async fn runs_page(
        &self,
        scope: &Scope,
        wanted: &RunsWanted,
        before: i64,
        limit: u32,
    ) -> Result<Vec<RunSeen>, StoreError> {
        self.run(|| runs(self, (scope, wanted), before, limit))
            .await
    }

    async fn problems(&self, run: RunId) -> Result<Vec<Problem>, StoreError> {
        self.run(|| problems(self, run)).await
    }

    async fn notes(&self, run: RunId) -> Result<Vec<Note>, StoreError> {
        self.run(|| notes::of(self, run)).await
    }

    async fn letters_page(
        &self,
        scope: &Scope,
        wanted: &LettersWanted,
        before: i64,
        limit: u32,
    ) -> Result<Vec<LetterSeen>, StoreError> {
        self.run(|| letters(self, (scope, wanted), before, limit))
            .await
    }

    async fn letter_groups(
        &self,
        scope: &Scope,
        wanted: &LettersWanted,
        behind: Option<BehindGroup>,
        limit: u32,
    ) -> Result<Vec<GroupSeen>, StoreError> {
        self.run(|| groups(self, (scope, wanted), behind, limit))
            .await
    }
}

async fn runs(
    store: &Backend,
    of: (&Scope, &RunsWanted),
    before: i64,
    limit: u32,
) -> Result<Vec<RunSeen>, Failed> {
    let mut statement = select_runs(of, before, limit);
    let rows = statement.0.build().fetch_all(&store.readers()).await?;
    let seen = |row: &super::DbRow| {
        Ok(RunSeen {
            run: history::read(row)?,
            tenant: row.get("tenant"),
            integration: row.get("integration"),
            job_id: row.get::<Option<i64>, _>("job_id").map(JobId),
            failed: u64::try_from(row.get::<i64, _>("failed")).unwrap_or(0),
        })
    };
    rows.iter().map(seen).collect()
}

/// Each way of asking has its index.
pub(crate) fn select_runs(
    (scope, wanted): (&Scope, &RunsWanted),
    before: i64,
    limit: u32,
) -> Statement {
    let runs = history::seen(", t.name AS tenant, i.name AS integration");
    let mut statement = Statement::new(&format!(
        "{runs} JOIN integrations i ON i.id = r.integration_id JOIN tenants t ON t.id = r.tenant_id WHERE 1 = 1"
    ));
    statement
        .scoped("r.tenant_id", scope)
        .number("r.id", wanted.id.map(|id| id.0))
        .number("r.integration_id", wanted.integration.map(|id| id.0))
        .text("j.job_name", wanted.job.as_deref())
        .number("r.job_id", wanted.job_id.map(|id| id.0))
        .text("r.state", wanted.state.as_deref())
        .before("r.id", before);
    if wanted.active {
        // Found by themselves: there are few of them among many.
        statement.0.push(
            " AND r.id IN (SELECT u.id FROM job_runs u WHERE u.state IN ('waiting', 'running'))",
        );
    }
    statement.page("r.id DESC", limit);
    statement
}

async fn problems(store: &Backend, run: RunId) -> Result<Vec<Problem>, Failed> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT message, created_at FROM run_problems WHERE run_id = $1 ORDER BY id LIMIT $2",
    )
    .bind(run.0)
    .bind(PROBLEMS)
    .fetch_all(&store.readers())
    .await?;
    let problem = |(message, at)| Problem { message, at };
    Ok(rows.into_iter().map(problem).collect())
}

/// What is wanted of `dead_letters d`.
fn filter(statement: &mut Statement, scope: &Scope, wanted: &LettersWanted) {
    statement
        .scoped("d.tenant_id", scope)
        .number("d.integration_id", wanted.integration.map(|id| id.0))
        .text("d.stream", wanted.stream.as_deref())
        .text("d.fingerprint", wanted.fingerprint.as_deref());
    if !wanted.ids.is_empty() {
        statement.among("d.id", wanted.ids.iter().copied());
    }
}

async fn letters(
    store: &Backend,
    (scope, wanted): (&Scope, &LettersWanted),
    before: i64,
    limit: u32,
) -> Result<Vec<LetterSeen>, Failed> {
    let mut statement = Statement::new(
        "SELECT d.*, r.external_id, t.name AS tenant, i.name AS integration FROM dead_letters d
         JOIN raw_data r ON r.id = d.raw_data_id JOIN integrations i ON i.id = d.integration_id
         JOIN tenants t ON t.id = d.tenant_id WHERE 1 = 1",
    );
    filter(&mut statement, scope, wanted);
    statement.before("d.id", before).page("d.id DESC", limit);
    let rows = statement.0.build().fetch_all(&store.readers()).await?;
    let seen = |row: &super::DbRow| LetterSeen {
        letter: dead_letters::read(row),
        tenant: row.get("tenant"),
        integration: row.get("integration"),
    };
    Ok(rows.iter().map(seen).collect())
}

async fn groups(
    store: &Backend,
    (scope, wanted): (&Scope, &LettersWanted),
    behind: Option<BehindGroup>,
    limit: u32,
) -> Result<Vec<GroupSeen>, Failed> {
    let mut statement = Statement::new(
        "SELECT g.letters, l.*, t.name AS tenant FROM dead_letters l JOIN tenants t ON t.id = l.tenant_id JOIN
             (SELECT COUNT(*) AS letters, MAX(d.id) AS newest FROM dead_letters d WHERE 1 = 1",
    );
    filter(&mut statement, scope, wanted);
    statement
        .0
        .push(" GROUP BY d.tenant_id, d.stream, d.fingerprint) g ON g.newest = l.id WHERE 1 = 1");
    if let Some(BehindGroup { count, newest }) = behind {
        statement.0.push(" AND (g.letters, l.id) < (");
        statement.0.push_bind(count).push(", ").push_bind(newest);
        statement.0.push(")");
    }
    statement.page("g.letters DESC, l.id DESC", limit);
    let rows = statement.0.build().fetch_all(&store.readers()).await?;
    let seen = |row: &super::DbRow| GroupSeen {
        group: dead_letters::group(row),
        tenant: row.get("tenant"),
        newest: row.get("id"),
    };
    Ok(rows.iter().map(seen).collect())
}
