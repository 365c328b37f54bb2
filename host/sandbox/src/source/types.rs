//! The words of `wit/source.wit` as plain types. JSON is text.

/// A record of the parent stream, for which a stream is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The parent record's external id.
    pub external_id: String,
    /// The fields of its payload that the descriptor's `parents.fields` names: a
    /// JSON object.
    pub fields: String,
    /// The context that was kept with it: a JSON object.
    pub context: String,
    /// The cursor stored for the partition of its external id, as JSON.
    pub cursor: Option<String>,
}

/// What a run reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// The stream's name.
    pub stream: String,
    /// `{"base_url": "...", "scope": ["..."], "settings": {...}}`.
    pub config: String,
    /// In a plan the cursor of the partition "", in a reading that of the
    /// request's partition, as JSON.
    pub cursor: Option<String>,
    /// The oldest change that is wanted, in microseconds since 1970.
    pub since: Option<i64>,
    /// A bounded batch of parents; empty in a reading.
    pub parents: Vec<Parent>,
}

/// A request that the host is to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, ...
    pub method: String,
    /// A path below the integration's base URL, or an absolute URL below it. Not
    /// checked here.
    pub url: String,
    /// Further headers. Not checked here.
    pub headers: Vec<(String, String)>,
    /// The body, if any.
    pub body: Option<String>,
    /// The name of the declared answer; "" for the default.
    pub answer: String,
    /// What a cursor belongs to.
    pub partition: String,
    /// Whether the host may ask conditionally.
    pub conditional: bool,
    /// The plugin's note to itself: checked JSON text.
    pub token: String,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The token of the request.
    pub token: String,
    /// The partition of the request.
    pub partition: String,
    /// The URL that answered at last.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case, `set-cookie` left out by the caller.
    pub headers: Vec<(String, String)>,
    /// For each record the declared fields: JSON, as [`Split::heads`] has them.
    ///
    /// [`Split::heads`]: crate::answer::Split::heads
    pub records: Vec<String>,
    /// The declared fields beside the records: JSON.
    pub beside: String,
}

/// What becomes of one record of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Store it and have it transformed.
    Keep {
        /// What identifies the record within its stream: 1 to 1,024 bytes.
        external_id: String,
        /// What the transform needs beside the payload: a checked JSON object.
        context: String,
    },
    /// Nothing.
    Skip,
}

/// How far a partition has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The partition.
    pub partition: String,
    /// The new cursor: checked JSON text.
    pub cursor: String,
}

/// What follows from an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// One for each record of the answer, in order.
    pub decisions: Vec<Decision>,
    /// Further requests.
    pub requests: Vec<Request>,
    /// The partition's new cursor, if this answer determines it.
    pub progress: Option<Progress>,
    /// The partition is left out, and its cursor stays where it is.
    pub skipped: Option<Omission>,
}

/// Something that is left out of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omission {
    /// A name that the user knows, such as `owner/repository`.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// A wait before the same request is sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Why, in words.
    pub reason: String,
    /// Seconds; absent: the host's growing backoff.
    pub seconds: Option<u32>,
}

/// Why the plugin gives no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Not yet: send this request again after the wait.
    #[error("not yet: {}", .0.reason)]
    Again(Wait),
    /// The account's budget is used up: nobody asks until the wait is over.
    #[error("the service's limit is reached: {}", .0.reason)]
    Limited(Wait),
    /// Final: the run fails and says so.
    #[error("{0}")]
    Refused(String),
    /// The answer is not what the service promises: tried a few times.
    #[error("the answer is not as expected: {0}")]
    Broken(String),
}

/// Why there is no plan or page.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The plugin says so.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// The plugin or the sandbox failed.
    #[error(transparent)]
    Sandbox(#[from] crate::SandboxError),
}
