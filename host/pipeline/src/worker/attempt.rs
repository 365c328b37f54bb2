//! One attempt at tasks of a run.

use std::{slice, sync::Arc, time::Duration};

use runnel_store::Task;

use super::{Handler, failure::Failed};
use crate::{PipelineError, failpoints::failpoint};

/// What is still known of a task, and what became of it.
pub(super) type Ended = (Failed, Result<(), PipelineError>);

/// Has the tasks handled together, and each by itself where that fails.
pub(super) async fn all(
    handler: Arc<dyn Handler>,
    tasks: Vec<Task>,
    deadline: Option<Duration>,
) -> Vec<Ended> {
    failpoint!("worker::before_effect");
    let together = within(deadline, handler.handle(&tasks)).await;
    match (together, tasks.as_slice()) {
        (Ok(()), tasks) => tasks
            .iter()
            .map(|task| (Failed::of(task), Ok(())))
            .collect(),
        (failed, [task]) => vec![(Failed::of(task), failed)],
        (Err(error), tasks) => {
            let run = tasks.first().map(|task| task.run.0);
            tracing::debug!(run, %error, "{} tasks are handled one by one", tasks.len());
            let mut ended = Vec::with_capacity(tasks.len());
            for task in tasks {
                let alone = handler.handle(slice::from_ref(task));
                ended.push((Failed::of(task), within(deadline, alone).await));
            }
            ended
        }
    }
}

async fn within(
    deadline: Option<Duration>,
    handled: impl Future<Output = Result<(), PipelineError>>,
) -> Result<(), PipelineError> {
    match deadline {
        None => handled.await,
        Some(deadline) => tokio::time::timeout(deadline, handled)
            .await
            .unwrap_or(Err(PipelineError::TooLong(deadline))),
    }
}
