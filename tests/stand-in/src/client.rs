//! A plain HTTP client for the stand-ins' own tests.

use std::error::Error;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Method, Request};
use hyper_util::client::legacy::Client as Legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// An answer as the client sees it.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; `null` where it is not.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The items of a JSON array.
    ///
    /// # Panics
    /// If the answer is not 200: the body says why.
    pub fn items(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{:?}", self.body);
        match self.json() {
            Value::Array(items) => items,
            other => panic!("no list: {other}"),
        }
    }

    /// The URL of a `Link` relation.
    pub fn link(&self, rel: &str) -> Option<String> {
        let rel = format!("rel=\"{rel}\"");
        let links = self.header("link")?.split(", ");
        let found = links.into_iter().find(|link| link.ends_with(&rel))?;
        Some(found[1..found.find('>')?].to_owned())
    }

    /// A header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Sends requests and follows nothing.
#[derive(Clone, Debug)]
pub struct Client(Legacy<HttpConnector, Full<Bytes>>);

impl Default for Client {
    fn default() -> Self {
        Self(Legacy::builder(TokioExecutor::new()).build_http())
    }
}

impl Client {
    /// Sends a request and reads the answer to its end.
    ///
    /// # Errors
    /// If the request is none, or the connection fails before the answer's end.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, Box<dyn Error>> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Full::new(Bytes::from(body.to_owned()));
        let response = self.0.request(request.body(body)?).await?;
        let (head, body) = response.into_parts();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.collect().await?.to_bytes(),
        })
    }
}
