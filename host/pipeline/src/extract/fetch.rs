//! Fetches: one request, until there is a page or it is given up.

use std::time::Duration;

use runnel_model::RequestId;
use runnel_sandbox::{
    SourceError,
    source::{Failure, Wait},
};
use runnel_store::{PageCommit, RequestRow, Task, Traffic};
use runnel_traces::Traceparents;
use tracing::{Instrument, Span};

use super::{
    Extractor, RunContext,
    page::{self, PageError},
};
use crate::{
    OnError, PipelineError,
    egress::{Answer, Budget, SendError, backoff},
    spans,
    transform::blocking,
    worker::ATTEMPTS,
};

/// What was asked for in vain, why, and what it cost.
struct Vain<'a> {
    row: &'a RequestRow,
    reason: String,
    traffic: Traffic,
}

/// What is to happen to the request next.
enum Next {
    Commit(Box<PageCommit>),
    Again,
    /// The same, after a wait.
    Wait(Wait),
    GiveUp(String),
    /// It has been asked for too often in a row.
    Worn(String),
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
            return Ok(self.context.store.finish(&[task.claim]).await?);
        };
        // What an earlier attempt at the task has asked for is asked for again: else a page
        // that comes to nothing would look like ever more of them.
        let mut traffic = Traffic {
            retries: u64::from(task.attempts > 0),
            ..Traffic::default()
        };
        let mut failures = 0;
        loop {
            failures += 1;
            let next = match run.source.client.send(&row, &mut traffic).await {
                Ok(answer) => self.read(task, run, &row, answer).await?,
                Err(SendError::Request(reason)) => Next::GiveUp(reason),
                Err(SendError::Worn(reason)) => Next::Worn(reason),
                Err(SendError::Stop(error)) => return Err(error),
            };
            let vain = |reason| Vain {
                row: &row,
                reason,
                traffic,
            };
            match next {
                Next::Commit(mut page) => {
                    page.traffic = traffic;
                    page.traceparents = Traceparents::of(&Span::current()).to_string();
                    let commit = self.committer.commit(*page);
                    return commit.instrument(spans::store("commit page")).await;
                }
                Next::Again if failures < run.source.client.attempts() => traffic.retries += 1,
                Next::Again => {
                    let limited =
                        format!("the service asked for a pause {failures} times in a row");
                    return self.worn(task, run, vain(limited)).await;
                }
                Next::Wait(wait) if failures < run.source.client.attempts() => {
                    traffic.retries += 1;
                    let seconds = wait.seconds.map(|s| Duration::from_secs(s.into()));
                    tokio::time::sleep(seconds.unwrap_or_else(|| backoff(failures))).await;
                }
                Next::GiveUp(reason) => return self.give_up(task, run, vain(reason)).await,
                Next::Wait(Wait { reason, .. }) | Next::Worn(reason) => {
                    return self.worn(task, run, vain(reason)).await;
                }
            }
        }
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
            census: run.is_census(),
        };
        let span = spans::read(&run.source.descriptor, &run.stream.name);
        let read = blocking(move || page::read(&job, &answer));
        let read = read.instrument(span).await?;
        let broken = |reason| {
            Next::Wait(Wait {
                reason,
                seconds: None,
            })
        };
        Ok(match read {
            Ok(page) => Next::Commit(Box::new(page)),
            Err(PageError::Source(SourceError::Failure(Failure::Limited(wait)))) => {
                self.limited(run, wait).await;
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

    async fn limited(&self, run: &RunContext, wait: Wait) {
        let budget = Budget {
            retry_after: wait.seconds.map(u64::from),
            ..Budget::default()
        };
        let quota = run.source.client.quota();
        quota.refused(budget, &wait.reason).await;
    }

    /// A service has other things to do meanwhile, and tries again later.
    async fn worn(
        &self,
        task: &Task,
        run: &RunContext,
        vain: Vain<'_>,
    ) -> Result<(), PipelineError> {
        if self.context.on_error == OnError::Stop || task.attempts + 1 >= ATTEMPTS {
            return self.give_up(task, run, vain).await;
        }
        let again = PipelineError::Again(problem(run, &vain));
        self.context
            .store
            .count_traffic(run.run.id, vain.traffic)
            .await?;
        Err(again)
    }

    async fn give_up(
        &self,
        task: &Task,
        run: &RunContext,
        vain: Vain<'_>,
    ) -> Result<(), PipelineError> {
        let problem = problem(run, &vain);
        self.context
            .store
            .count_traffic(run.run.id, vain.traffic)
            .await?;
        self.context.store.bury(task.claim, &problem).await?;
        (self.context.observer)(crate::Signal::Progress);
        Ok(())
    }
}

fn problem(run: &RunContext, vain: &Vain<'_>) -> String {
    let request = &vain.row.request;
    format!(
        "{}: {} {}: {}",
        run.stream.name, request.method, request.url, vain.reason
    )
}
