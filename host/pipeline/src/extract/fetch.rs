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
            match self.read(task, run, &row, answer, failures).await? {
                Next::Commit(mut page) => {
                    page.traffic = traffic;
                    return self.committer.commit(*page).await;
                }
                Next::Again => traffic.retries += 1,
                Next::GiveUp(reason) => {
                    return self.give_up(task, run, &row, (reason, traffic)).await;
                }
            }
        }
        let reason = format!("the answer could not be read, {ATTEMPTS} times in a row");
        self.give_up(task, run, &row, (reason, traffic)).await
    }

    /// Has the source read an answer, and waits where it says so.
    async fn read(
        &self,
        task: &Task,
        run: &RunContext,
        row: &RequestRow,
        answer: Answer,
        failures: u32,
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
        let wait = match read {
            Ok(page) => return Ok(Next::Commit(Box::new(page))),
            Err(PageError::Source(SourceError::Failure(Failure::Limited(wait)))) => {
                self.limited(run, wait);
                return Ok(Next::Again);
            }
            Err(PageError::Source(SourceError::Failure(Failure::Again(wait)))) => wait,
            Err(PageError::Source(SourceError::Failure(Failure::Broken(reason)))) => Wait {
                reason,
                seconds: None,
            },
            Err(PageError::Source(SourceError::Failure(Failure::Refused(reason)))) => {
                return Ok(Next::GiveUp(reason));
            }
            Err(PageError::Source(SourceError::Sandbox(error))) => {
                return Ok(Next::GiveUp(error.to_string()));
            }
            Err(PageError::Unreadable(reason)) => Wait {
                reason,
                seconds: None,
            },
            Err(PageError::TooLarge(reason)) => return Ok(Next::GiveUp(reason)),
        };
        if failures == ATTEMPTS {
            return Ok(Next::GiveUp(wait.reason));
        }
        tokio::time::sleep(
            wait.seconds
                .map_or_else(|| backoff(failures), |s| Duration::from_secs(s.into())),
        )
        .await;
        Ok(Next::Again)
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
