//! The server: credentials, limits, and the handle that controls it.

mod gate;
mod quota;
mod shared;
mod wire;

use std::io;
use std::ops::Deref;
use std::sync::Arc;

use stand_in::{Api, Place, Running};

use crate::options::{Limits, Options};
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
        let place = Place::bind(&options.listen, &options.prefix).await?;
        let world = World::new(&spec, place.url());
        let (latency, faults) = (options.latency, options.faults);
        let shared = Arc::new(Shared::new(world, options));
        let running = place.serve(Arc::clone(&shared), latency, faults);
        Ok(Server { running, shared })
    }
}

/// A running server, with all that a [`Running`] stand-in can do. Dropping it
/// closes every connection.
#[derive(Debug)]
pub struct Server {
    running: Running,
    shared: Arc<Shared>,
}

impl Deref for Server {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

impl Server {
    /// Changes the data.
    ///
    /// # Errors
    /// If what is to change does not exist.
    pub fn edit(&self, edit: Edit) -> Result<Edited, EditError> {
        self.shared.world_mut().edit(edit)
    }

    /// Changes the data after so many more requests: pages shift under a scan.
    pub fn edit_after(&self, requests: u64, edit: Edit) {
        self.shared.later().after(requests, edit);
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
