//! Replays and trials, page by page, the newest first.

use async_trait::async_trait;

use super::{Backend, replays::rows, trial_rows, wanted::Statement};
use crate::{ReplayRow, Scope, StoreError, TrialRow, Undertakings, error::Failed};

#[async_trait]
impl Undertakings for Backend {
    async fn replays_page(
        &self,
        scope: &Scope,
        before: i64,
        limit: u32,
    ) -> Result<Vec<ReplayRow>, StoreError> {
        self.run(|| replays(self, scope, before, limit)).await
    }

    async fn trials_page(
        &self,
        scope: &Scope,
        plugin: Option<&str>,
        before: i64,
        limit: u32,
    ) -> Result<Vec<TrialRow>, StoreError> {
        self.run(|| some_trials(self, (scope, plugin), before, limit))
            .await
    }
}

async fn replays(
    store: &Backend,
    scope: &Scope,
    before: i64,
    limit: u32,
) -> Result<Vec<ReplayRow>, Failed> {
    let mut statement = Statement::new("SELECT * FROM replays WHERE 1 = 1");
    statement
        .scoped("tenant_id", scope)
        .before("id", before)
        .page("id DESC", limit);
    let found = statement.0.build().fetch_all(&store.readers()).await?;
    rows::with_parts(store, &found).await
}

async fn some_trials(
    store: &Backend,
    (scope, plugin): (&Scope, Option<&str>),
    before: i64,
    limit: u32,
) -> Result<Vec<TrialRow>, Failed> {
    let mut statement = Statement::new(&format!("{} WHERE 1 = 1", trial_rows::TRIALS));
    statement
        .scoped("t.tenant_id", scope)
        .text("t.plugin", plugin);
    statement.before("t.id", before).page("t.id DESC", limit);
    let rows = statement.0.build().fetch_all(&store.readers()).await?;
    rows.iter().map(trial_rows::read).collect()
}
