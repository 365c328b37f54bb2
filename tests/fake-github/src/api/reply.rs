//! An answer, before it becomes HTTP.

use bytes::Bytes;

use crate::stamp::Seconds;

/// An answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    pub(crate) html: bool,
    pub(crate) etag: Option<String>,
    pub(crate) modified: Option<Seconds>,
    pub(crate) link: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) retry_after: Option<u64>,
}

impl Reply {
    /// A JSON answer without further headers.
    pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            body: body.into(),
            ..Self::default()
        }
    }

    /// A page for people, as GitHub's load balancer sends it.
    pub(crate) fn html(status: u16, body: &'static str) -> Self {
        Self {
            html: true,
            ..Self::json(status, body)
        }
    }
}
