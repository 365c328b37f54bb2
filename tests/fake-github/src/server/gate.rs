//! A request's way: agent, fault, credentials, limits, data.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, IF_MODIFIED_SINCE, IF_NONE_MATCH, USER_AGENT};
use hyper::{Method, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use stand_in::{Api, Later, Query, Visit, read};

use crate::api::call::Call;
use crate::api::refusal::Refusal;
use crate::api::reply::Reply;
use crate::api::{Answer, answer};
use crate::options::Limits;
use crate::server::quota::Payer;
use crate::server::shared::Shared;
use crate::server::wire::respond;
use crate::world::edit::Edit;

#[derive(Deserialize)]
struct Count {
    count: u64,
}

impl Api for Shared {
    type Edit = Edit;

    fn answer(&self, visit: &Visit<'_>) -> Response<Full<Bytes>> {
        let way = Way {
            shared: self,
            visit,
        };
        let (reply, payer) = way.reply();
        respond(reply, self.quota().budget(&payer))
    }

    fn edit(&self, edit: Edit) -> Result<Value, String> {
        let edited = self.world_mut().edit(edit);
        edited
            .map(|edited| json!(edited))
            .map_err(|error| error.to_string())
    }

    fn later(&self) -> &Later<Edit> {
        &self.later
    }

    fn control(&self, action: &str, body: &[u8]) -> Result<(), String> {
        match action {
            "limit" => {
                let Count { count } = read(body)?;
                self.quota().set(Limits::of(count));
            }
            "secondary-limit" => {
                let Count { count } = read(body)?;
                self.quota().trip(u32::try_from(count).unwrap_or(u32::MAX));
            }
            _ => return Err("no such control".to_owned()),
        }
        Ok(())
    }
}

/// A request on its way to an answer.
struct Way<'a> {
    shared: &'a Shared,
    visit: &'a Visit<'a>,
}

impl Way<'_> {
    /// The answer, and who pays for it.
    fn reply(&self) -> (Reply, Payer) {
        let agent = self.visit.header(USER_AGENT.as_str());
        if agent.is_none_or(str::is_empty) {
            return (Refusal::NoUserAgent.reply(), None);
        }
        if let Some(status) = self.visit.stray {
            return (stray(status), self.payer().unwrap_or_default());
        }
        let payer = match self.payer() {
            Ok(payer) => payer,
            Err(refusal) => return (refusal.reply(), None),
        };
        let reply = self.paid(&payer).unwrap_or_else(Refusal::reply);
        (reply, payer)
    }

    fn paid(&self, payer: &Payer) -> Answer {
        if self.visit.path == "/rate_limit" {
            let report = self.shared.quota().report(payer)?;
            return Ok(Reply::json(200, report));
        }
        self.shared.quota().admit(payer, self.visit.under_way)?;
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
            path: self.visit.path,
            query: Query::parse(self.visit.query),
            account: payer.as_deref(),
            if_none_match: self.visit.header(IF_NONE_MATCH.as_str()),
            if_modified_since: self.visit.header(IF_MODIFIED_SINCE.as_str()),
        };
        let mut reply = answer(&call);
        if *self.visit.method != Method::GET && *self.visit.method != Method::HEAD {
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
        let Some(credential) = self.visit.header(AUTHORIZATION.as_str()) else {
            return Ok(None);
        };
        let (_, token) = credential.split_once(' ').ok_or(Refusal::BadCredentials)?;
        let account = self.shared.account(token.trim());
        account
            .map(|one| Some(one.to_owned()))
            .ok_or(Refusal::BadCredentials)
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
