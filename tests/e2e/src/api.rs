//! A plain reader of the stand-in's answers: what the tables are held against.

use reqwest::{Client, header::USER_AGENT};
use serde_json::Value;

/// Reads an API, page by page, with nothing of the pipeline in between.
pub struct Api {
    http: Client,
    base: String,
}

impl Api {
    /// A reader of what is below the base URL.
    ///
    /// # Panics
    /// If the client cannot be set up.
    pub fn new(base: &str) -> Self {
        // Another test of the process may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            http: Client::builder().no_proxy().build().expect("a client"),
            base: base.to_owned(),
        }
    }

    /// One document.
    ///
    /// # Panics
    /// If the answer is no JSON.
    pub async fn one(&self, path: &str) -> Value {
        self.get(&format!("{}{path}", self.base)).await.0
    }

    /// Every item of a list.
    ///
    /// # Panics
    /// If a page is no JSON array.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(format!("{}{path}", self.base));
        while let Some(url) = next {
            let (page, link) = self.get(&url).await;
            items.extend(page.as_array().expect("a list").iter().cloned());
            next = link;
        }
        items
    }

    async fn get(&self, url: &str) -> (Value, Option<String>) {
        let response = self
            .http
            .get(url)
            .header(USER_AGENT, "tests")
            .send()
            .await
            .expect("an answer");
        let link = response
            .headers()
            .get("link")
            .and_then(|link| link.to_str().ok())
            .and_then(next);
        let body = response.bytes().await.expect("a body");
        (serde_json::from_slice(&body).expect("JSON"), link)
    }
}

fn next(link: &str) -> Option<String> {
    let entry = link
        .split(',')
        .find(|entry| entry.contains("rel=\"next\""))?;
    Some(entry.split_once('<')?.1.split_once('>')?.0.to_owned())
}
