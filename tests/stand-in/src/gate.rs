//! A request's way: due edits, faults, the API, the log.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::header::{AUTHORIZATION, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use hyper::{Request, Response};

use crate::api::{Api, Visit};
use crate::control::{self, refused};
use crate::faults::Fault;
use crate::frame::Frame;
use crate::log::Served;
use crate::socket::Fate;

/// The connection is to be reset: hyper drops it when the service fails.
#[derive(Debug, thiserror::Error)]
#[error("reset on purpose")]
pub(crate) struct Reset;

/// An API with what is around it.
#[derive(Debug)]
pub(crate) struct Gate<A> {
    pub(crate) api: Arc<A>,
    pub(crate) frame: Arc<Frame>,
}

impl<A: Api> Gate<A> {
    /// Serves one request.
    pub(crate) async fn serve(
        &self,
        fate: &Fate,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Reset> {
        let (head, body) = request.into_parts();
        let body = body.collect().await;
        let body = body.map(|body| body.to_bytes()).unwrap_or_default();
        let path = head.uri.path();
        if let Some(action) = path.strip_prefix("/_control/") {
            return Ok(control::serve(self, action, &head.method, &body));
        }
        let Some(path) = path.strip_prefix(self.frame.prefix.as_str()) else {
            return Ok(refused(404, "not below the API's base"));
        };
        let under_way = self.frame.begin();
        self.edit_what_is_due();
        let query = head.uri.query().unwrap_or_default();
        let fault = self.frame.dealer().deal(path, query);
        self.pause(fault).await;
        let visit = Visit {
            method: &head.method,
            headers: &head.headers,
            path,
            query,
            body: &body,
            under_way: under_way.count,
            stray: match fault {
                Some(Fault::Status(status)) => Some(status),
                _ => None,
            },
        };
        let response = self.api.answer(&visit);
        let reset = fault == Some(Fault::Reset);
        let status = response.status().as_u16();
        self.log(&visit, if reset { 0 } else { status });
        ended(fault, fate, response)
    }

    fn edit_what_is_due(&self) {
        for edit in self.api.later().begin() {
            if let Err(error) = self.api.edit(edit) {
                eprintln!("a delayed edit failed: {error}");
            }
        }
    }

    async fn pause(&self, fault: Option<Fault>) {
        let slow = match fault {
            Some(Fault::Slow(milliseconds)) => Duration::from_millis(milliseconds),
            _ => Duration::ZERO,
        };
        let pause = self.frame.latency + slow;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }

    fn log(&self, visit: &Visit<'_>, status: u16) {
        let mark = if visit.query.is_empty() { "" } else { "?" };
        self.frame.log().push(Served {
            method: visit.method.to_string(),
            path: format!("{}{mark}{}", visit.path, visit.query),
            body: String::from_utf8_lossy(visit.body).into_owned(),
            status,
            conditional: visit.headers.contains_key(IF_NONE_MATCH)
                || visit.headers.contains_key(IF_MODIFIED_SINCE),
            authorized: visit.headers.contains_key(AUTHORIZATION),
        });
    }
}

/// The answer, or what a fault makes of it.
fn ended(
    fault: Option<Fault>,
    fate: &Fate,
    response: Response<Full<Bytes>>,
) -> Result<Response<Full<Bytes>>, Reset> {
    match fault {
        Some(Fault::Reset) => {
            fate.reset();
            Err(Reset)
        }
        Some(Fault::CutBody) => {
            let body = response.body().size_hint().exact().unwrap_or_default();
            let third = usize::try_from(body).unwrap_or(usize::MAX) / 3;
            fate.cut_after(head_length(&response) + third);
            Ok(response)
        }
        _ => Ok(response),
    }
}

/// How long the head is at least, `Date` and `Content-Length` included, so that a
/// cut answer has its head and lacks some of its body.
fn head_length(response: &Response<Full<Bytes>>) -> usize {
    const STATUS_AND_END: usize = 19;
    const ADDED_BY_HYPER: usize = 60;
    let headers = response.headers().iter();
    let written = headers.map(|(name, value)| name.as_str().len() + value.len() + 4);
    STATUS_AND_END + ADDED_BY_HYPER + written.sum::<usize>()
}
