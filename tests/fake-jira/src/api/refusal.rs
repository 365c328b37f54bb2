//! The errors, with Jira's words.

use serde_json::json;

use crate::api::reply::Reply;

/// Why a request is not answered with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    message: String,
    /// Whether the answer is a page for people.
    html: bool,
}

impl Refusal {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            html: false,
        }
    }

    fn page(status: u16, message: &str) -> Self {
        Self {
            html: true,
            ..Self::new(status, message)
        }
    }

    /// 400
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// 401: in JSON on Cloud, a page on Server.
    pub(crate) fn unauthorized(cloud: bool) -> Self {
        if cloud {
            return Self::new(401, "Client must be authenticated to access this resource.");
        }
        Self::page(401, "Unauthorized (401)")
    }

    /// 404
    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self::new(404, message)
    }

    /// 404: an issue that is not there, or not for this account.
    pub(crate) fn no_issue() -> Self {
        Self::missing("Issue does not exist or you do not have permission to see it.")
    }

    /// 404: nothing is served there.
    pub(crate) fn no_such_path() -> Self {
        Self::page(404, "Oops, you've found a dead link.")
    }

    /// 405
    pub(crate) fn method() -> Self {
        Self::page(405, "Method Not Allowed")
    }

    /// 410: the search that Cloud no longer has.
    pub(crate) fn gone() -> Self {
        Self::new(
            410,
            "The requested API has been removed. Please migrate to the /rest/api/3/search/jql \
             API. A full migration guideline is available at \
             https://developer.atlassian.com/changelog/#CHANGE-2046",
        )
    }

    /// 414
    pub(crate) fn too_long() -> Self {
        Self::page(414, "Request-URI Too Long")
    }

    /// 429
    pub(crate) fn limited() -> Self {
        Self::new(429, "Rate limit exceeded.")
    }

    /// A failure that the request did not deserve.
    pub(crate) fn stray(status: u16, cloud: bool) -> Self {
        match status {
            401 => Self::unauthorized(cloud),
            404 => Self::no_issue(),
            429 => Self::limited(),
            502 | 503 => Self::page(status, "Service Unavailable"),
            _ => Self::new(status, "Internal server error"),
        }
    }

    /// The answer.
    pub(crate) fn reply(self) -> Reply {
        if self.html {
            let page = format!("<html><body><h1>{}</h1></body></html>", self.message);
            return Reply::html(self.status, page);
        }
        let body = json!({"errorMessages": [self.message], "errors": {}});
        Reply::json(self.status, body.to_string())
    }
}
