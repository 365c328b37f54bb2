//! A request to see whether a source can be read at all.

use runnel_model::{Lease, Name, RequestId, RunId, TaskId};
use runnel_sandbox::{
    SourceError,
    source::{Failure, Scope},
};
use runnel_store::{Claim, RequestRow, Traffic};

use crate::{
    BoundSource, PipelineError,
    egress::{Budget, SendError},
    extract::{Job, PageError, new_request, read, said},
    transform::blocking,
};

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// What was asked for.
    pub url: String,
    /// The status of the answer.
    pub status: u16,
    /// How many records the answer has.
    pub records: usize,
    /// The most requests of a window, where the service has such a limit.
    pub limit: Option<u64>,
    /// What is left of them.
    pub remaining: Option<u64>,
    /// Why the service refuses, where it does.
    pub refused: Option<String>,
}

/// Sends the first request of a stream, as a run would, and reads the answer.
///
/// # Errors
/// [`PipelineError::Unauthorized`], [`PipelineError::Unreachable`], and whatever
/// else keeps a run from reading.
pub async fn probe(source: &BoundSource, stream: &Name) -> Result<Probed, PipelineError> {
    let scope = Scope {
        stream: stream.to_string(),
        config: source.config.clone(),
        cursor: None,
        since: None,
        parents: Vec::new(),
    };
    let row = first_request(source, &scope).await?;
    let mut traffic = Traffic::default();
    let answer = source
        .client
        .send(&row, &mut traffic)
        .await
        .map_err(|error| match error {
            SendError::Request(reason) | SendError::Worn(reason) => PipelineError::Again(reason),
            SendError::Stop(error) => error,
        })?;
    let budget = Budget::of(&answer.headers);
    let mut probed = Probed {
        url: answer.url.clone(),
        status: answer.status.as_u16(),
        records: 0,
        limit: budget.limit,
        remaining: budget.remaining,
        refused: None,
    };
    let job = job(source, stream, scope, row);
    match blocking(move || read(&job, &answer)).await? {
        Ok(page) => {
            probed.records = page.records.len();
            probed.refused = page
                .skipped
                .map(|(what, reason)| format!("{what}: {reason}"));
        }
        Err(PageError::Source(SourceError::Failure(failure))) => {
            probed.refused = Some(said(failure))
        }
        Err(PageError::Source(SourceError::Sandbox(error))) => return Err(error.into()),
        Err(PageError::Unreadable(reason) | PageError::TooLarge(reason)) => {
            probed.refused = Some(reason);
        }
    }
    Ok(probed)
}

async fn first_request(source: &BoundSource, scope: &Scope) -> Result<RequestRow, PipelineError> {
    let (plugin, scope) = (source.source.clone(), scope.clone());
    let planned = blocking(move || plugin.plan(&scope)).await?;
    let request = match planned {
        Ok(requests) => requests.into_iter().next(),
        Err(SourceError::Failure(Failure::Again(wait) | Failure::Limited(wait))) => {
            return Err(PipelineError::Again(wait.reason));
        }
        Err(SourceError::Failure(Failure::Refused(words) | Failure::Broken(words))) => {
            return Err(PipelineError::Again(words));
        }
        Err(SourceError::Sandbox(error)) => return Err(error.into()),
    };
    let request = request.ok_or_else(|| {
        PipelineError::Again("there is nothing to read: name an owner or a repository".to_owned())
    })?;
    Ok(RequestRow {
        id: RequestId(0),
        request: new_request(request),
        etag: None,
        cursor: None,
    })
}

/// A page of no run: it is read and thrown away.
fn job(source: &BoundSource, stream: &Name, scope: Scope, row: RequestRow) -> Job {
    let shape = source
        .descriptor
        .stream(stream)
        .and_then(|stream| stream.answers.get(&row.request.answer).cloned());
    Job {
        name: source.descriptor.name.clone(),
        source: source.source.clone(),
        scope,
        shape: shape.unwrap_or_default(),
        claim: Claim {
            task: TaskId(0),
            lease: Lease(0),
        },
        run: RunId(0),
        row,
        census: false,
    }
}
