//! A plain HTTP client and short ways to a server.

use bytes::Bytes;
use fake_github::{FakeGithub, Options, Server, Spec};
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Method, Request};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// An answer as the client sees it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn items(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{:?}", self.body);
        self.json().as_array().unwrap().clone()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The URL of a `Link` relation.
    pub(crate) fn link(&self, rel: &str) -> Option<String> {
        let rel = format!("rel=\"{rel}\"");
        let links = self.header("link")?.split(", ");
        let found = links.into_iter().find(|link| link.ends_with(&rel))?;
        Some(found[1..found.find('>').unwrap()].to_owned())
    }
}

/// A server and a client of it.
pub(crate) struct Harness {
    pub(crate) server: Server,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Harness {
    pub(crate) async fn new() -> Self {
        Self::with(Spec::default(), Options::default()).await
    }

    pub(crate) async fn with(spec: Spec, options: Options) -> Self {
        let server = FakeGithub::start(spec, options).await.unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { server, client }
    }

    /// GET with a user agent; `target` is a path or a whole URL.
    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.get_with(target, &[]).await
    }

    pub(crate) async fn get_with(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        let agent = [("user-agent", "harness")];
        let headers: Vec<_> = agent.iter().chain(headers).copied().collect();
        self.send(Method::GET, target, &headers, "").await.unwrap()
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, Box<dyn std::error::Error>> {
        let url = match target.starts_with("http") {
            true => target.to_owned(),
            false => format!("{}{target}", self.server.url()),
        };
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Full::new(Bytes::from(body.to_owned()));
        let response = self.client.request(request.body(body)?).await?;
        let (head, body) = response.into_parts();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.collect().await?.to_bytes(),
        })
    }

    /// Every item of a list, by following `rel="next"`.
    pub(crate) async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(target) = next {
            let answer = self.get(&target).await;
            next = answer.link("next");
            items.extend(answer.items());
        }
        items
    }
}

/// A field of each item.
pub(crate) fn field<'a>(items: &'a [Value], name: &str) -> Vec<&'a Value> {
    items.iter().map(|item| &item[name]).collect()
}
