//! The dashboard's files, as they were when the program was built.

use axum::{
    extract::Request,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::ApiError;

#[derive(RustEmbed)]
#[folder = "dashboard/dist"]
#[allow_missing = true]
struct Files;

/// What is said where the dashboard was not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Runnel</title>\
    <h1>Runnel</h1><p>This program was built without the dashboard: <code>make dashboard</code> builds it, \
    before <code>make build</code>. The API is at <a href=\"/api/v1/openapi.json\">/api/v1</a>.</p></html>";

/// A file, or the page that shows whatever the path names.
pub(crate) async fn file(request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") || path == "/api" {
        return ApiError::NoSuch("such route".to_owned()).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::NoMethod.into_response();
    }
    let name = path.trim_start_matches('/');
    if let Some(response) = found(name, request.headers()) {
        return response;
    }
    // A file that is not there is not there; anything else is the dashboard's own.
    if name.starts_with("assets/") {
        return (StatusCode::NOT_FOUND, "there is no such file").into_response();
    }
    found("index.html", request.headers()).unwrap_or_else(|| Html(NOT_BUILT).into_response())
}

fn found(name: &str, asked: &HeaderMap) -> Option<Response> {
    let plain = Files::get(name)?;
    let etag = format!("\"{}\"", crate::secrets::hex(&plain.metadata.sha256_hash()));
    let kind = content_type(name);
    let mut response = if has(asked, header::IF_NONE_MATCH.as_str(), &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (file, encoding) = packed(name, asked).unwrap_or((plain, None));
        let mut response = file.data.into_owned().into_response();
        if let Some(encoding) = encoding {
            let encoding = HeaderValue::from_static(encoding);
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, encoding);
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::VARY,
        HeaderValue::from_static(header::ACCEPT_ENCODING.as_str()),
    );
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    // The names of assets have their digests in them.
    let cache = if name.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Some(response)
}

/// A compressed form that lies beside the file and that is understood.
fn packed(name: &str, asked: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    [("br", "br"), ("gz", "gzip")]
        .into_iter()
        .filter(|(_, encoding)| has(asked, header::ACCEPT_ENCODING.as_str(), encoding))
        .find_map(|(ending, encoding)| {
            Some((Files::get(&format!("{name}.{ending}"))?, Some(encoding)))
        })
}

/// Whether a header has the word in its list, not refused by a weight of nothing.
fn has(headers: &HeaderMap, name: &str, word: &str) -> bool {
    let values = headers.get_all(name).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let mut parts = item.split(';').map(str::trim);
            parts.next() == Some(word) && !parts.any(|part| matches!(part, "q=0" | "q=0.0"))
        })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::has;

    #[test]
    fn a_compressed_form_is_sent_to_whom_understands_it() {
        let asked = |text| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            has(&headers, header::ACCEPT_ENCODING.as_str(), "br")
        };
        assert!(asked("gzip, deflate, br") && asked("br;q=0.5"));
        assert!(!asked("gzip") && !asked("br;q=0") && !asked("brotli"));
    }
}
