//! What the extract stage reads and writes.

use async_trait::async_trait;
use runnel_model::{Name, PluginVersion, RawId, RequestId, RunId};

use crate::{Claim, Integration, RunOptions, StoreError};

/// A run, as the extract stage sees it.
#[derive(Debug, Clone)]
pub struct WorkingRun {
    /// The run.
    pub id: RunId,
    /// The integration that it reads.
    pub integration: Integration,
    /// The stream that it reads.
    pub stream: Name,
    /// What was asked for.
    pub options: RunOptions,
    /// What it is a replay by, if it is one.
    pub replay: Option<Replayed>,
}

/// How the records of a replay are mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// By this version; absent: by whichever is active.
    pub version: Option<PluginVersion>,
}

/// A record of the parent stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Its newest raw record.
    pub raw: RawId,
    /// Its external id.
    pub external_id: String,
    /// Its context.
    pub context: String,
    /// Its payload, whole.
    pub payload: String,
    /// The cursor of the partition of its external id.
    pub cursor: Option<String>,
}

/// A request to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// What its cursor belongs to.
    pub partition: String,
    /// `GET`, `POST`, ...
    pub method: String,
    /// A path below the base URL, or an absolute URL below it.
    pub url: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body, if any.
    pub body: Option<String>,
    /// The name of the declared answer.
    pub answer: String,
    /// Whether a validator may be sent.
    pub conditional: bool,
    /// The source's note to itself: JSON text.
    pub token: String,
}

/// A stored request, with what is needed to send it and read its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// Its id.
    pub id: RequestId,
    /// What to send.
    pub request: NewRequest,
    /// The ETag to ask with, where the request is conditional and the run is not
    /// a full one, and for one that goes back to a time: that nothing has changed
    /// since the last run says nothing of what was before.
    pub etag: Option<String>,
    /// The cursor of the request's partition (absent for a full run).
    pub cursor: Option<String>,
}

/// A batch of parents that was planned.
#[derive(Debug, Clone)]
pub struct PlanCommit {
    /// The plan task.
    pub claim: Claim,
    /// The run.
    pub run: RunId,
    /// The first requests.
    pub requests: Vec<NewRequest>,
    /// The newest raw record among the batch's parents where more parents may
    /// follow: a further plan task goes on behind it. Absent: planned to the end.
    pub more_after: Option<RawId>,
}

/// A record to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// What identifies it within its stream.
    pub external_id: String,
    /// What the source added: JSON text.
    pub context: String,
    /// The payload: JSON text, checked.
    pub payload: String,
    /// SHA-256 of payload and context.
    pub digest: [u8; 32],
}

/// What went over the wire.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests sent.
    pub requests: u64,
    /// Bytes of bodies received.
    pub bytes: u64,
    /// Requests among them that were repetitions.
    pub retries: u64,
}

/// One answer, read.
#[derive(Debug, Clone)]
pub struct PageCommit {
    /// The fetch task.
    pub claim: Claim,
    /// The run.
    pub run: RunId,
    /// The source of the run's integration.
    pub source: Name,
    /// The request that was answered.
    pub request: RequestId,
    /// Its partition.
    pub partition: String,
    /// The records to keep.
    pub records: Vec<NewRecord>,
    /// What follows.
    pub requests: Vec<NewRequest>,
    /// The partition's cursor to be: a JSON object, merged key by key with what
    /// the run's other pages say.
    pub progress: Option<String>,
    /// URL as requested and ETag, of a conditional request.
    pub validator: Option<(String, String)>,
    /// What was left out, and why.
    pub skipped: Option<(String, String)>,
    /// Whether its run reads the partition whole, so that what is stored of it and not
    /// met is gone.
    pub census: bool,
    /// What went over the wire for it.
    pub traffic: Traffic,
    /// The traces that its request is a part of, as those of a [`Task`](crate::Task).
    pub traceparents: String,
}

/// What the extract stage needs.
#[async_trait]
pub trait Extract: Send + Sync {
    /// The run, with its integration.
    async fn working_run(&self, run: RunId) -> Result<WorkingRun, StoreError>;

    /// The cursor of a partition of the run's stream; none for a full run.
    async fn cursor(&self, run: RunId, partition: &str) -> Result<Option<String>, StoreError>;

    /// The next parents of the run, at most `limit`, in the order of their raw
    /// records; for a run with [`NewRun::changed_parents_of`](crate::NewRun) only
    /// those past the stream's watermark (all of them for a full run).
    async fn parents(
        &self,
        run: RunId,
        stream: &Name,
        limit: u32,
    ) -> Result<Vec<Parent>, StoreError>;

    /// Commits a plan: its requests, a task for each, and what is to be planned
    /// next.
    async fn commit_plan(&self, plan: PlanCommit) -> Result<(), StoreError>;

    /// The requests of these ids, in any order.
    async fn requests(&self, ids: &[RequestId]) -> Result<Vec<RequestRow>, StoreError>;

    /// Commits pages, each atomic: its records, the requests that follow from
    /// it, the tasks it causes and its progress, all guarded by its claim. A
    /// page whose lease is lost is left out; answers how many were.
    async fn commit_pages(&self, pages: Vec<PageCommit>) -> Result<u64, StoreError>;

    /// Counts traffic that led to no page (an attempt that is to be repeated).
    async fn count_traffic(&self, run: RunId, traffic: Traffic) -> Result<(), StoreError>;
}
