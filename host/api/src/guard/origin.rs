//! Changes: refused from other origins, and where the host is read-only.
//!
//! A browser sends the cookie along with whatever a page of somebody else has it
//! send. SameSite keeps most of that away; that the request comes from a page of
//! this host is asked all the same. A token is sent by nobody but its owner.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header};

use super::who::COOKIE;
use crate::{problem::ApiError, state::Api};

/// Lets a request through that changes nothing, or may change something.
pub(crate) async fn may_change(State(api): State<Api>, request: Request, next: Next) -> Response {
    let is_change = !matches!(*request.method(), Method::GET | Method::HEAD);
    if is_change {
        if !same_origin(request.headers()) {
            return ApiError::OtherOrigin.into_response();
        }
        // Signing in and out changes nothing but sessions.
        let of_session = request.uri().path() == "/api/v1/session";
        if api.read_only && !of_session {
            return ApiError::ReadOnly.into_response();
        }
    }
    next.run(request).await
}

/// Whether a change comes from a page of this host, or from no page at all.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(header::HOST.as_str()).unwrap_or_default();
    let origin = text(header::ORIGIN.as_str());
    let is_own = origin.map(|origin| authority(origin) == Some(host));
    match (text("sec-fetch-site"), is_own) {
        (Some(site), is_own) => matches!(site, "same-origin" | "none") && is_own.unwrap_or(true),
        (None, Some(is_own)) => is_own,
        // No browser: what brings no cookie needs no page.
        (None, None) => !has_cookie(headers),
    }
}

/// `host:port` of an origin.
fn authority(origin: &str) -> Option<&str> {
    let (scheme, authority) = origin.split_once("://")?;
    matches!(scheme, "http" | "https").then_some(authority)
}

fn has_cookie(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter();
    cookies
        .filter_map(|cookies| cookies.to_str().ok())
        .any(|cookies| cookies.contains(COOKIE))
}

/// Whether the request was sent to this machine by its own name.
pub(crate) fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost"
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::{is_loopback, same_origin};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let header = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(header).collect()
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:8080");
    const COOKIE: (&str, &str) = ("cookie", "runnel_session=abc");

    #[test]
    fn a_page_of_this_host_may_change_something() {
        for own in [
            ("origin", "http://127.0.0.1:8080"),
            ("sec-fetch-site", "same-origin"),
        ] {
            assert!(same_origin(&headers(&[HOST, COOKIE, own])), "{own:?}");
        }
    }

    #[test]
    fn a_page_of_another_host_may_not() {
        for other in [
            ("origin", "http://127.0.0.1:8081"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:8080.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert!(!same_origin(&headers(&[HOST, COOKIE, other])), "{other:?}");
            assert!(!same_origin(&headers(&[HOST, other])), "{other:?}");
        }
    }

    #[test]
    fn a_program_needs_no_page_unless_it_brings_a_cookie() {
        assert!(same_origin(&headers(&[HOST])));
        assert!(!same_origin(&headers(&[HOST, COOKIE])));
    }

    #[test]
    fn this_machine_is_known_by_its_names() {
        for host in ["localhost", "127.0.0.1:8080", "[::1]:8080", "localhost:1"] {
            let headers: HeaderMap = [(http::header::HOST, host.parse().unwrap())]
                .into_iter()
                .collect();
            assert!(is_loopback(&headers), "{host}");
        }
        assert!(!is_loopback(&headers(&[("host", "localhost.example")])));
    }
}
