//! What a process measures and whether it lives, and nothing else: on an address of its
//! own, for processes that do not answer the API, and for whoever is to see no more.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::FromRef, middleware::from_fn, routing::get};
use runnel_control::{ControlError, Host};
use runnel_store::Store;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::{
    connections,
    exporter::Exporter,
    guard,
    problem::ApiError,
    routes::{health, metrics},
    serve::{ApiSettings, Tell, broken},
    state::Api,
};

/// What these requests can reach.
#[derive(Clone)]
struct Measured {
    store: Arc<dyn Store>,
    exporter: Exporter,
}

impl FromRef<Measured> for Arc<dyn Store> {
    fn from_ref(measured: &Measured) -> Self {
        Self::clone(&measured.store)
    }
}

impl FromRef<Measured> for Exporter {
    fn from_ref(measured: &Measured) -> Self {
        measured.exporter.clone()
    }
}

/// Answers `/metrics`, `/healthz` and `/readyz` until the host stops. A process that
/// answers the API shows what the database says too, as it does there.
///
/// # Errors
/// Where the listener cannot be used.
pub async fn serve_metrics(
    listener: TcpListener,
    tell: Tell,
    host: Host,
) -> Result<(), ControlError> {
    let address = listener.local_addr().map_err(broken)?;
    let stop = host.stop.clone();
    let exporter = Exporter::start()?;
    let measuring = tokio::spawn(exporter.clone().keep(stop.clone()));
    let router = router(host, tell, exporter);
    tell(&format!("metrics are at http://{address}/metrics"));
    // A scrape that is cut off is asked for again: nothing is waited for.
    connections::answer((listener, router), TaskTracker::new(), stop, Duration::ZERO).await;
    measuring.abort();
    Ok(())
}

/// Nobody signs in here.
fn looking_on(tell: Tell) -> ApiSettings {
    ApiSettings {
        read_only: true,
        trusted_proxies: Vec::new(),
        tell,
    }
}

fn router(host: Host, tell: Tell, exporter: Exporter) -> Router {
    let measured = Measured {
        store: Arc::clone(&host.store),
        exporter: exporter.clone(),
    };
    let shown = match host.answers {
        true => Router::new()
            .route("/metrics", get(metrics::show))
            .with_state(Api::new(host, looking_on(tell), exporter)),
        false => Router::new()
            .route("/metrics", get(metrics::own))
            .with_state(measured.clone()),
    };
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::ready))
        .with_state(measured)
        .merge(shown)
        .fallback(async || ApiError::NoSuch("such page".to_owned()))
        .method_not_allowed_fallback(async || ApiError::NoMethod)
        .layer(from_fn(guard::in_time))
        .layer(from_fn(guard::secure))
}
