//! A plain HTTP client and short ways to a server.

use fake_github::{FakeGithub, Options, Server, Spec};
use hyper::Method;
use serde_json::Value;
use stand_in::client::{Answer, Client};

/// A server and a client of it.
pub(crate) struct Harness {
    pub(crate) server: Server,
    client: Client,
}

impl Harness {
    pub(crate) async fn new() -> Self {
        Self::with(Spec::default(), Options::default()).await
    }

    pub(crate) async fn with(spec: Spec, options: Options) -> Self {
        let server = FakeGithub::start(spec, options).await.unwrap();
        let client = Client::default();
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
        self.client.send(method, &url, headers, body).await
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
