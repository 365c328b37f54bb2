//! A request's way: agent, fault, credentials, limits, data.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, USER_AGENT};
use hyper::{Method, Request, Response};

use crate::api::call::Call;
use crate::api::query::Query;
use crate::api::refusal::Refusal;
use crate::api::reply::Reply;
use crate::api::{Answer, answer};
use crate::faults::Fault;
use crate::server::control;
use crate::server::log::Served;
use crate::server::quota::Payer;
use crate::server::shared::Shared;
use crate::server::socket::Fate;
use crate::server::wire::respond;

/// The connection is to be reset: hyper drops it when the service fails.
#[derive(Debug, thiserror::Error)]
#[error("reset on purpose")]
pub(crate) struct Reset;

/// Serves one request.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    fate: Arc<Fate>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Reset> {
    let path = request.uri().path();
    if let Some(action) = path.strip_prefix("/_control/") {
        let action = action.to_owned();
        return Ok(control::serve(&shared, &action, request).await);
    }
    let Some(path) = path.strip_prefix(shared.options.prefix.as_str()) else {
        return Ok(respond(Refusal::NotFound.reply(), None));
    };
    let query = request.uri().query().unwrap_or_default();
    let visit = Visit {
        shared: &shared,
        method: request.method(),
        headers: request.headers(),
        path,
        query,
    };
    let under_way = shared.begin();
    let fault = shared.dealer().deal(path, query);
    visit.pause(fault).await;
    let (reply, payer) = visit.reply(fault, under_way.count);
    let status = if fault == Some(Fault::Reset) {
        0
    } else {
        reply.status
    };
    visit.log(status);
    match fault {
        Some(Fault::Reset) => {
            fate.reset();
            return Err(Reset);
        }
        // Never the whole: the head alone is longer than 600 bytes.
        Some(Fault::CutBody) => fate.cut_after(600 + reply.body.len() / 3),
        _ => {}
    }
    let budget = shared.quota().budget(&payer);
    Ok(respond(reply, budget))
}

/// A request below the API's base.
struct Visit<'a> {
    shared: &'a Shared,
    method: &'a Method,
    headers: &'a HeaderMap,
    path: &'a str,
    query: &'a str,
}

impl Visit<'_> {
    async fn pause(&self, fault: Option<Fault>) {
        let slow = match fault {
            Some(Fault::Slow(milliseconds)) => Duration::from_millis(milliseconds),
            _ => Duration::ZERO,
        };
        let pause = self.shared.options.latency + slow;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }

    /// The answer, and who pays for it.
    fn reply(&self, fault: Option<Fault>, under_way: usize) -> (Reply, Payer) {
        if self.header(USER_AGENT.as_str()).is_none_or(str::is_empty) {
            return (Refusal::NoUserAgent.reply(), None);
        }
        if let Some(Fault::Status(status)) = fault {
            return (stray(status), self.payer().unwrap_or_default());
        }
        let payer = match self.payer() {
            Ok(payer) => payer,
            Err(refusal) => return (refusal.reply(), None),
        };
        let reply = self.paid(&payer, under_way).unwrap_or_else(Refusal::reply);
        (reply, payer)
    }

    fn paid(&self, payer: &Payer, under_way: usize) -> Answer {
        if self.path == "/rate_limit" {
            let report = self.shared.quota().report(payer)?;
            return Ok(Reply::json(200, report));
        }
        self.shared.quota().admit(payer, under_way)?;
        let reply = self.data(payer);
        // GitHub's rule: free only for those who have shown a token.
        let free = reply.as_ref().is_ok_and(|reply| reply.status == 304);
        if free && payer.is_some() {
            self.shared.quota().refund(payer);
        }
        reply
    }

    fn data(&self, payer: &Payer) -> Answer {
        let world = self.shared.world();
        let call = Call {
            world: &world,
            options: &self.shared.options,
            cache: &self.shared.cache,
            path: self.path,
            query: Query::parse(self.query),
            account: payer.as_deref(),
            if_none_match: self.header(IF_NONE_MATCH.as_str()),
            if_modified_since: self.header(IF_MODIFIED_SINCE.as_str()),
        };
        let mut reply = answer(&call);
        if self.method != Method::GET && self.method != Method::HEAD {
            reply = match reply {
                Err(Refusal::Moved(url)) => {
                    let mut reply = Refusal::Moved(url).reply();
                    reply.status = 307;
                    Ok(reply)
                }
                // This API is read only.
                _ => Err(Refusal::NotFound),
            };
        }
        reply
    }

    /// Whose budget it is: an account's, or that of all who show no token.
    fn payer(&self) -> Result<Payer, Refusal> {
        let Some(credential) = self.header(AUTHORIZATION.as_str()) else {
            return Ok(None);
        };
        let (_, token) = credential.split_once(' ').ok_or(Refusal::BadCredentials)?;
        let account = self.shared.account(token.trim());
        account
            .map(|one| Some(one.to_owned()))
            .ok_or(Refusal::BadCredentials)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn log(&self, status: u16) {
        let mark = if self.query.is_empty() { "" } else { "?" };
        self.shared.log().push(Served {
            method: self.method.to_string(),
            path: format!("{}{mark}{}", self.path, self.query),
            status,
            conditional: self.headers.contains_key(IF_NONE_MATCH)
                || self.headers.contains_key(IF_MODIFIED_SINCE),
            authorized: self.headers.contains_key(AUTHORIZATION),
        });
    }
}

/// An answer that the request did not deserve.
fn stray(status: u16) -> Reply {
    match status {
        202 => Reply::json(202, "{}"),
        401 => Refusal::BadCredentials.reply(),
        403 => Refusal::Forbidden.reply(),
        404 => Refusal::NotFound.reply(),
        451 => Refusal::Blocked.reply(),
        502 | 503 => Reply::html(status, "<html><body><h1>Unicorn!</h1></body></html>"),
        _ => Reply::json(
            status,
            format!("{{\"message\":\"Server Error\",\"status\":\"{status}\"}}"),
        ),
    }
}
