//! Connections, given up where the other side does not take what was written: a reader
//! of the event stream who does not keep up.
//!
//! What is written goes into a buffer of the kernel: megabytes, which events fill in
//! half an hour. On Linux the kernel itself sees to it that the other side takes what is
//! there; elsewhere nobody is missed until that buffer is full, or a stream of events
//! has come to its end.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Sleep, sleep},
};

/// How long a connection waits for the other side to take what was written.
const WRITE: Duration = Duration::from_secs(20);
/// The most connections at once.
const CONNECTIONS: usize = 1_024;

/// Accepts connections, no more than there is room for.
pub(crate) struct Patient {
    listener: TcpListener,
    room: Arc<Semaphore>,
}

impl Patient {
    pub(crate) fn new(listener: TcpListener) -> Self {
        Self {
            listener,
            room: Arc::new(Semaphore::new(CONNECTIONS)),
        }
    }

    /// The next one, and who is at its other end.
    pub(crate) async fn accept(&self) -> (Connection, SocketAddr) {
        loop {
            let room = Arc::clone(&self.room).acquire_owned().await;
            let Ok(room) = room else { continue };
            match self.listener.accept().await {
                Ok((stream, peer)) => return (Connection::new(stream, room), peer),
                Err(error) => {
                    tracing::debug!(%error, "no connection was accepted");
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

/// A connection with a clock.
pub(crate) struct Connection {
    stream: TcpStream,
    /// Until when what is written has to be taken, while it is not.
    stuck: Option<Pin<Box<Sleep>>>,
    _room: OwnedSemaphorePermit,
}

impl Connection {
    fn new(stream: TcpStream, room: OwnedSemaphorePermit) -> Self {
        // Small answers are to leave at once.
        let _small = stream.set_nodelay(true);
        #[cfg(target_os = "linux")]
        let _taken = SockRef::from(&stream).set_tcp_user_timeout(Some(WRITE));
        Self {
            stream,
            stuck: None,
            _room: room,
        }
    }

    fn after_write(
        &mut self,
        written: Poll<io::Result<usize>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(WRITE)));
        ready!(stuck.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.after_write(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.after_write(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::{Connection, Patient, TcpListener, TcpStream, io};

    async fn connected() -> (TcpStream, Connection) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let patient = Patient::new(listener);
        let (client, (connection, _)) = tokio::join!(TcpStream::connect(address), patient.accept());
        (client.unwrap(), connection)
    }

    #[tokio::test(start_paused = true)]
    async fn somebody_who_takes_nothing_is_given_up() {
        let (client, mut connection) = connected().await;
        let error = loop {
            if let Err(error) = connection.write_all(&[0; 65_536]).await {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(client);
    }
}
