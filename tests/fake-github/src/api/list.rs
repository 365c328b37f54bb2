//! What all lists have in common: an order, a page of it, an `ETag`, a body.

use std::hash::Hash;
use std::ops::Range;

use crate::api::Answer;
use crate::api::call::Call;
use crate::api::paging::Page;
use crate::api::reply::Reply;
use crate::render::json;
use crate::stamp::Seconds;

/// A list's records in their order; `at` finds one, `stamp` says what its part of
/// the body follows from, `write` writes it.
pub(crate) struct List<'a, T, S, W> {
    /// The path for the `Link` header.
    pub(crate) path: String,
    /// The records of the whole list.
    pub(crate) rows: &'a [T],
    pub(crate) stamp: S,
    pub(crate) write: W,
}

impl<T, S, W, V> List<'_, T, S, W>
where
    T: Copy,
    V: Hash,
    S: Fn(T) -> V,
    W: Fn(&mut Vec<u8>, T),
{
    /// The page that the request names.
    pub(crate) fn page(&self, call: &Call<'_>, deepest: usize) -> Answer {
        let page = Page::of(call, self.rows.len(), deepest)?;
        let link = page.link(call, &self.path);
        Ok(self.reply(call, page.rows, link))
    }

    /// Some rows of the list, under a `Link` header.
    pub(crate) fn reply(&self, call: &Call<'_>, rows: Range<usize>, link: Option<String>) -> Reply {
        let rows = &self.rows[rows];
        let stamps: Vec<V> = rows.iter().map(|&row| (self.stamp)(row)).collect();
        let etag = call.etag((&link, &stamps));
        let mut reply = Reply {
            status: 304,
            link,
            ..Reply::default()
        };
        if !call.is_known(&etag, None) {
            reply.status = 200;
            reply.body = call.cache.get(call.url(call.path), &etag, || {
                let mut body = Vec::with_capacity(rows.len() * 4_000);
                json::list(&mut body, rows, |out, &row| (self.write)(out, row));
                body
            });
        }
        reply.etag = Some(etag);
        reply
    }
}

/// How a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Id,
    Created,
    Updated,
    Comments,
}

impl Sort {
    /// Reads `sort`.
    pub(crate) fn of(call: &Call<'_>) -> Option<Self> {
        match call.query.get("sort")? {
            "created" => Some(Self::Created),
            "updated" => Some(Self::Updated),
            "comments" => Some(Self::Comments),
            _ => None,
        }
    }
}

/// Whether `direction` asks for the newest first.
pub(crate) fn descending(call: &Call<'_>, otherwise: bool) -> bool {
    match call.query.get("direction") {
        Some("desc") => true,
        Some("asc") => false,
        _ => otherwise,
    }
}

/// The places of `records` that pass, sorted; equal ones stay in the order of
/// their making (or in its reverse).
pub(crate) fn sorted<T, K: Ord>(
    records: &[T],
    passes: impl Fn(&T) -> bool,
    key: impl Fn(&T) -> K,
    descending: bool,
) -> Vec<u32> {
    let mut places: Vec<u32> = (0..)
        .zip(records)
        .filter(|(_, record)| passes(record))
        .map(|(place, _)| place)
        .collect();
    places.sort_by_cached_key(|&place| (key(&records[place as usize]), place));
    if descending {
        places.reverse();
    }
    places
}

/// Whether a time is not before the request's `since`.
pub(crate) fn since(call: &Call<'_>) -> impl Fn(Seconds) -> bool + use<> {
    let since = call.time("since");
    move |at| since.is_none_or(|since| at >= since)
}
