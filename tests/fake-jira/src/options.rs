//! How the server behaves, whatever the data.

use std::time::Duration;

use serde::Deserialize;
use stand_in::Faults;

use crate::stamp::Zone;

/// How the server behaves. The defaults stand in nobody's way: any credential or
/// none, no faults, no limits.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 is any free one.
    pub listen: String,
    /// What stands before every path: `/jira` as on many a Server.
    pub prefix: String,
    /// Who may ask.
    pub auth: Auth,
    /// What those get who may not; `None`: nothing on Cloud, 401 on Server.
    pub strangers: Option<Strangers>,
    /// The account's time zone: JQL reads dates in it, payloads are written in it.
    pub zone: Zone,
    /// What `/serverInfo` says; `None`: a current version of the flavour.
    pub version: Option<String>,
    /// How long each answer waits.
    pub latency: Duration,
    /// How many requests are answered in a burst.
    pub limits: Option<Limits>,
    /// What goes wrong.
    pub faults: Faults,
    /// Whether Jira Software is there: `/rest/agile` is 404 without it.
    pub agile: bool,
    /// Searches.
    pub search: Search,
    /// Whether `/issue/{key}/changelog` is there; `None`: on Cloud alone.
    pub changelog_endpoint: Option<bool>,
    /// The most history entries that `expand=changelog` shows on Cloud.
    pub embedded_histories: usize,
    /// The most comments within an issue.
    pub embedded_comments: usize,
    /// Whether a Server writes sprints as `...Sprint@1f[id=7,...]`.
    pub old_sprints: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            prefix: String::new(),
            auth: Auth::Any,
            strangers: None,
            zone: Zone::Berlin,
            version: None,
            latency: Duration::ZERO,
            limits: None,
            faults: Faults::default(),
            agile: true,
            search: Search::default(),
            changelog_endpoint: None,
            embedded_histories: 100,
            embedded_comments: 100,
            old_sprints: false,
        }
    }
}

/// Who may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Everybody; `/myself` alone wants some credential.
    Any,
    /// This address with this API token, as on Cloud.
    Basic {
        /// The account's address.
        email: String,
        /// Its API token.
        token: String,
    },
    /// This personal access token, as on Server.
    Bearer {
        /// The token.
        token: String,
    },
}

/// What an account that may see nothing gets; `/myself` is 401 in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strangers {
    /// 200 with no rows.
    Nothing,
    /// 401.
    Refused,
}

/// Requests in a window; the next ones are 429.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Limits {
    /// How many.
    pub burst: u32,
    /// How long until the count starts anew, in seconds.
    pub seconds: u32,
}

/// How searches behave.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// The most issues on a page that shows fields.
    pub page_limit: usize,
    /// Whether Cloud's pages may be shorter than asked for without being the last.
    pub short_pages: bool,
    /// Whether Cloud hands the same `nextPageToken` out again and again.
    pub repeat_token: bool,
    /// The longest query of a GET in bytes, 414 beyond.
    pub longest_query: usize,
    /// The most fields that can be named, 400 beyond.
    pub most_fields: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            page_limit: 100,
            short_pages: false,
            repeat_token: false,
            longest_query: 8_192,
            most_fields: 1_000,
        }
    }
}
