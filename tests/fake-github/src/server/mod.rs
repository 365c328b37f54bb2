//! The server: real sockets, and the handle that controls it.

mod control;
mod gate;
mod listen;
pub(crate) mod log;
mod quota;
mod shared;
mod socket;
mod wire;

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::faults::Faults;
use crate::options::{Limits, Options};
use crate::server::log::Served;
use crate::server::shared::Shared;
use crate::spec::Spec;
use crate::world::World;
use crate::world::edit::{Edit, EditError, Edited};

/// Starts servers.
#[derive(Debug)]
pub struct FakeGithub;

impl FakeGithub {
    /// Generates the data and serves it until the [`Server`] is dropped.
    ///
    /// # Errors
    /// If the address cannot be listened on.
    pub async fn start(spec: Spec, options: Options) -> io::Result<Server> {
        let listener = TcpListener::bind(&options.listen).await?;
        let root = format!("http://{}", listener.local_addr()?);
        let api = format!("{root}{}", options.prefix);
        let world = World::new(&spec, api.clone());
        let shared = Arc::new(Shared::new(world, options));
        let accepting = tokio::spawn(listen::accept(listener, Arc::clone(&shared)));
        Ok(Server {
            root,
            api,
            shared,
            accepting,
        })
    }
}

/// A running server. Dropping it closes every connection.
#[derive(Debug)]
pub struct Server {
    root: String,
    api: String,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// The API's base URL, with the prefix and without a slash at the end.
    pub fn url(&self) -> &str {
        &self.api
    }

    /// Where the server listens: [`Server::url`] without the prefix.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Changes the data.
    ///
    /// # Errors
    /// If what is to change does not exist.
    pub fn edit(&self, edit: Edit) -> Result<Edited, EditError> {
        self.shared.world_mut().edit(edit)
    }

    /// Changes the data after so many more requests: pages shift under a scan.
    pub fn edit_after(&self, requests: u64, edit: Edit) {
        self.shared.edit_after(requests, edit);
    }

    /// The requests served, oldest first; the latest 200,000 at most.
    pub fn requests(&self) -> Vec<Served> {
        self.shared.log().entries()
    }

    /// How many requests were served since the start.
    pub fn request_count(&self) -> u64 {
        self.shared.log().total
    }

    /// Forgets the requests listed so far, not their count.
    pub fn clear_requests(&self) {
        self.shared.log().clear();
    }

    /// Replaces the random faults; their sequence starts anew.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.dealer().set(faults);
    }

    /// Answers a path (below the base, without the query) with a status from now on.
    pub fn fail_always(&self, path: &str, status: u16) {
        self.shared.dealer().plan(path, status, None);
    }

    /// Answers a path with a status so many times.
    pub fn fail_next(&self, path: &str, status: u16, times: u32) {
        self.shared.dealer().plan(path, status, Some(times));
    }

    /// Takes [`Server::fail_always`] or [`Server::fail_next`] back.
    pub fn heal(&self, path: &str) {
        self.shared.dealer().forget(path);
    }

    /// Replaces the primary limit; what was used is forgotten.
    pub fn set_limits(&self, limits: Limits) {
        self.shared.quota().set(limits);
    }

    /// Answers the next requests with the secondary limit.
    pub fn trip_secondary_limit(&self, requests: u32) {
        self.shared.quota().trip(requests);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
