//! A collector of traces, as OTLP has it over HTTP
//! (<https://opentelemetry.io/docs/specs/otlp/#otlphttp>).

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message as _;
use tokio::{net::TcpListener, task::JoinHandle};

/// How long a span may take to come: they are sent every five seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A collector that listens, until it is dropped.
pub struct Collector {
    /// Its address.
    pub url: String,
    received: Arc<Mutex<Received>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Received {
    spans: Vec<Traced>,
    headers: Vec<BTreeMap<String, String>>,
}

/// A span that was sent.
#[derive(Debug, Clone)]
pub struct Traced {
    /// The trace.
    pub trace: Vec<u8>,
    /// Itself.
    pub id: Vec<u8>,
    /// What it is a part of; empty: of nothing.
    pub parent: Vec<u8>,
    /// What it is called.
    pub name: String,
    /// What is said of it.
    pub attributes: BTreeMap<String, String>,
    /// What is said of the process.
    pub resource: BTreeMap<String, String>,
    /// The traces that it goes back to.
    pub links: Vec<Vec<u8>>,
    /// What went wrong, if something did.
    pub failed: Option<String>,
}

impl Collector {
    /// Listens at a port of its own.
    ///
    /// # Panics
    /// If it cannot.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let received = Arc::new(Mutex::new(Received::default()));
        let task = tokio::spawn(serve(listener, Arc::clone(&received)));
        Self {
            url,
            received,
            task,
        }
    }

    /// Everything that was sent so far.
    pub fn spans(&self) -> Vec<Traced> {
        self.lock().spans.clone()
    }

    /// The headers of each request.
    pub fn headers(&self) -> Vec<BTreeMap<String, String>> {
        self.lock().headers.clone()
    }

    /// Waits until what was sent is so.
    ///
    /// # Panics
    /// If it never is.
    pub async fn until(&self, what: &str, is_so: impl Fn(&[Traced]) -> bool) -> Vec<Traced> {
        let began = Instant::now();
        loop {
            let spans = self.spans();
            if is_so(&spans) {
                return spans;
            }
            assert!(began.elapsed() < PATIENCE, "not {what}: {spans:#?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, received: Arc<Mutex<Received>>) {
    while let Ok((socket, _)) = listener.accept().await {
        let received = Arc::clone(&received);
        let answer = service_fn(move |request| take(request, Arc::clone(&received)));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), answer);
        tokio::spawn(connection);
    }
}

async fn take(
    request: Request<Incoming>,
    received: Arc<Mutex<Received>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let of_traces = request.uri().path() == "/v1/traces";
    let headers = request.headers().iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.to_string(), value)
    });
    let headers = headers.collect();
    let body = request.into_body().collect().await;
    let body = body.map(http_body_util::Collected::to_bytes);
    let sent = body.ok().and_then(|body| read(&body));
    let mut answer = Response::new(Full::new(Bytes::new()));
    match sent.filter(|_| of_traces) {
        Some(spans) => {
            let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
            received.spans.extend(spans);
            received.headers.push(headers);
        }
        None => *answer.status_mut() = StatusCode::BAD_REQUEST,
    }
    Ok(answer)
}

fn read(body: &[u8]) -> Option<Vec<Traced>> {
    let sent = ExportTraceServiceRequest::decode(body).ok()?;
    let mut spans = Vec::new();
    for of_process in sent.resource_spans {
        let resource = of_process.resource.unwrap_or_default();
        let resource = attributes(&resource.attributes);
        let own = of_process.scope_spans.into_iter();
        let own = own.flat_map(|scope| scope.spans);
        spans.extend(own.map(|span| traced(span, &resource)));
    }
    Some(spans)
}

fn traced(span: Span, resource: &BTreeMap<String, String>) -> Traced {
    // 2 is what the protocol calls an error.
    let failed = span.status.filter(|status| status.code == 2);
    Traced {
        attributes: attributes(&span.attributes),
        trace: span.trace_id,
        id: span.span_id,
        parent: span.parent_span_id,
        name: span.name,
        resource: resource.clone(),
        links: span.links.into_iter().map(|link| link.trace_id).collect(),
        failed: failed.map(|status| status.message),
    }
}

fn attributes(of: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(is_so) => is_so.to_string(),
        other => format!("{other:?}"),
    };
    let one = |of: &KeyValue| {
        let value = of.value.as_ref()?.value.as_ref()?;
        Some((of.key.clone(), text(value)))
    };
    of.iter().filter_map(one).collect()
}
