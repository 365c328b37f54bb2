//! The handle of a running stand-in.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::api::Api;
use crate::faults::Faults;
use crate::frame::Frame;
use crate::gate::Gate;
use crate::listen;
use crate::log::Served;

/// Where a stand-in is to run: bound, so that its data can name its address.
#[derive(Debug)]
pub struct Place {
    listener: TcpListener,
    root: String,
    prefix: String,
}

impl Place {
    /// Listens on an address; all paths begin with the prefix.
    ///
    /// # Errors
    /// If the address cannot be listened on.
    pub async fn bind(address: &str, prefix: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let root = format!("http://{}", listener.local_addr()?);
        Ok(Self {
            listener,
            root,
            prefix: prefix.to_owned(),
        })
    }

    /// The API's base URL, with the prefix and without a slash at the end.
    pub fn url(&self) -> String {
        format!("{}{}", self.root, self.prefix)
    }

    /// Serves the API until the [`Running`] is dropped.
    pub fn serve<A: Api>(self, api: Arc<A>, latency: Duration, faults: Faults) -> Running {
        let url = self.url();
        let frame = Arc::new(Frame::new(self.prefix, latency, faults));
        let gate = Arc::new(Gate {
            api,
            frame: Arc::clone(&frame),
        });
        let accepting = tokio::spawn(listen::accept(self.listener, gate));
        Running {
            root: self.root,
            url,
            frame,
            accepting,
        }
    }
}

/// A running stand-in of any service. Dropping it closes every connection.
#[derive(Debug)]
pub struct Running {
    root: String,
    url: String,
    frame: Arc<Frame>,
    accepting: JoinHandle<()>,
}

impl Running {
    /// The API's base URL, with the prefix and without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the server listens: [`Running::url`] without the prefix.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The requests served, oldest first; the latest 200,000 at most.
    pub fn requests(&self) -> Vec<Served> {
        self.frame.log().entries()
    }

    /// How many requests were served since the start.
    pub fn request_count(&self) -> u64 {
        self.frame.log().total
    }

    /// Forgets the requests listed so far, not their count.
    pub fn clear_requests(&self) {
        self.frame.log().clear();
    }

    /// Replaces the random faults; their sequence starts anew.
    pub fn set_faults(&self, faults: Faults) {
        self.frame.dealer().set(faults);
    }

    /// Answers a path (below the base, without the query) with a status from now on.
    pub fn fail_always(&self, path: &str, status: u16) {
        self.frame.dealer().plan(path, status, None);
    }

    /// Answers a path with a status so many times.
    pub fn fail_next(&self, path: &str, status: u16, times: u32) {
        self.frame.dealer().plan(path, status, Some(times));
    }

    /// Takes [`Running::fail_always`] or [`Running::fail_next`] back.
    pub fn heal(&self, path: &str) {
        self.frame.dealer().forget(path);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
