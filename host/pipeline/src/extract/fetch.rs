//! Fetches: one request, until there is a page or it is given up.

use std::time::Duration;

use runnel_model::RequestId;
use runnel_sandbox::{
    SourceError,
    source::{Failure, Wait},
};
use runnel_store::{PageCommit, RequestRow, Task, Traffic};

use super::{
    Extractor, RunContext,
    page::{self, PageError},
};
use crate::{
    PipelineError,
    egress::{Answer, Budget, SendError, backoff},
    transform::blocking,
};

/// How often an answer that is not yet there, or cannot be read, is asked for.
const ATTEMPTS: u32 = 9;

/// What is to happen to the request next.
enum Next {
    Commit(Box<PageCommit>),
    Again,
    /// The same, after a wait.
    Wait(Wait),
    GiveUp(String),
}

impl Extractor {
    pub(super) async fn fetch(
        &self,
        task: &Task,
        run: &RunContext,
        request: RequestId,
    ) -> Result<(), PipelineError> {
        let Some(row) = self.context.store.requests(&[request]).await?.pop() else {
            // Its run was cancelled: nothing is left to do.
            return Ok(self.context.store.finish(task.claim).await?);
        };
        let mut traffic = Traffic::default();
        for failures in 1..=ATTEMPTS {
            let answer = match run.source.client.send(&row, &mut traffic).await {
                Ok(answer) => answer,
                Err(SendError::Request(reason)) => {
                    return self.give_up(task, run, &row, (reason, traffic)).await;
                }
                Err(SendError::Stop(error)) => return Err(error),
            };
            match self.read(task, run, &row, answer).await? {
                Next::Commit(mut page) => {
                    page.traffic = traffic;
                    return self.committer.commit(*page).await;
                }
                Next::Again => traffic.retries += 1,
                Next::Wait(wait) if failures < ATTEMPTS => {
                    traffic.retries += 1;
                    let seconds = wait.seconds.map(|s| Duration::from_secs(s.into()));
                    tokio::time::sleep(seconds.unwrap_or_else(|| backoff(failures))).await;
                }
                Next::Wait(Wait { reason, .. }) | Next::GiveUp(reason) => {
                    return self.give_up(task, run, &row, (reason, traffic)).await;
                }
            }
        }
        let reason = format!("the answer could not be read, {ATTEMPTS} times in a row");
        self.give_up(task, run, &row, (reason, traffic)).await
    }

    /// Has the source read an answer.
    async fn read(
        &self,
        task: &Task,
        run: &RunContext,
        row: &RequestRow,
        answer: Answer,
    ) -> Result<Next, PipelineError> {
        let job = page::Job {
            name: run.source.descriptor.name.clone(),
            source: run.source.source.clone(),
            scope: run.scope(row.cursor.clone()),
            shape: run
                .stream
                .answers
                .get(&row.request.answer)
                .cloned()
                .unwrap_or_default(),
            claim: task.claim,
            run: run.run.id,
            row: row.clone(),
        };
        let read = blocking(move || page::read(&job, &answer)).await?;
        let broken = |reason| {
            Next::Wait(Wait {
                reason,
                seconds: None,
            })
        };
        Ok(match read {
            Ok(page) => Next::Commit(Box::new(page)),
            Err(PageError::Source(SourceError::Failure(Failure::Limited(wait)))) => {
                self.limited(run, wait);
                Next::Again
            }
            Err(PageError::Source(SourceError::Failure(Failure::Again(wait)))) => Next::Wait(wait),
            Err(PageError::Source(SourceError::Failure(Failure::Broken(reason)))) => broken(reason),
            Err(PageError::Source(SourceError::Failure(Failure::Refused(reason)))) => {
                Next::GiveUp(reason)
            }
            Err(PageError::Source(SourceError::Sandbox(error))) => Next::GiveUp(error.to_string()),
            Err(PageError::Unreadable(reason)) => broken(reason),
            Err(PageError::TooLarge(reason)) => Next::GiveUp(reason),
        })
    }

    fn limited(&self, run: &RunContext, wait: Wait) {
        let budget = Budget {
            retry_after: wait.seconds.map(u64::from),
            ..Budget::default()
        };
        run.source.client.quota.refused(budget, &wait.reason);
    }

    async fn give_up(
        &self,
        task: &Task,
        run: &RunContext,
        row: &RequestRow,
        (reason, traffic): (String, Traffic),
    ) -> Result<(), PipelineError> {
        let problem = format!(
            "{}: {} {}: {reason}",
            run.stream.name, row.request.method, row.request.url
        );
        self.context
            .store
            .count_traffic(run.run.id, traffic)
            .await?;
        self.context.store.bury(task.claim, &problem).await?;
        (self.context.observer)(crate::Signal::Progress);
        Ok(())
    }
}
