//! From an answer to a page: cut into records natively, read by the source.

use reqwest::{StatusCode, header::HeaderMap};
use runnel_model::{Answer as Shape, Name, RunId};
use runnel_sandbox::{
    JsonError, Source, SourceError, answer,
    source::{Decision, Page, Response, Scope},
};
use runnel_store::{Claim, NewRecord, PageCommit, RequestRow, Traffic};
use sha2::{Digest as _, Sha256};

use super::plan::new_request;
use crate::egress::Answer;

/// How much of an answer that is no page a source sees.
const MAX_ERROR_BODY: usize = 4 << 10;

/// What is to be read.
pub(crate) struct Job {
    pub(crate) name: Name,
    pub(crate) source: Source,
    pub(crate) scope: Scope,
    pub(crate) shape: Shape,
    pub(crate) claim: Claim,
    pub(crate) run: RunId,
    pub(crate) row: RequestRow,
    /// Whether the run reads its partitions whole.
    pub(crate) census: bool,
}

/// Why there is no page.
pub(crate) enum PageError {
    Source(SourceError),
    /// It is not what the service promises.
    Unreadable(String),
    TooLarge(String),
}

fn unreadable(error: &JsonError) -> PageError {
    match error {
        JsonError::TooMany { .. } => {
            PageError::TooLarge(format!("the answer is too large: {error}"))
        }
        other => PageError::Unreadable(format!("the answer is no JSON: {other}")),
    }
}

/// Reads an answer. It computes for as long as the page is large, so it belongs
/// on a thread of its own.
pub(crate) fn read(job: &Job, answer: &Answer) -> Result<PageCommit, PageError> {
    if answer.too_large() {
        return Err(PageError::TooLarge(
            "the answer is larger than any page may be".to_owned(),
        ));
    }
    let split = if answer.status.is_success() && !answer.body.is_empty() {
        answer::split(&answer.body, &job.shape).map_err(|error| unreadable(&error))?
    } else {
        answer::Split {
            beside: error_body(answer),
            records: Vec::new(),
            heads: Vec::new(),
        }
    };
    let response = response(job, answer, split.heads, split.beside);
    let page = job
        .source
        .read(&job.scope, &response)
        .map_err(PageError::Source)?;
    if let Some(progress) = page
        .progress
        .as_ref()
        .filter(|progress| progress.partition != response.partition)
    {
        let reason = format!(
            "the source moves the partition {:?} by an answer of {:?}",
            progress.partition, response.partition
        );
        return Err(PageError::Unreadable(reason));
    }
    let records = keep(&page, answer, &split.records);
    Ok(PageCommit {
        claim: job.claim,
        run: job.run,
        source: job.name.clone(),
        request: job.row.id,
        partition: job.row.request.partition.clone(),
        records,
        validator: validator(job, answer),
        requests: page.requests.into_iter().map(new_request).collect(),
        progress: page.progress.map(|progress| progress.cursor),
        skipped: page
            .skipped
            .map(|omission| (omission.what, omission.reason)),
        census: job.census,
        traffic: Traffic::default(),
        traceparents: String::new(),
    })
}

fn response(job: &Job, answer: &Answer, records: Vec<String>, beside: String) -> Response {
    Response {
        token: job.row.request.token.clone(),
        partition: job.row.request.partition.clone(),
        url: answer.url.clone(),
        status: answer.status.as_u16(),
        headers: headers(&answer.headers),
        records,
        beside,
    }
}

/// The kept records: their bytes as they came, never through the source.
fn keep(page: &Page, answer: &Answer, ranges: &[std::ops::Range<usize>]) -> Vec<NewRecord> {
    let kept = page
        .decisions
        .iter()
        .zip(ranges)
        .filter_map(|(decision, range)| match decision {
            Decision::Keep {
                external_id,
                context,
            } => Some((external_id, context, range)),
            Decision::Skip => None,
        });
    kept.map(|(external_id, context, range)| {
        let payload = String::from_utf8_lossy(&answer.body[range.clone()]).into_owned();
        let digest = Sha256::new()
            .chain_update(&payload)
            .chain_update([0])
            .chain_update(context)
            .finalize();
        NewRecord {
            external_id: external_id.clone(),
            context: context.clone(),
            payload,
            digest: digest.into(),
        }
    })
    .collect()
}

/// A 304 keeps the ETag that was asked with.
fn validator(job: &Job, answer: &Answer) -> Option<(String, String)> {
    let request = &job.row.request;
    if !request.conditional
        || !(answer.status.is_success() || answer.status == StatusCode::NOT_MODIFIED)
    {
        return None;
    }
    let given = answer
        .headers
        .get("etag")
        .and_then(|etag| etag.to_str().ok())
        .map(str::to_owned);
    let etag = if answer.status == StatusCode::NOT_MODIFIED {
        job.row.etag.clone()
    } else {
        given
    };
    etag.map(|etag| (request.url.clone(), etag))
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = headers.iter().filter(|(name, _)| *name != "set-cookie");
    shown
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect()
}

fn error_body(answer: &Answer) -> String {
    let end = answer.body.len().min(MAX_ERROR_BODY);
    serde_json::Value::from(String::from_utf8_lossy(&answer.body[..end])).to_string()
}
