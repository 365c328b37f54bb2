//! The control plane: which plugins there are, what a sync starts, and when it
//! is done.

mod admin;
mod config;
mod diff;
mod error;
mod install;
mod lineup;
mod live;
mod registry;
mod replay;
mod serve;
mod sync;
mod vault;
mod worker;

pub use admin::{Admin, IntegrationRequest};
pub use config::config as plugin_configuration;
pub use diff::{DiffRequest, diff};
pub use error::ControlError;
pub use install::{InstallRequest, InstalledVersion, install, read_component};
pub use lineup::InstalledKind;
pub use live::FOLLOW;
pub use registry::{Installed, Registry};
pub use replay::{ReplaySettings, see_through};
pub use serve::{InvalidRole, Role, ServeSettings, Slots, Started, describe_metrics, serve};
pub use sync::{Event, Observe, StreamSummary, Summary, SyncRequest, sync};
pub use vault::Vault;
pub(crate) use worker::worker_id;
