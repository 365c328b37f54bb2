//! What an attempt at tasks consists of, as spans of its trace. The names of the
//! attributes are those of OpenTelemetry where it has one
//! (<https://opentelemetry.io/docs/specs/semconv/http/http-spans/>).

use reqwest::{Method, StatusCode};
use runnel_model::{Outcome, SourceDescriptor};
use runnel_sandbox::{Batch, PluginId};
use runnel_traces::TARGET;
use tracing::{Span, field::Empty};
use url::Url;

/// A request to a service. Its query is left out: there may be a secret in it.
pub(crate) fn request(method: &Method, url: &Url) -> Span {
    let mut shown = url.clone();
    shown.set_query(None);
    tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = method.as_str(),
        otel.kind = "client",
        otel.status_code = Empty,
        otel.status_description = Empty,
        http.request.method = method.as_str(),
        url.full = %shown,
        server.address = url.host_str(),
        http.response.status_code = Empty,
    )
}

/// Writes down how the service answered.
pub(crate) fn answered(span: &Span, answer: Result<StatusCode, &str>) {
    match answer {
        Ok(status) => {
            span.record("http.response.status_code", status.as_u16());
            if status.is_client_error() || status.is_server_error() {
                span.record("otel.status_code", "ERROR");
            }
        }
        Err(reason) => {
            span.record("otel.status_code", "ERROR");
            span.record("otel.status_description", reason);
        }
    }
}

/// A wait until the account's quota lets a request go.
pub(crate) fn quota() -> Span {
    tracing::info_span!(target: TARGET, "quota")
}

/// A source reads an answer.
pub(crate) fn read(source: &SourceDescriptor, stream: &str) -> Span {
    tracing::info_span!(
        target: TARGET,
        "read",
        runnel.plugin = %source.name,
        runnel.version = %source.version,
        runnel.stream = stream,
    )
}

/// A transform maps the records of a task.
pub(crate) fn map(plugin: &PluginId, records: usize) -> Span {
    tracing::info_span!(
        target: TARGET,
        "map",
        runnel.plugin = plugin.name,
        runnel.version = plugin.version,
        runnel.digest = %plugin.digest,
        runnel.records = records,
        runnel.rejected = Empty,
        runnel.trapped = Empty,
    )
}

/// Writes down what a transform could not map.
pub(crate) fn mapped(span: &Span, batch: &Batch) {
    let rejected = |outcome: &&_| matches!(outcome, Ok(Outcome::Reject(_)));
    let trapped = batch.outcomes.iter().filter(|outcome| outcome.is_err());
    span.record(
        "runnel.rejected",
        batch.outcomes.iter().filter(rejected).count(),
    );
    span.record("runnel.trapped", trapped.count());
}

/// A transaction of the store.
pub(crate) fn store(operation: &'static str) -> Span {
    tracing::info_span!(
        target: TARGET,
        "store",
        otel.name = operation,
        otel.kind = "client",
        db.operation.name = operation,
    )
}
