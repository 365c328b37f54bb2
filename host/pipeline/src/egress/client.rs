//! The HTTP client.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use reqwest::{
    Method, StatusCode,
    header::{AUTHORIZATION, HeaderMap, HeaderValue, IF_NONE_MATCH, LOCATION},
    redirect::Policy,
};
use runnel_model::Name;
use runnel_store::{RequestRow, Traffic};
use secrecy::SecretString;
use tracing::Instrument;

use super::{
    BaseUrl, Budget, Guard, Quota, Refusal,
    classify::{Verdict, classify},
    headers::{authorization, headers},
    patience::{Reach, backoff},
    words::{limit_reason, message, reason},
};
use crate::{PipelineError, measure, spans};

const USER_AGENT: &str = concat!("runnel/", env!("CARGO_PKG_VERSION"));
/// No answer that a page is cut from is larger.
const MAX_BODY: usize = 64 << 20;
const MAX_REDIRECTS: u32 = 5;
/// What takes longer than so does not come to its end: one that sends a byte now and then
/// would hold a slot as long as it likes.
const WHOLE: Duration = Duration::from_secs(300);
/// A stray 401 or 404 is asked again so often before it is believed.
const DOUBTS: u32 = 2;

/// How the service is told who asks.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The token, if there is one.
    pub token: Option<SecretString>,
    /// Whose password it is, where it is one; else it is a bearer token.
    pub user: Option<String>,
    /// Where it comes from, for messages: such as `the variable GITHUB_TOKEN`.
    pub origin: String,
}

/// What a client is made of.
pub struct ClientOptions {
    /// The source whose requests they are, for what is measured.
    pub source: Name,
    /// The integration's base URL.
    pub base_url: BaseUrl,
    /// The credential.
    pub credential: Credential,
    /// Headers that go with every request.
    pub headers: BTreeMap<String, String>,
    /// The budget of the account.
    pub quota: Arc<Quota>,
    /// How often a request is sent before it is given back, with growing waits.
    pub attempts: u32,
    /// Which addresses may be connected to.
    pub guard: Guard,
}

/// An answer that a source can read.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The URL that answered at last.
    pub(crate) url: String,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body, whole.
    pub(crate) body: Bytes,
}

/// Why a request has no answer.
#[derive(Debug)]
pub(crate) enum SendError {
    /// This request is given up; the others go on.
    Request(String),
    /// It failed so often in a row that whoever wants it has to decide.
    Worn(String),
    /// Work stops.
    Stop(PipelineError),
}

/// Sends the requests of one integration.
pub struct Client {
    http: reqwest::Client,
    options: ClientOptions,
    authorization: Option<HeaderValue>,
    reach: Reach,
}

enum Attempt {
    Answered(Answer),
    /// Nothing came back, or not all of it.
    Broken {
        reason: String,
        connect: bool,
    },
}

