//! The errors, with GitHub's words.

use serde_json::{Value, json};

use crate::api::reply::Reply;

/// Why a request is not answered with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 301 (307 for other methods than GET): ask there.
    Moved(String),
    /// 401
    BadCredentials,
    /// 401: `/user` without a token.
    AuthenticationRequired,
    /// 403: no `User-Agent`.
    NoUserAgent,
    /// 403: the token has no right to it.
    Forbidden,
    /// 403 or 429: nothing left until the reset.
    PrimaryLimit(u16),
    /// 403 with `Retry-After`, or without it.
    SecondaryLimit(Option<u64>),
    /// 404: `/rate_limit` on a server without limits.
    LimitsOff,
    /// 404
    NotFound,
    /// 409
    EmptyRepository,
    /// 410
    IssuesOff,
    /// 422: a page of a comment list beyond its end.
    TooDeep,
    /// 422: an issue list with more pages than `page` can count.
    CursorNeeded,
    /// 451
    Blocked,
}

const DOCS: &str = "https://docs.github.com/rest";

impl Refusal {
    /// The HTTP status.
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::Moved(_) => 301,
            Self::BadCredentials | Self::AuthenticationRequired => 401,
            Self::NoUserAgent | Self::Forbidden | Self::SecondaryLimit(_) => 403,
            Self::PrimaryLimit(status) => *status,
            Self::LimitsOff | Self::NotFound => 404,
            Self::EmptyRepository => 409,
            Self::IssuesOff => 410,
            Self::TooDeep | Self::CursorNeeded => 422,
            Self::Blocked => 451,
        }
    }

    const fn message(&self) -> &'static str {
        match self {
            Self::Moved(_) => "Moved Permanently",
            Self::BadCredentials => "Bad credentials",
            Self::AuthenticationRequired => "Requires authentication",
            Self::NoUserAgent => {
                "Request forbidden by administrative rules. Please make sure your request has \
                 a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-\
                 rest-api#user-agent-required). Check https://developer.github.com for other \
                 possible causes."
            }
            Self::Forbidden => "Resource not accessible by personal access token",
            Self::PrimaryLimit(_) => {
                "API rate limit exceeded for user ID 9000001. If you reach out to GitHub \
                 Support for help, please include the request ID."
            }
            Self::SecondaryLimit(_) => {
                "You have exceeded a secondary rate limit. Please wait a few minutes before you \
                 try again. If you reach out to GitHub Support for help, please include the \
                 request ID."
            }
            Self::LimitsOff => "Rate limiting is not enabled.",
            Self::NotFound => "Not Found",
            Self::EmptyRepository => "Git Repository is empty.",
            Self::IssuesOff => "Issues are disabled for this repo",
            Self::TooDeep => {
                "In order to keep the API fast for everyone, pagination is limited for this \
                 resource. Check the rel=last link relation in the Link response header to see \
                 how far back you can traverse."
            }
            Self::CursorNeeded => {
                "Pagination with the page parameter is not supported for large datasets, please \
                 use cursor based pagination (after/before)"
            }
            Self::Blocked => "Repository access blocked",
        }
    }

    fn documentation(&self) -> String {
        let page = match self {
            Self::Moved(_) => "/guides/best-practices-for-using-the-rest-api#follow-redirects",
            Self::PrimaryLimit(_) => {
                "/using-the-rest-api/rate-limits-for-the-rest-api#about-primary-rate-limits"
            }
            Self::SecondaryLimit(_) => {
                "/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"
            }
            Self::EmptyRepository => "/commits/commits#list-commits",
            _ => "",
        };
        format!("{DOCS}{page}")
    }

    /// The answer.
    pub(crate) fn reply(self) -> Reply {
        let mut body = json!({
            "message": self.message(),
            "documentation_url": self.documentation(),
            "status": self.status().to_string(),
        });
        match &self {
            Self::Moved(url) => body["url"] = Value::from(url.as_str()),
            Self::Blocked => body["block"] = block(),
            _ => {}
        }
        let mut reply = Reply::json(self.status(), body.to_string());
        match self {
            Self::Moved(url) => reply.location = Some(url),
            Self::SecondaryLimit(seconds) => reply.retry_after = seconds,
            _ => {}
        }
        reply
    }
}

fn block() -> Value {
    json!({
        "reason": "dmca",
        "created_at": "2024-03-01T12:00:00Z",
        "html_url": "https://github.com/github/dmca/blob/master/2024/03/2024-03-01-example.md",
    })
}
