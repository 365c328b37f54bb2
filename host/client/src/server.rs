//! A host, and who asks it.

use std::time::{Duration, Instant};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use reqwest::{Client, Response, redirect::Policy};
use rustls::crypto::ring;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::{Address, ClientError, Route, error::root_of};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const USER_AGENT: &str = concat!("runnel/", env!("CARGO_PKG_VERSION"));
const CONNECT: Duration = Duration::from_secs(10);
/// A host gives up by itself after half of it.
const USUAL: Duration = Duration::from_secs(60);
/// The same, where a component is compiled, or records are mapped.
const LONG: Duration = Duration::from_secs(330);
/// No page of a list and no thing is larger.
const MAX_BODY: usize = 64 << 20;
/// The items of a page: the most that a host gives.
const PAGE: usize = 200;
/// How long to wait before it is asked whether a change has been made.
const AGAIN: Duration = Duration::from_secs(1);

/// A host, and the token of whoever asks it.
pub struct Server {
    http: Client,
    address: Address,
    root: Url,
}

/// A component to be installed.
pub struct Component {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The text of its signature, if it has one.
    pub signature: Option<String>,
}

/// A request that can be sent again.
struct Asked {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
    time: Duration,
}

/// An attempt that no answer came of.
enum Failed {
    /// The connection broke off while the host had the request, or did not: nobody
    /// knows.
    Unknown(ClientError),
    Known(ClientError),
}

