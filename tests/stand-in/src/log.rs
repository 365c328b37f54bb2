//! What was asked and answered.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

// A benchmark makes a hundred thousand requests; nobody reads more than these.
const MOST_ENTRIES: usize = 200_000;

/// A request that was served. The token is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// `GET`, usually.
    pub method: String,
    /// Path and query below the server's base.
    pub path: String,
    /// The body; empty for most.
    #[serde(default)]
    pub body: String,
    /// The status of the answer; 0 where the connection was reset instead.
    pub status: u16,
    /// Whether it had `If-None-Match` or `If-Modified-Since`.
    pub conditional: bool,
    /// Whether it had an `Authorization`.
    pub authorized: bool,
}

/// The latest requests and the count of all.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) total: u64,
    entries: VecDeque<Served>,
}

impl Log {
    /// Adds a request.
    pub(crate) fn push(&mut self, served: Served) {
        self.total += 1;
        if self.entries.len() >= MOST_ENTRIES {
            self.entries.pop_front();
        }
        self.entries.push_back(served);
    }

    /// The requests, oldest first.
    pub(crate) fn entries(&self) -> Vec<Served> {
        self.entries.iter().cloned().collect()
    }

    /// Forgets the requests and keeps the count.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}
