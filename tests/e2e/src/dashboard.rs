//! A host that answers the HTTP API, and users of it.

use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};

use crate::{Host, HostCall};

/// The password of every user of a test.
pub const PASSWORD: &str = "correct horse battery";

/// A host that answers the HTTP API.
pub struct Served {
    /// The process.
    pub host: Host,
    /// Where it listens.
    pub base: String,
}

/// Somebody who asks.
#[derive(Clone)]
pub struct Caller {
    http: Client,
    base: String,
    cookie: Option<String>,
    token: Option<String>,
    origin: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: header::HeaderMap,
    /// The body.
    pub text: String,
}

impl Served {
    /// Starts a host that answers, at a port of its own.
    pub async fn start(call: HostCall, roles: &str) -> Self {
        let host = call.roles(roles).with(&["--listen", "127.0.0.1:0"]);
        let host = host.start().await;
        host.says("the HTTP API listens on", 1).await;
        let base = after(&host.log(), "the HTTP API listens on ");
        Self { host, base }
    }

    /// The link that it has printed.
    pub async fn link(&self) -> String {
        self.host.says("makes the first one", 1).await;
        after(&self.host.log(), "once and within a day: ")
    }

    /// Somebody who is not signed in.
    pub fn anybody(&self) -> Caller {
        // Another test of the process may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Caller {
            http: Client::builder().no_proxy().build().expect("a client"),
            base: self.base.clone(),
            cookie: None,
            token: None,
            origin: Some(self.base.clone()),
        }
    }

    /// The first user, who may do everything.
    pub async fn admin(&self) -> Caller {
        let link = self.link().await;
        let body = json!({ "link": link, "name": "root", "password": PASSWORD });
        let made = self.anybody().post("/setup", &body).await;
        assert_eq!(made.status, 201, "{made:?}");
        self.anybody().with_cookie(&made)
    }

    /// Signs in.
    pub async fn signed_in(&self, name: &str) -> Caller {
        let body = json!({ "name": name, "password": PASSWORD });
        let done = self.anybody().post("/session", &body).await;
        assert_eq!(done.status, 200, "{done:?}");
        self.anybody().with_cookie(&done)
    }
}

/// The word behind these words of a log.
///
/// # Panics
/// If they are not there.
pub fn after(log: &str, words: &str) -> String {
    let rest = log.split(words).nth(1).expect("the words");
    rest.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

impl Caller {
    /// The same with the cookie that an answer sets.
    #[must_use]
    pub fn with_cookie(mut self, answer: &Answer) -> Self {
        let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
        self.cookie = cookie.split(';').next().map(str::to_owned);
        self
    }

    /// The same with a token.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// The same from a page of this origin, or from none.
    #[must_use]
    pub fn from(mut self, origin: Option<&str>) -> Self {
        self.origin = origin.map(str::to_owned);
        self
    }

    /// The same at another address.
    #[must_use]
    pub fn at(mut self, base: &str) -> Self {
        self.base = base.to_owned();
        self
    }

    /// A request to a path below `/api/v1`, or to any that begins with `//`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = match path.strip_prefix("//") {
            Some(path) => format!("{}/{path}", self.base),
            None => format!("{}/api/v1{path}", self.base),
        };
        let mut request = self.http.request(method, url);
        for (name, value) in [("cookie", &self.cookie), ("origin", &self.origin)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// A change with a JSON body.
    pub fn asking(&self, method: Method, path: &str, body: &Value) -> RequestBuilder {
        let request = self.request(method, path);
        let request = request.header("content-type", "application/json");
        request.body(body.to_string())
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.expect("a text"),
        }
    }

    /// Asks.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Asks for what has to be there.
    pub async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()
    }

    /// Changes something.
    pub async fn change(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(self.asking(method, path, body)).await
    }

    /// Posts.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.change(Method::POST, path, body).await
    }

    /// Adds a user.
    pub async fn add_user(&self, name: &str, grants: Value) {
        let body = json!({ "name": name, "password": PASSWORD, "grants": grants });
        let added = self.post("/users", &body).await;
        assert_eq!(added.status, 201, "{added:?}");
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// Insists on a refusal of this status, in the form of a problem.
    #[track_caller]
    pub fn refused(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        let kind = &self.headers[header::CONTENT_TYPE];
        assert_eq!(kind, "application/problem+json", "{self:?}");
        assert_eq!(self.json()["status"], status, "{self:?}");
    }
}