impl Server {
    /// The host at this address, asked in the name of this token.
    ///
    /// # Errors
    /// [`ClientError::Setup`], and [`ClientError::NoToken`] for what can be none.
    pub fn new(address: Address, token: &SecretString) -> Result<Self, ClientError> {
        // Another part of the process may have installed it before: the same one.
        let _ = ring::default_provider().install_default();
        let mut http = Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(authorization(token)?)
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .no_proxy();
        if !address.is_encrypted() {
            // Nobody's certificate is asked for: a machine may know no authority.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|error| ClientError::setup(&error))?;
        let root = address.api();
        Ok(Self {
            http,
            address,
            root,
        })
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Asks for one thing.
    ///
    /// # Errors
    /// [`ClientError`], as all that ask have.
    pub async fn get(&self, route: &Route) -> Result<Value, ClientError> {
        self.answer(self.asked(Method::GET, route)).await
    }

    /// Asks for one thing; none, if it is not there.
    ///
    /// # Errors
    /// See [`Server::get`].
    pub async fn find(&self, route: &Route) -> Result<Option<Value>, ClientError> {
        match self.get(route).await {
            Err(error) if error.is_missing() => Ok(None),
            found => found.map(Some),
        }
    }

    /// The items of a list: the first so many, or all.
    ///
    /// # Errors
    /// See [`Server::get`].
    pub async fn list(
        &self,
        route: &Route,
        most: Option<usize>,
    ) -> Result<Vec<Value>, ClientError> {
        let most = most.unwrap_or(usize::MAX);
        let (mut items, mut cursor) = (Vec::new(), None::<String>);
        while items.len() < most {
            let limit = PAGE.min(most - items.len());
            let page = route.clone().with("limit", Some(limit));
            let mut page = self.get(&page.with("cursor", cursor.take())).await?;
            let Some(Value::Array(found)) = page.get_mut("items").map(Value::take) else {
                return Err(self.strange("an answer is no page of a list"));
            };
            items.extend(found);
            cursor = page["next"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        Ok(items)
    }

    /// Asks for something to be done, or made.
    ///
    /// # Errors
    /// See [`Server::get`].
    pub async fn post(&self, route: &Route, body: &Value) -> Result<Value, ClientError> {
        self.change(Method::POST, route, body).await
    }

    /// Changes a thing.
    ///
    /// # Errors
    /// See [`Server::get`].
    pub async fn patch(&self, route: &Route, body: &Value) -> Result<Value, ClientError> {
        self.change(Method::PATCH, route, body).await
    }

    /// Removes a thing.
    ///
    /// # Errors
    /// See [`Server::get`].
    pub async fn delete(&self, route: &Route) -> Result<(), ClientError> {
        let mut asked = self.asked(Method::DELETE, route);
        keyed(&mut asked)?;
        self.answer(asked).await.map(drop)
    }

    /// Sends a component.
    ///
    /// # Errors
    /// See [`Server::get`].
    pub async fn upload(&self, route: &Route, component: Component) -> Result<Value, ClientError> {
        let mut asked = self.asked(Method::POST, route);
        keyed(&mut asked)?;
        let kind = HeaderValue::from_static("application/wasm");
        asked.headers.insert(header::CONTENT_TYPE, kind);
        if let Some(signature) = component.signature {
            let signature = HeaderValue::try_from(BASE64_STANDARD.encode(signature));
            let signature = signature.map_err(|error| ClientError::Setup(error.to_string()))?;
            asked.headers.insert("runnel-signature", signature);
        }
        asked.body = component.bytes;
        self.answer(asked).await
    }

    async fn change(
        &self,
        method: Method,
        route: &Route,
        body: &Value,
    ) -> Result<Value, ClientError> {
        let mut asked = self.asked(method, route);
        keyed(&mut asked)?;
        let kind = HeaderValue::from_static("application/json");
        asked.headers.insert(header::CONTENT_TYPE, kind);
        asked.body = body.to_string().into_bytes();
        self.answer(asked).await
    }

    fn asked(&self, method: Method, route: &Route) -> Asked {
        Asked {
            method,
            url: route.below(&self.root),
            headers: HeaderMap::new(),
            body: Vec::new(),
            time: if route.is_long() { LONG } else { USUAL },
        }
    }

    async fn answer(&self, asked: Asked) -> Result<Value, ClientError> {
        let (status, body) = match self.settled(&asked).await {
            Ok(answered) => answered,
            Err(Failed::Unknown(error) | Failed::Known(error)) => return Err(error),
        };
        if !status.is_success() {
            return Err(ClientError::of(self.address.to_string(), status, &body));
        }
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).map_err(|_| self.strange("an answer is no JSON"))
    }

    /// Sends a request, once more where nobody knows whether it arrived: what only
    /// asks changes nothing, and a change has its key. By that it is asked again what
    /// became of one that is under way, as long as there is time.
    async fn settled(&self, asked: &Asked) -> Result<(StatusCode, Vec<u8>), Failed> {
        let until = Instant::now() + asked.time;
        let mut answered = self.attempt(asked).await;
        if matches!(answered, Err(Failed::Unknown(_))) {
            answered = self.attempt(asked).await;
        }
        while let Ok((_, body)) = &answered
            && asked.headers.contains_key(KEY)
            && is_under_way(body)
            && Instant::now() < until
        {
            tokio::time::sleep(AGAIN).await;
            answered = self.attempt(asked).await;
        }
        answered
    }

    async fn attempt(&self, asked: &Asked) -> Result<(StatusCode, Vec<u8>), Failed> {
        let request = self
            .http
            .request(asked.method.clone(), asked.url.clone())
            .headers(asked.headers.clone())
            .timeout(asked.time)
            .body(asked.body.clone());
        let response = request.send().await.map_err(|error| self.failed(&error))?;
        let status = response.status();
        Ok((status, self.body(response).await?))
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Failed> {
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await;
            let Some(chunk) = chunk.map_err(|error| self.failed(&error))? else {
                return Ok(body);
            };
            if body.len() + chunk.len() > MAX_BODY {
                let strange = format!("an answer is larger than {MAX_BODY} bytes");
                return Err(Failed::Known(self.strange(&strange)));
            }
            body.extend_from_slice(&chunk);
        }
    }

    fn failed(&self, error: &reqwest::Error) -> Failed {
        let server = self.address.to_string();
        if error.is_connect() {
            return Failed::Known(ClientError::unreachable(server, error));
        }
        if error.is_timeout() {
            let reason = "it took too long".to_owned();
            return Failed::Known(ClientError::Broken { server, reason });
        }
        let reason = root_of(error);
        Failed::Unknown(ClientError::Broken { server, reason })
    }

    fn strange(&self, reason: &str) -> ClientError {
        ClientError::Strange {
            server: self.address.to_string(),
            reason: reason.to_owned(),
        }
    }
}

fn authorization(token: &SecretString) -> Result<HeaderMap, ClientError> {
    let value = format!("Bearer {}", token.expose_secret());
    let mut value = HeaderValue::try_from(value).map_err(|_| ClientError::NoToken)?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(header::AUTHORIZATION, value)]))
}

/// A key of its own: a host makes what comes with the same one once.
fn keyed(asked: &mut Asked) -> Result<(), ClientError> {
    let mut bytes = [0; 16];
    let filled = ring::default_provider().secure_random.fill(&mut bytes);
    filled.map_err(|_| ClientError::Setup("the system has no random numbers".to_owned()))?;
    let key = format!("{:032x}", u128::from_be_bytes(bytes));
    let key = HeaderValue::try_from(key).map_err(|e| ClientError::Setup(e.to_string()))?;
    asked.headers.insert(KEY, key);
    Ok(())
}

/// Whether an answer is the problem that a change has not been made yet, and goes on.
fn is_under_way(body: &[u8]) -> bool {
    let problem: Option<Value> = serde_json::from_slice(body).ok();
    problem.is_some_and(|problem| {
        ["/problems/under-way", "/problems/too-slow"]
            .contains(&problem["type"].as_str().unwrap_or_default())
    })
}
