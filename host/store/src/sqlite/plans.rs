//! By which index SQLite finds what a list asks for.

use runnel_model::{JobId, TenantId};
use sqlx::AssertSqlSafe;

use super::{SqliteStore, sql::chronicle::select_runs};
use crate::{RunsWanted, Scope};

/// How runs are looked for, step by step.
async fn plan(store: &SqliteStore, scope: &Scope, wanted: &RunsWanted) -> String {
    let statement = select_runs((scope, wanted), i64::MAX, 50);
    let text = format!("EXPLAIN QUERY PLAN {}", statement.0.sql().as_str());
    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(AssertSqlSafe(text))
        .fetch_all(&store.readers())
        .await
        .expect("a plan");
    let steps = steps.into_iter().map(|(_, _, _, step)| step);
    steps.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn runs_are_found_by_an_index_however_they_are_asked_for() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = SqliteStore::open(&folder.path().join("runnel.db")).await;
    let store = store.unwrap();
    let one = Scope::Only(vec![TenantId(1)]);
    let of_job = RunsWanted {
        job_id: Some(JobId(1)),
        ..RunsWanted::default()
    };
    let failed = RunsWanted {
        state: Some("failed".to_owned()),
        ..RunsWanted::default()
    };
    for (scope, wanted, index) in [
        (
            &Scope::All,
            &RunsWanted::default(),
            "r USING INTEGER PRIMARY KEY",
        ),
        (&one, &RunsWanted::default(), "job_runs_of_tenant ("),
        (&one, &of_job, "job_runs_newest"),
        (&Scope::All, &failed, "job_runs_by_state"),
        (&one, &failed, "job_runs_of_tenant_by_state"),
    ] {
        let plan = plan(&store, scope, wanted).await;
        assert!(plan.contains(index), "{index}: {plan}");
        assert!(plan.contains("tasks_plans"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