impl Client {
    /// Sets the client up.
    ///
    /// # Errors
    /// [`PipelineError::Client`] where a header or the TLS set-up is wrong.
    pub fn new(options: ClientOptions) -> Result<Self, PipelineError> {
        let wrong = |e: &dyn std::fmt::Display| PipelineError::Client(e.to_string());
        // Another part of the process may have installed it before: the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(headers(&options.headers).map_err(|e| wrong(&e))?)
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(60))
            .no_proxy()
            .dns_resolver(Arc::new(options.guard.clone()))
            .build()
            .map_err(|e| wrong(&e))?;
        let authorization = authorization(&options.credential)?;
        Ok(Self {
            http,
            options,
            authorization,
            reach: Reach::default(),
        })
    }

    /// Sends a request until it is answered by something that the source can
    /// read. What went over the wire is added to `traffic`.
    pub(crate) async fn send(
        &self,
        row: &RequestRow,
        traffic: &mut Traffic,
    ) -> Result<Answer, SendError> {
        let (mut failures, mut doubts) = (0, 0);
        loop {
            let attempt = self.attempt(row, traffic).await?;
            let reason = match attempt {
                Attempt::Broken { reason, connect } => {
                    self.out_of_reach(connect, &reason)?;
                    reason
                }
                Attempt::Answered(answer) => {
                    let budget = Budget::of(&answer.headers);
                    self.reach.reached();
                    match classify(&answer, budget) {
                        Verdict::Doubt if doubts < DOUBTS => {
                            doubts += 1;
                            traffic.retries += 1;
                            tokio::time::sleep(backoff(doubts)).await;
                            continue;
                        }
                        Verdict::Doubt if answer.status == StatusCode::UNAUTHORIZED => {
                            return Err(SendError::Stop(self.unauthorized(&answer)));
                        }
                        Verdict::Read | Verdict::Doubt => {
                            self.quota().answered(budget).await;
                            return Ok(answer);
                        }
                        Verdict::Limited => {
                            let reason = limit_reason(&answer, budget);
                            self.quota().refused(budget, &reason).await;
                            traffic.retries += 1;
                            continue;
                        }
                        Verdict::Again => format!("HTTP {}", answer.status),
                    }
                }
            };
            failures += 1;
            if failures >= self.options.attempts {
                let worn = format!("{reason}, {failures} times in a row");
                return Err(SendError::Worn(worn));
            }
            traffic.retries += 1;
            tokio::time::sleep(backoff(failures)).await;
        }
    }

    /// One request, its redirects followed.
    async fn attempt(&self, row: &RequestRow, traffic: &mut Traffic) -> Result<Attempt, SendError> {
        let base = &self.options.base_url;
        let mut url = base.resolve(&row.request.url).map_err(refused)?;
        for _ in 0..=MAX_REDIRECTS {
            let permit = self.quota().permit();
            let _permit = permit.instrument(spans::quota()).await?;
            self.options.guard.check(&url).map_err(SendError::Request)?;
            traffic.requests += 1;
            let begun = Instant::now();
            let answered = self.traced(row, url.clone(), traffic).await;
            let status = answered.as_ref().ok().map(|answer| answer.status.as_u16());
            measure::request(&self.options.source, status, begun.elapsed());
            let answer = match answered {
                Ok(answer) => answer,
                Err(broken) => return Ok(broken),
            };
            let location = answer
                .headers
                .get(LOCATION)
                .and_then(|location| location.to_str().ok());
            match location {
                Some(location) if redirects(answer.status) => {
                    let target = url.join(location).map_err(|e| {
                        SendError::Request(format!("redirected to {location:?}: {e}"))
                    })?;
                    url = base.resolve(target.as_str()).map_err(refused)?;
                }
                _ => return Ok(Attempt::Answered(answer)),
            }
        }
        Err(SendError::Request(format!(
            "redirected more than {MAX_REDIRECTS} times"
        )))
    }

    /// Sends it once, as a span of its trace.
    async fn traced(
        &self,
        row: &RequestRow,
        url: ::url::Url,
        traffic: &mut Traffic,
    ) -> Result<Answer, Attempt> {
        let method = Method::from_bytes(row.request.method.as_bytes()).unwrap_or(Method::GET);
        let span = spans::request(&method, &url);
        let once = self.once((row, method), url, traffic);
        match once.instrument(span.clone()).await {
            Ok(answer) => {
                spans::answered(&span, Ok(answer.status));
                Ok(answer)
            }
            Err(error) => {
                let connect = error.is_connect();
                let reason = reason(&error.without_url());
                spans::answered(&span, Err(&reason));
                Err(Attempt::Broken { reason, connect })
            }
        }
    }

    async fn once(
        &self,
        (row, method): (&RequestRow, Method),
        url: ::url::Url,
        traffic: &mut Traffic,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.http.request(method, url).timeout(WHOLE);
        for (name, value) in &row.request.headers {
            request = request.header(name, value);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if let Some(etag) = &row.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(body) = &row.request.body {
            request = request.body(body.clone());
        }
        let mut response = request.send().await?;
        let (status, url) = (response.status(), response.url().to_string());
        let headers = std::mem::take(response.headers_mut());
        let body = read(&mut response, traffic).await?;
        Ok(Answer {
            status,
            url,
            headers,
            body,
        })
    }

    /// How often a request is sent before it is given back.
    pub(crate) fn attempts(&self) -> u32 {
        self.options.attempts
    }

    /// The budget of the account.
    pub(crate) fn quota(&self) -> &Quota {
        &self.options.quota
    }

    fn out_of_reach(&self, connect: bool, reason: &str) -> Result<(), SendError> {
        if self.reach.patient(connect) {
            return Ok(());
        }
        Err(SendError::Stop(PipelineError::Unreachable {
            host: self.options.base_url.to_string(),
            reason: reason.to_owned(),
        }))
    }

    fn unauthorized(&self, answer: &Answer) -> PipelineError {
        let Credential { token, origin, .. } = &self.options.credential;
        let advice = match token {
            Some(_) => format!(
                "check {origin}; what was read is kept, and the same command goes on with a good one"
            ),
            None => format!("it wants a token: put one into {origin}"),
        };
        PipelineError::Unauthorized {
            host: self.options.base_url.host().to_owned(),
            message: message(answer),
            advice,
        }
    }
}

async fn read(
    response: &mut reqwest::Response,
    traffic: &mut Traffic,
) -> Result<Bytes, reqwest::Error> {
    let expected = response
        .content_length()
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(0);
    let mut body = BytesMut::with_capacity(expected.min(MAX_BODY));
    while let Some(chunk) = response.chunk().await? {
        traffic.bytes += chunk.len() as u64;
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            break;
        }
    }
    Ok(body.freeze())
}

impl From<Refusal> for SendError {
    fn from(refusal: Refusal) -> Self {
        Self::Stop(match refusal {
            Refusal::Stopping => PipelineError::Host("the host is stopping".to_owned()),
            Refusal::Closed { wait, reason } => PipelineError::Later { wait, reason },
        })
    }
}

impl Answer {
    /// Whether the body was longer than any page may be, and was cut.
    pub(crate) fn too_large(&self) -> bool {
        self.body.len() > MAX_BODY
    }
}

fn redirects(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 307 | 308)
}

fn refused(error: PipelineError) -> SendError {
    SendError::Request(error.to_string())
}
