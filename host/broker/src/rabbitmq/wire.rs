//! The socket under a connection, which is ours: it can be cut from outside, and
//! its TLS is the one that the rest of the host has.
//!
//! lapin keeps a thread for each connection, and one whose peer has fallen silent
//! in the middle of the handshake would stay for ever: nothing but the end of its
//! socket ends it.

use std::{
    future::Future,
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr},
    os::fd::{AsFd, AsRawFd},
    path::Path,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use async_rs::{
    Runtime, Tokio,
    traits::{Executor, Reactor, RuntimeKit},
    util::Task,
};
use futures_util::{AsyncRead, AsyncWrite, Stream, TryFutureExt};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, RootCertStore,
        pki_types::{CertificateDer, pem::PemObject},
    },
};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

use crate::AmqpUrl;

trait Duplex: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send {}

impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send> Duplex for T {}

/// A stream of bytes, plain or in TLS.
pub(super) struct Wire(Compat<Pin<Box<dyn Duplex>>>);

/// Cuts the socket when it is dropped, whoever else still has it.
pub(super) struct Cut(std::net::TcpStream);

impl Drop for Cut {
    fn drop(&mut self) {
        // An error says that it is cut already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// Connects.
pub(super) async fn connect(url: &AmqpUrl) -> io::Result<(Wire, Cut)> {
    let stream = TcpStream::connect((&*url.host, url.port)).await?;
    stream.set_nodelay(true)?;
    let cut = Cut(stream.as_fd().try_clone_to_owned()?.into());
    let stream: Pin<Box<dyn Duplex>> = if url.tls {
        let name = url.host.clone().try_into().map_err(io::Error::other)?;
        Box::pin(tls(url)?.connect(name, stream).await?)
    } else {
        Box::pin(stream)
    };
    Ok((Wire(stream.compat()), cut))
}

/// Trusts whom the URL says, else whom the system trusts.
fn tls(url: &AmqpUrl) -> io::Result<TlsConnector> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let trusting = match &url.authority {
        Some(file) => builder.with_root_certificates(certificates(file)?),
        None => builder.with_platform_verifier().map_err(io::Error::other)?,
    };
    Ok(TlsConnector::from(Arc::new(trusting.with_no_client_auth())))
}

fn certificates(file: &Path) -> io::Result<RootCertStore> {
    let unread = |error: String| io::Error::other(format!("{}: {error}", file.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|e| unread(e.to_string()))? {
        let certificate = certificate.map_err(|e| unread(e.to_string()))?;
        roots.add(certificate).map_err(|e| unread(e.to_string()))?;
    }
    Ok(roots)
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut [u8],
    ) -> std::task::Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_close(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_close(context)
    }
}

/// tokio as lapin sees it, with our streams.
#[derive(Debug, Clone)]
pub(super) struct Kit(Tokio);

impl Kit {
    /// The runtime that this is called in.
    pub(super) fn current() -> Runtime<Self> {
        Runtime::new(Self(Tokio::current()))
    }
}

impl RuntimeKit for Kit {}

impl Executor for Kit {
    type Task<T: Send + 'static> = <Tokio as Executor>::Task<T>;

    fn block_on<T, F: Future<Output = T>>(&self, future: F) -> T {
        self.0.block_on(future)
    }

    fn spawn<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        future: F,
    ) -> Task<Self::Task<T>> {
        self.0.spawn(future)
    }

    fn spawn_blocking<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(
        &self,
        work: F,
    ) -> Task<Self::Task<T>> {
        self.0.spawn_blocking(work)
    }
}

impl Reactor for Kit {
    type TcpStream = Wire;
    type Sleep = <Tokio as Reactor>::Sleep;

    fn register<H: Read + Write + AsFd + AsRawFd + Send + 'static>(
        &self,
        socket: H,
    ) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static> {
        self.0.register(socket)
    }

    fn sleep(&self, time: Duration) -> Self::Sleep {
        self.0.sleep(time)
    }

    fn interval(&self, time: Duration) -> impl Stream<Item = Instant> + Send + 'static {
        self.0.interval(time)
    }

    fn tcp_connect_addr(
        &self,
        address: SocketAddr,
    ) -> impl Future<Output = io::Result<Self::TcpStream>> + Send + 'static {
        TcpStream::connect(address).map_ok(|stream| {
            let stream: Pin<Box<dyn Duplex>> = Box::pin(stream);
            Wire(stream.compat())
        })
    }
}
