//! The API, from its first connection to its last.

use std::net::SocketAddr;

use runnel_control::{ControlError, Host};
use runnel_secrets::ExposeSecret;
use tokio::net::TcpListener;

use crate::{
    connections, exporter::Exporter, problem::ApiError, proxies::Network, router, secrets,
    state::Api,
};

/// Tells whoever started the service something.
pub type Tell = fn(&str);

/// Why a listener cannot be used.
pub(crate) fn broken(error: std::io::Error) -> ControlError {
    ControlError::Host(format!("HTTP: {error}"))
}

/// What the API is told.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Whether nothing can be changed through it.
    pub read_only: bool,
    /// The proxies whose word is taken for who asks.
    pub trusted_proxies: Vec<Network>,
    /// Tells whoever started the service something.
    pub tell: Tell,
}

/// Answers until the host stops. Where there is no user yet, tells the link with
/// which the first one is made.
///
/// # Errors
/// Those of the store, and where the listener cannot be used.
pub async fn serve(
    listener: TcpListener,
    settings: ApiSettings,
    host: Host,
) -> Result<(), ControlError> {
    let address = listener.local_addr().map_err(broken)?;
    let (stop, grace) = (host.stop.clone(), host.stop_timeout);
    let exporter = Exporter::start()?;
    let measuring = tokio::spawn(exporter.clone().keep(stop.clone()));
    let tell = settings.tell;
    let api = Api::new(host, settings, exporter);
    (tell)(&format!("the HTTP API listens on http://{address}"));
    offer_setup(&api, address, tell).await?;
    let watching = tokio::spawn(api.watch.clone().run(stop.clone()));
    let under_way = api.under_way.clone();
    connections::answer((listener, router::router(api)), under_way, stop, grace).await;
    watching.abort();
    measuring.abort();
    Ok(())
}

async fn offer_setup(api: &Api, address: SocketAddr, tell: Tell) -> Result<(), ControlError> {
    if api.read_only || !api.host.store.needs_setup().await? {
        return Ok(());
    }
    let host = |e: ApiError| ControlError::Host(e.to_string());
    let link = secrets::fresh("").map_err(host)?;
    let link = link.expose_secret();
    api.host.store.offer_setup(&secrets::digest(link)).await?;
    tell(&format!(
        "there is no user yet; this link makes the first one, once and within a day: http://{address}/setup#{link}"
    ));
    Ok(())
}
