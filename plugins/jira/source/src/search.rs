//! The walk through the issues of a project that changed.
//!
//! Cloud hands out a token for the next page; a short page is not the last, and a token
//! that comes again would lead in a circle. A Server counts (`startAt`): where an issue
//! is deleted during the walk, those behind it move forward, and one would be missed.
//! So its pages overlap by an issue, and where that is not there, the walk steps back,
//! page by page, until it is.
//!
//! Issues come by key, whose order no change moves. One that changes during the walk is
//! read by the next run: the cursor is the time at which the walk began, by the server's
//! clock. Times in a query are milliseconds since 1970, since anything else is read in
//! the account's time zone and to the minute.

use runnel_sdk::{Config, Failure, Progress, Request, Response, Scope, Timestamp, get};
use serde::{Deserialize, Serialize};

use crate::{
    project::{Cursor, Project},
    token::Token,
};

const PAGE: u64 = 100;
/// What an answer takes before its `Date` says so, and how far clocks of one site differ.
pub(crate) const OVERLAP_MINUTES: u32 = 5;

/// A walk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Walk {
    pub(crate) project: Project,
    /// The oldest change that is wanted, in milliseconds since 1970.
    floor: Option<i64>,
    place: Place,
}

/// Where a walk is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Place {
    Start,
    /// The page of this token.
    Token(String),
    /// The page that begins with this issue, which was the last of the page before.
    At {
        start: u64,
        expected: Option<String>,
    },
}

/// What a page of issues says of itself.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Beside {
    next_page_token: Option<String>,
    is_last: Option<bool>,
    total: Option<u64>,
}

impl Walk {
    pub(crate) fn new(project: &Project, cursor: Option<Cursor>, scope: &Scope) -> Self {
        let since = scope.since.map(|since| since.div_euclid(1_000));
        let cursor = cursor.map(|cursor| cursor.until);
        let floor = match (cursor, since) {
            (Some(cursor), Some(since)) => Some(cursor.min(since)),
            (cursor, since) => cursor.or(since),
        };
        Self {
            project: project.clone(),
            floor,
            place: Place::Start,
        }
    }

    /// The request of the page that the walk is at, with what is wanted of each issue.
    pub(crate) fn request(self, wanted: &str, token: impl FnOnce(Self) -> Token) -> Request {
        let path = if self.project.site.cloud {
            "search/jql"
        } else {
            "search"
        };
        let place = match &self.place {
            Place::Start => String::new(),
            Place::Token(token) => format!("&nextPageToken={}", encoded(token)),
            Place::At { start, .. } => format!("&startAt={start}"),
        };
        let url = format!(
            "{}/{path}?jql={}&{wanted}&maxResults={PAGE}{place}",
            self.project.site.api(),
            encoded(&self.query()),
        );
        let partition = self.project.id.clone();
        get(url, partition, &token(self))
    }

    fn query(&self) -> String {
        let project = &self.project.key;
        let changed = self.floor.map(|floor| format!(" AND updated >= {floor}"));
        let changed = changed.unwrap_or_default();
        format!("project = \"{project}\"{changed} ORDER BY key ASC")
    }

    /// How far the project has been read once all of the walk's pages are: said by the
    /// first.
    pub(crate) fn progress(
        &self,
        config: &Config,
        response: &Response,
    ) -> Result<Option<Progress>, Failure> {
        if self.place != Place::Start {
            return Ok(None);
        }
        let minutes = config
            .count("overlap_minutes", OVERLAP_MINUTES)
            .map_err(Failure::Refused)?;
        let now = response.header("date").and_then(Timestamp::of_http_date);
        let until = |now: Timestamp| now.0.div_euclid(1_000) - i64::from(minutes) * 60_000;
        let cursor = now.map(|now| Cursor { until: until(now) });
        Ok(cursor.and_then(|cursor| {
            Some(Progress {
                partition: self.project.id.clone(),
                cursor: serde_json::to_string(&cursor).ok()?,
            })
        }))
    }

    /// The walk at its next page, behind one with these issues; none at its end.
    pub(crate) fn onwards(
        self,
        ids: &[String],
        response: &Response,
    ) -> Result<Option<Self>, Failure> {
        let beside: Beside = serde_json::from_str(&response.beside).unwrap_or_default();
        let place = if self.project.site.cloud {
            self.next_token(beside)?
        } else {
            self.next_start(ids, &beside)
        };
        Ok(place.map(|place| Self { place, ..self }))
    }

    fn next_token(&self, beside: Beside) -> Result<Option<Place>, Failure> {
        if beside.is_last == Some(true) {
            return Ok(None);
        }
        let next = beside.next_page_token.map(Place::Token);
        if next.as_ref() == Some(&self.place) {
            return Err(Failure::Refused(format!(
                "{}: Jira gave the same page token twice, which would lead in a circle: run it again later",
                self.project.key
            )));
        }
        Ok(next)
    }

    fn next_start(&self, ids: &[String], beside: &Beside) -> Option<Place> {
        let (start, expected) = match &self.place {
            Place::At { start, expected } => (*start, expected.as_ref()),
            _ => (0, None),
        };
        // Behind an issue that is on this page none is missing. At the start none can
        // be, whatever has become of that issue.
        if let Some(expected) = expected.filter(|expected| start > 0 && !ids.contains(expected)) {
            return Some(Place::At {
                start: start.saturating_sub(PAGE),
                expected: Some(expected.clone()),
            });
        }
        let behind = start + u64::try_from(ids.len()).ok()?;
        if behind >= beside.total? || ids.len() < 2 {
            return None;
        }
        Some(Place::At {
            start: behind - 1,
            expected: ids.last().cloned(),
        })
    }
}

/// A text as a query's value (RFC 3986, section 3.4).
pub(crate) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
