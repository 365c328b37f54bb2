//! The accept loop.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::api::Api;
use crate::gate::Gate;
use crate::socket::{Fate, Socket};

/// Accepts connections until it is aborted, and takes them down with it.
pub(crate) async fn accept<A: Api>(listener: TcpListener, gate: Arc<Gate<A>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(attend(stream, Arc::clone(&gate)));
                }
                // Too many open files, most likely: they close on their own.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
}

/// Serves the requests of one connection.
async fn attend<A: Api>(stream: TcpStream, gate: Arc<Gate<A>>) {
    // Small answers would otherwise wait for the client's acknowledgement; where
    // the option cannot be set they do.
    let _slower = stream.set_nodelay(true);
    let fate = Arc::new(Fate::default());
    let socket = Socket::new(stream, Arc::clone(&fate));
    let service = service_fn(|request| gate.serve(&fate, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(socket), service);
    // It ends with an error whenever a fault or the client ends it: no news.
    let _ended = connection.await;
}
