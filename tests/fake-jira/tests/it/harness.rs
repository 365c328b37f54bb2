//! Short ways to a server.

use fake_jira::{FakeJira, Flavour, Options, Server, Spec};
use hyper::Method;
use serde_json::Value;
use stand_in::client::{Answer, Client};
use url::form_urlencoded::Serializer;

/// A server and a client of it.
pub(crate) struct Harness {
    pub(crate) server: Server,
    flavour: Flavour,
    client: Client,
}

impl Harness {
    pub(crate) async fn cloud() -> Self {
        Self::with(Spec::default(), Options::default()).await
    }

    pub(crate) async fn server() -> Self {
        Self::with(Spec::server(), Options::default()).await
    }

    pub(crate) async fn with(spec: Spec, options: Options) -> Self {
        Self {
            flavour: spec.flavour,
            server: FakeJira::start(spec, options).await.unwrap(),
            client: Client::default(),
        }
    }

    /// GET with some credential.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_as(path, Some("Basic eDp5")).await
    }

    pub(crate) async fn get_as(&self, path: &str, authorization: Option<&str>) -> Answer {
        let headers: Vec<_> = authorization
            .map(|text| ("authorization", text))
            .into_iter()
            .collect();
        self.send(Method::GET, path, &headers, "").await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let headers = [("authorization", "Basic eDp5")];
        let body = body.to_string();
        self.send(Method::POST, path, &headers, &body)
            .await
            .unwrap()
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, Box<dyn std::error::Error>> {
        let url = format!("{}{path}", self.server.url());
        self.client.send(method, &url, headers, body).await
    }

    /// The JSON of an answer that is 200.
    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        answer.json()
    }

    /// The keys of a search's issues, on either flavour, by reading all pages.
    pub(crate) async fn keys(&self, jql: &str) -> Vec<String> {
        let issues = self.issues(jql, "summary").await;
        texts(&issues, "key")
    }

    /// A search's issues, on either flavour, by reading all pages.
    pub(crate) async fn issues(&self, jql: &str, fields: &str) -> Vec<Value> {
        let mut issues = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let start = issues.len().to_string();
            let mut parameters = vec![("jql", jql), ("fields", fields), ("maxResults", "7")];
            parameters.push(("startAt", &start));
            if let Some(token) = &token {
                parameters.push(("nextPageToken", token));
            }
            let path = match self.flavour {
                Flavour::Cloud => "3/search/jql",
                Flavour::Server => "2/search",
            };
            let page = self
                .json(&format!("/rest/api/{path}?{}", query(&parameters)))
                .await;
            let rows = page["issues"].as_array().unwrap();
            issues.extend(rows.iter().cloned());
            token = page["nextPageToken"].as_str().map(str::to_owned);
            let all = page["total"]
                .as_u64()
                .is_none_or(|total| issues.len() as u64 >= total);
            if token.is_none() && all {
                return issues;
            }
        }
    }
}

/// A query, escaped.
pub(crate) fn query(parameters: &[(&str, &str)]) -> String {
    Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}

/// A text of each item.
pub(crate) fn texts(items: &[Value], name: &str) -> Vec<String> {
    let text = |item: &Value| item[name].as_str().unwrap_or_default().to_owned();
    items.iter().map(text).collect()
}
