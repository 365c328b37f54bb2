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
    #[serde(default)]
    circle: Circle,
}

/// Whether the walk's page tokens lead in a circle: one token is remembered, for twice
/// as long each time (Brent's algorithm), so that a circle of any length is found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Circle {
    remembered: Option<String>,
    /// How many pages ago, and until how many.
    pages: u32,
    until: u32,
}

impl Circle {
    /// Whether this token was met before.
    fn closes(&mut self, token: &str) -> bool {
        if self.remembered.as_deref() == Some(token) {
            return true;
        }
        if self.pages == self.until {
            self.remembered = Some(token.to_owned());
            (self.pages, self.until) = (0, (self.until * 2).max(1));
        }
        self.pages += 1;
        false
    }
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
            circle: Circle::default(),
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
        mut self,
        ids: &[String],
        response: &Response,
    ) -> Result<Option<Self>, Failure> {
        let beside: Beside = serde_json::from_str(&response.beside).unwrap_or_default();
        let place = if self.project.site.cloud {
            self.next_token(beside)?
        } else {
            self.next_start(ids, &beside)?
        };
        Ok(place.map(|place| Self { place, ..self }))
    }

    fn next_token(&mut self, beside: Beside) -> Result<Option<Place>, Failure> {
        if beside.is_last == Some(true) {
            return Ok(None);
        }
        let next = beside.next_page_token;
        if next.as_ref().is_some_and(|next| self.circle.closes(next)) {
            return Err(Failure::Refused(format!(
                "{}: Jira gave the same page token twice, which would lead in a circle: run it again later",
                self.project.key
            )));
        }
        Ok(next.map(Place::Token))
    }

    fn next_start(&self, ids: &[String], beside: &Beside) -> Result<Option<Place>, Failure> {
        let (start, expected) = match &self.place {
            Place::At { start, expected } => (*start, expected.as_ref()),
            _ => (0, None),
        };
        // Behind an issue that is on this page none is missing. At the start none can
        // be, whatever has become of that issue.
        if let Some(expected) = expected.filter(|expected| start > 0 && !ids.contains(expected)) {
            return Ok(Some(Place::At {
                start: start.saturating_sub(PAGE),
                expected: Some(expected.clone()),
            }));
        }
        let total = beside.total.ok_or_else(|| {
            let key = &self.project.key;
            Failure::Broken(format!(
                "{key}: a page of the search does not say how many issues there are"
            ))
        })?;
        let behind = start + ids.len() as u64;
        if behind >= total || ids.len() < 2 {
            return Ok(None);
        }
        Ok(Some(Place::At {
            start: behind - 1,
            expected: ids.last().cloned(),
        }))
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
