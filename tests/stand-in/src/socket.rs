//! A connection that can be made to fail.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What is to become of a connection; set by the request being answered.
#[derive(Debug)]
pub(crate) struct Fate {
    reset: AtomicBool,
    /// Bytes that may still be written; negative: any number.
    left: AtomicI64,
}

impl Default for Fate {
    fn default() -> Self {
        Self {
            reset: AtomicBool::new(false),
            left: AtomicI64::new(-1),
        }
    }
}

impl Fate {
    /// Closes with RST instead of FIN.
    pub(crate) fn reset(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }

    /// Closes after so many more bytes.
    pub(crate) fn cut_after(&self, bytes: usize) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.left.store(bytes, Ordering::Relaxed);
    }
}

/// A TCP connection under a [`Fate`].
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    fate: Arc<Fate>,
}

impl Socket {
    /// Puts the connection under the fate.
    pub(crate) fn new(stream: TcpStream, fate: Arc<Fate>) -> Self {
        Self { stream, fate }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.fate.reset.load(Ordering::Relaxed) {
            // Where it fails the client sees FIN: closed early all the same.
            let _unlikely = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let left = self.fate.left.load(Ordering::Relaxed);
        let Ok(allowed) = usize::try_from(left) else {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        };
        if allowed == 0 {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let some = &bytes[..bytes.len().min(allowed)];
        let written = Pin::new(&mut self.stream).poll_write(context, some);
        if let Poll::Ready(Ok(count)) = &written {
            self.fate.cut_after(allowed - count);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    // Vectored writes: head and body of an answer leave in one call. A limited
    // connection falls back to the first buffer, which `poll_write` counts.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.fate.left.load(Ordering::Relaxed) < 0 {
            return Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        }
        let first = buffers.iter().find(|buffer| !buffer.is_empty());
        match first {
            Some(first) => self.poll_write(context, first),
            None => Poll::Ready(Ok(0)),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
