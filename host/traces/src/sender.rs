//! Sends what the exporter has written, and says when nobody takes it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use reqwest::redirect::Policy;
use tokio::runtime::Handle;

use crate::TraceError;

/// A collector that is near answers in milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The exporter has a thread of its own, without a reactor: requests are sent by the
/// process's.
#[derive(Debug)]
pub(crate) struct Sender {
    http: reqwest::Client,
    runtime: Handle,
    is_away: AtomicBool,
}

impl Sender {
    pub(crate) fn new(runtime: Handle) -> Result<Self, TraceError> {
        // Another part of the process may have installed it before: the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .no_proxy()
            .build()
            .map_err(|error| TraceError::Client(error.to_string()))?;
        Ok(Self {
            http,
            runtime,
            is_away: AtomicBool::new(false),
        })
    }

    /// An outage is told once, at its beginning and at its end.
    fn tell(&self, host: &str, failed: Option<String>) {
        let was_away = self.is_away.swap(failed.is_some(), Ordering::Relaxed);
        match (was_away, failed) {
            (false, Some(reason)) => tracing::warn!(
                host,
                reason,
                "the collector does not take traces: they are lost until it does"
            ),
            (true, None) => tracing::warn!(host, "the collector takes traces again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let http = self.http.clone();
        let sent = self.runtime.spawn(send(http, request)).await?;
        let failed = match &sent {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("HTTP {}", answer.status())),
            Err(error) => Some(words(error)),
        };
        self.tell(&host, failed);
        Ok(sent?)
    }
}

async fn send(
    http: reqwest::Client,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, reqwest::Error> {
    let answer = http.execute(request.try_into()?).await?;
    let status = answer.status();
    let mut response = Response::new(answer.bytes().await?);
    *response.status_mut() = status;
    Ok(response)
}

/// The error with what caused it, and without the URL, which may have a secret in it.
fn words(error: &reqwest::Error) -> String {
    let mut cause = std::error::Error::source(error);
    let mut words = "no answer".to_owned();
    while let Some(error) = cause {
        words = error.to_string();
        cause = error.source();
    }
    words
}
