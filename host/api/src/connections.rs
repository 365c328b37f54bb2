//! Connections, from the first to the last.

use std::{convert::Infallible, net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, extract::ConnectInfo, response::Response};
use hyper::{Request, body::Incoming, server::conn::http1, service::Service};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::patient::{Connection, Patient};

/// How long the head of a request may take: from when the one before was answered, or
/// the connection was made, to its last byte. What it may take to be answered is its
/// route's business.
const HEAD: Duration = Duration::from_secs(75);
/// The most bytes that are read ahead, and that a head may have.
const AHEAD: usize = 64 * 1024;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Answers what comes over the listener, until `stop` is cancelled; what is under way
/// then, here and with whoever else tracks it, may take so long.
pub(crate) async fn answer(
    (listener, router): (TcpListener, Router),
    under_way: TaskTracker,
    stop: CancellationToken,
    grace: Duration,
) {
    let patient = Patient::new(listener);
    while let Some((connection, peer)) = stop.run_until_cancelled(patient.accept()).await {
        let asked = Asked {
            peer: Peer(peer),
            router: TowerToHyperService::new(router.clone()),
        };
        under_way.spawn(serve(connection, asked, stop.clone()));
    }
    drop(patient);
    under_way.close();
    let _in_time = tokio::time::timeout(grace, under_way.wait()).await;
}

/// Until the other side has no more to ask, is too slow, or the host stops.
async fn serve(connection: Connection, asked: Asked, stop: CancellationToken) {
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(AHEAD)
        .serve_connection(TokioIo::new(connection), asked);
    let mut serving = pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}

/// What is asked over one connection.
struct Asked {
    peer: Peer,
    router: TowerToHyperService<Router>,
}

impl Service<Request<Incoming>> for Asked {
    type Response = Response;
    type Error = Infallible;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(ConnectInfo(self.peer));
        self.router.call(request)
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        time::{Instant, sleep},
    };

    use super::*;

    const ASKS: &[u8] = b"GET /slow HTTP/1.1\r\nhost: here\r\n\r\n";

    /// A connection to what takes five minutes to answer, and what stops that.
    async fn connected() -> (TcpStream, CancellationToken) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = get(async || {
            sleep(Duration::from_secs(300)).await;
            "done"
        });
        let (router, stop) = (Router::new().route("/slow", slow), CancellationToken::new());
        let grace = Duration::from_secs(600);
        let under_way = TaskTracker::new();
        tokio::spawn(answer((listener, router), under_way, stop.clone(), grace));
        (TcpStream::connect(address).await.unwrap(), stop)
    }

    async fn answered(stream: &mut TcpStream) -> String {
        let mut read = vec![0; 1_024];
        let length = stream.read(&mut read).await.unwrap();
        String::from_utf8_lossy(&read[..length]).into_owned()
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_to_be_answered_is_answered() {
        let (mut stream, _stop) = connected().await;
        stream.write_all(ASKS).await.unwrap();
        let answer = answered(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_when_the_host_stops_is_answered() {
        let (mut stream, stop) = connected().await;
        stream.write_all(ASKS).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        stop.cancel();
        let answer = answered(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_sends_letter_by_letter_is_given_up() {
        let (mut stream, _stop) = connected().await;
        let began = Instant::now();
        for letter in ASKS.iter().cycle() {
            if stream.write_all(&[*letter]).await.is_err() || began.elapsed() > HEAD * 2 {
                break;
            }
            sleep(Duration::from_secs(10)).await;
        }
        assert!(began.elapsed() < HEAD * 2, "it went on and on");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_sends_nothing_is_given_up() {
        let (mut stream, _stop) = connected().await;
        let answer = answered(&mut stream).await;
        assert_eq!(answer, "");
    }
}
