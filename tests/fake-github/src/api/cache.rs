//! Bodies of list pages that were written before.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// Pages by their URL; each is good as long as its `ETag` is.
#[derive(Debug)]
pub(crate) struct PageCache {
    capacity: usize,
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    size: usize,
    by_url: HashMap<String, (String, Bytes)>,
}

impl PageCache {
    /// A cache of up to `capacity` bytes.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            pages: Mutex::default(),
        }
    }

    /// The page of that URL and `ETag`, written now if it was not before.
    pub(crate) fn get(&self, url: String, etag: &str, write: impl FnOnce() -> Vec<u8>) -> Bytes {
        if let Some(body) = self.find(&url, etag) {
            return body;
        }
        let body = Bytes::from(write());
        self.keep(url, etag, &body);
        body
    }

    fn find(&self, url: &str, etag: &str) -> Option<Bytes> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, body) = pages.by_url.get(url)?;
        (known == etag).then(|| body.clone())
    }

    fn keep(&self, url: String, etag: &str, body: &Bytes) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.size + body.len() > self.capacity {
            // A scan asks for each page once: which one goes does not matter.
            *pages = Pages::default();
        }
        pages.size += body.len();
        let replaced = pages.by_url.insert(url, (etag.to_owned(), body.clone()));
        pages.size -= replaced.map_or(0, |(_, body)| body.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_written_once_for_each_etag() {
        let cache = PageCache::new(100);
        let first = cache.get("/a".into(), "1", || b"one".to_vec());
        let again = cache.get("/a".into(), "1", || unreachable!("it is known"));
        let changed = cache.get("/a".into(), "2", || b"two".to_vec());
        assert_eq!(
            (&first[..], &again[..], &changed[..]),
            (&b"one"[..], &b"one"[..], &b"two"[..])
        );
    }

    #[test]
    fn a_full_cache_starts_anew() {
        let cache = PageCache::new(5);
        cache.get("/a".into(), "1", || b"four".to_vec());
        cache.get("/b".into(), "1", || b"four".to_vec());
        assert_eq!(cache.get("/a".into(), "1", || b"new".to_vec()), "new");
    }
}
