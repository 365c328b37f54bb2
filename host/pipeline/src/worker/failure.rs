//! What becomes of a task that failed: the policies of
//! [`PipelineError`](crate::PipelineError), carried out.

use std::time::Duration;

use runnel_model::{RunId, TenantId};
use runnel_store::{Claim, Store, StoreError, Task};

use super::{Context, OnError};
use crate::{PipelineError, egress::backoff};

/// A task is buried after so many failed attempts: about an hour.
pub(crate) const ATTEMPTS: u32 = 12;
/// How long work waits for a plugin that this worker does not have, or for a
/// newer worker that knows its kind.
const PARKED: Duration = Duration::from_secs(60);

/// What is still known of a task when its handler has ended.
pub(super) struct Failed {
    pub(super) claim: Claim,
    pub(super) tenant: TenantId,
    run: RunId,
    attempts: u32,
    what: String,
}

impl Failed {
    pub(super) fn of(task: &Task) -> Self {
        Self {
            claim: task.claim,
            tenant: task.tenant,
            run: task.run,
            attempts: task.attempts,
            what: task.kind.to_string(),
        }
    }
}

/// Sees to a task that failed.
///
/// # Errors
/// The error itself where the worker is to stop, and that of the store where
/// the task cannot be given back: its lease will be over.
pub(super) async fn settle(
    context: &Context,
    task: &Failed,
    error: PipelineError,
) -> Result<(), PipelineError> {
    let claim = task.claim;
    match error {
        // Somebody else has the task: its effect is theirs.
        PipelineError::Store(StoreError::LeaseLost) => {
            tracing::warn!(task = claim.task.0, lease = claim.lease.0, "lease lost");
            Ok(())
        }
        error if context.on_error == OnError::Stop => Err(error),
        error => unless_lost(go_on(context, task, &error).await),
    }
}

/// Whether a service that cannot be reached from here has answered this run: then it may
/// be this process that cannot reach it, and others can, or it is away for a while.
async fn has_answered(
    store: &dyn Store,
    run: RunId,
    error: &PipelineError,
) -> Result<bool, StoreError> {
    if !matches!(error, PipelineError::Unreachable { .. }) {
        return Ok(false);
    }
    let runs = store.runs(&[run]).await?;
    Ok(runs.first().is_some_and(|run| run.counters.requests > 0))
}

async fn go_on(context: &Context, task: &Failed, error: &PipelineError) -> Result<(), StoreError> {
    let store = &context.store;
    let (claim, words) = (task.claim, error.to_string());
    let has_answered = has_answered(&**store, task.run, error).await?;
    match error {
        // Without the wait: it is told from the task, and other tasks wait for the same.
        PipelineError::Later { wait, reason } => store.retry(claim, *wait, reason, false).await,
        PipelineError::NoSource { .. }
        | PipelineError::NoTransform { .. }
        | PipelineError::Unknown { .. } => store.retry(claim, PARKED, &words, false).await,
        PipelineError::Unauthorized { .. }
        | PipelineError::Unreachable { .. }
        | PipelineError::Unusable { .. }
            if !has_answered =>
        {
            tracing::warn!(run = task.run.0, "the run is given up: {words}");
            store.fail_run(task.run, &words).await?;
            // A task that fetches went with its run; another one is kept.
            store.bury(claim, &words).await
        }
        _ if task.attempts + 1 >= ATTEMPTS => {
            let problem = format!("{} failed {ATTEMPTS} times: {words}", task.what);
            store.bury(claim, &problem).await
        }
        _ => {
            tracing::warn!(
                task = claim.task.0,
                run = task.run.0,
                "{} is tried again: {words}",
                task.what
            );
            store
                .retry(claim, growing(task.attempts), &words, true)
                .await
        }
    }
}

/// The wait before a task's next attempt: about a second at first, minutes later.
fn growing(attempts: u32) -> Duration {
    backoff(attempts + 1) * 4
}

fn unless_lost(result: Result<(), StoreError>) -> Result<(), PipelineError> {
    match result {
        Err(StoreError::LeaseLost) => Ok(()),
        other => Ok(other?),
    }
}
