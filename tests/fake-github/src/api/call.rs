//! One request, as the handlers see it.

use std::hash::{DefaultHasher, Hash, Hasher};

use stand_in::Query;

use crate::api::cache::PageCache;
use crate::api::reply::Reply;
use crate::options::Options;
use crate::stamp::{Seconds, parse_http_date, parse_rfc3339};
use crate::world::World;

/// A request.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) world: &'a World,
    pub(crate) options: &'a Options,
    pub(crate) cache: &'a PageCache,
    /// Below the API's base, without the query.
    pub(crate) path: &'a str,
    pub(crate) query: Query,
    /// The account of the token, if there is one.
    pub(crate) account: Option<&'a str>,
    pub(crate) if_none_match: Option<&'a str>,
    pub(crate) if_modified_since: Option<&'a str>,
}

impl Call<'_> {
    /// An absolute URL below the API's base with the request's query.
    pub(crate) fn url(&self, path: &str) -> String {
        self.url_with(path, &self.query.with(&[], &[]))
    }

    /// An absolute URL with another query.
    pub(crate) fn url_with(&self, path: &str, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{path}{mark}{query}", self.world.api)
    }

    /// A parameter that is a time.
    pub(crate) fn time(&self, name: &str) -> Option<Seconds> {
        self.query.get(name).and_then(parse_rfc3339)
    }

    /// What decides the order of a list: everything but the place in it.
    pub(crate) fn selection(&self) -> String {
        self.query
            .with(&[], &["page", "per_page", "after", "before"])
    }

    /// A weak `ETag` out of whatever the body follows from.
    pub(crate) fn etag(&self, source: impl Hash) -> String {
        let mut hasher = DefaultHasher::new();
        (self.path, self.world.accounts.epoch, source).hash(&mut hasher);
        let half = hasher.finish();
        half.hash(&mut hasher);
        format!("W/\"{half:016x}{:016x}\"", hasher.finish())
    }

    /// Answers with one object, or with 304 if the client has it.
    pub(crate) fn object(
        &self,
        source: impl Hash,
        modified: Seconds,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Reply {
        let etag = self.etag(source);
        let mut reply = Reply {
            status: 304,
            modified: Some(modified),
            ..Reply::default()
        };
        if !self.is_known(&etag, Some(modified)) {
            let mut body = Vec::with_capacity(24_000);
            write(&mut body);
            reply.status = 200;
            reply.body = body.into();
        }
        reply.etag = Some(etag);
        reply
    }

    /// Whether the client's copy is still good. `If-None-Match` has precedence.
    pub(crate) fn is_known(&self, etag: &str, modified: Option<Seconds>) -> bool {
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        if let Some(tags) = self.if_none_match {
            return tags.split(',').any(|tag| opaque(tag) == opaque(etag));
        }
        let since = self.if_modified_since.and_then(parse_http_date);
        since.is_some_and(|since| modified.is_some_and(|at| at <= since))
    }
}
