//! Where traces are sent.

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};
use url::Url;

use crate::{TARGET, sender::Sender};

/// Where the signal is taken, below the address of a collector.
const PATH: &str = "/v1/traces";

/// A collector of traces.
#[derive(Debug, Clone)]
pub struct Collector {
    /// Its address, such as `http://127.0.0.1:4318`, or that with `/v1/traces`.
    pub endpoint: Url,
    /// Of how many traces one is kept: whole, or not at all.
    pub one_in: u32,
}

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The HTTP client cannot be set up.
    #[error("the HTTP client for traces cannot be set up: {0}")]
    Client(String),
    /// The standard's variables, which the exporter reads, are wrong.
    #[error("traces cannot be sent to {endpoint}: {reason}; check the variables OTEL_…")]
    Exporter {
        /// Where to.
        endpoint: String,
        /// What is wrong.
        reason: String,
    },
}

/// Sends what has ended, in batches, as long as it is there.
pub struct Exporter(SdkTracerProvider);

impl Exporter {
    /// Sends what is left. Blocks for up to five seconds, so not to be called on a
    /// thread of the reactor.
    pub fn stop(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces are not sent");
        }
    }
}

/// What a subscriber needs to send the spans of [`TARGET`] to a collector.
///
/// # Errors
/// [`TraceError`], where the address or a variable `OTEL_…` is no use.
pub fn layer<S>(
    collector: &Collector,
    runtime: Handle,
) -> Result<(impl Layer<S> + Send + Sync + use<S>, Exporter), TraceError>
where
    S: Subscriber + for<'s> LookupSpan<'s> + Send + Sync,
{
    let endpoint = signal(&collector.endpoint);
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint.as_str())
        .with_http_client(Sender::new(runtime)?)
        .build()
        .map_err(|error| TraceError::Exporter {
            endpoint: endpoint.host_str().unwrap_or_default().to_owned(),
            reason: error.to_string(),
        })?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(
            1.0 / f64::from(collector.one_in.max(1)),
        ))))
        .with_resource(resource())
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("runnel"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false)
        .with_filter(filter_fn(|of| of.target() == TARGET && of.is_span()));
    Ok((layer, Exporter(provider)))
}

/// Who sends them: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say more.
fn resource() -> Resource {
    let name = std::env::var_os("OTEL_SERVICE_NAME").is_none();
    let own = Resource::builder().with_attributes([
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("process.pid", i64::from(std::process::id())),
    ]);
    if name {
        own.with_service_name("runnel").build()
    } else {
        own.build()
    }
}

/// The address below which nothing is left out.
fn signal(endpoint: &Url) -> Url {
    let mut endpoint = endpoint.clone();
    let path = endpoint.path().trim_end_matches('/').to_owned();
    if !path.ends_with(PATH) {
        endpoint.set_path(&format!("{path}{PATH}"));
    }
    endpoint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_traces_is_added_where_it_is_missing() {
        let signal = |text: &str| signal(&text.parse().unwrap()).to_string();
        for base in ["http://c:4318", "http://c:4318/", "http://c:4318/v1/traces"] {
            assert_eq!(signal(base), "http://c:4318/v1/traces");
        }
        assert_eq!(signal("https://c/otlp/"), "https://c/otlp/v1/traces");
    }
}
