//! A request is a span of a trace. The names of the attributes are those of OpenTelemetry
//! (<https://opentelemetry.io/docs/specs/semconv/http/http-spans/>).

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use runnel_traces::{TARGET, child};
use tracing::{Instrument, Span, field::Empty};

/// Goes on with the trace of whoever asks, where they name one; else it begins one. The
/// pages' files, and what asks how the process is, are in none.
pub(crate) async fn traced(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let header = request.headers().get("traceparent");
    let parent = header.and_then(|header| header.to_str().ok());
    let span = child(span(&request), parent.unwrap_or_default());
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    // What whoever asks did wrong is no failure of the host's.
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    response
}

/// The query is left out: there may be a name in it that was searched for.
fn span(request: &Request) -> Span {
    let method = request.method().as_str();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map(MatchedPath::as_str);
    let name = route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
    tracing::info_span!(
        target: TARGET,
        "api",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        url.path = request.uri().path(),
        http.response.status_code = Empty,
    )
}
