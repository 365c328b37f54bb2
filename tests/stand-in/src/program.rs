//! The life of a stand-in that is a program.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// What ends the program.
#[derive(Debug)]
pub struct End {
    terminate: Signal,
    interrupt: Signal,
    with_stdin: bool,
}

impl End {
    /// Listens for signals from now on: before the line that tells others to go
    /// on, since a signal may follow at once.
    ///
    /// # Errors
    /// If the system lends no signals.
    pub fn new(with_stdin: bool) -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            with_stdin,
        })
    }

    /// Waits for SIGTERM, SIGINT or, if asked to, the end of standard input.
    pub async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = stdin_closed(), if self.with_stdin => {}
        }
    }
}

/// A thread of its own reads: the runtime would wait for a read under way and so
/// outlive a signal.
async fn stdin_closed() {
    let (closed, wait) = oneshot::channel();
    std::thread::spawn(move || {
        let ended = io::copy(&mut io::stdin(), &mut io::sink());
        // Nobody waits any more once a signal came first.
        let _unheard = closed.send(ended);
    });
    // The thread sends when the input ends, for whatever reason.
    let _ended = wait.await;
}
