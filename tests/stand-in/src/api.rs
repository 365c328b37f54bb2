//! What a stand-in brings: its data and its answers.

use bytes::Bytes;
use http_body_util::Full;
use hyper::{HeaderMap, Method, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::later::Later;

/// A service that is stood in for.
pub trait Api: Send + Sync + 'static {
    /// A change of the data.
    type Edit: DeserializeOwned + Send;

    /// Answers a request. Where the visit has a `stray` status, the answer is that
    /// failure, in the service's words.
    fn answer(&self, visit: &Visit<'_>) -> Response<Full<Bytes>>;

    /// Changes the data and says what came of it.
    ///
    /// # Errors
    /// If what is to change does not exist, in words.
    fn edit(&self, edit: Self::Edit) -> Result<Value, String>;

    /// The edits that wait for requests.
    fn later(&self) -> &Later<Self::Edit>;

    /// Serves a `POST /_control/...` of this service's own.
    ///
    /// # Errors
    /// If there is no such control or its body cannot be read, in words.
    fn control(&self, action: &str, body: &[u8]) -> Result<(), String>;
}

/// A request below the API's base.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The method.
    pub method: &'a Method,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The path below the base.
    pub path: &'a str,
    /// What follows the `?`.
    pub query: &'a str,
    /// The body.
    pub body: &'a Bytes,
    /// How many requests are under way, this one included.
    pub under_way: usize,
    /// The status of a fault, in place of what the request deserves.
    pub stray: Option<u16>,
}

impl<'a> Visit<'a> {
    /// A header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
