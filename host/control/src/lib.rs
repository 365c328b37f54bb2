//! The control plane: which plugins there are, what a sync starts, and when it
//! is done.

mod admin;
mod config;
mod diff;
mod dry_run;
mod error;
mod figures;
mod install;
mod lineup;
mod live;
mod registry;
mod replay;
mod serve;
mod sync;
mod vault;
mod waits;
mod worker;

pub use admin::{Admin, IntegrationEdit, IntegrationRequest};
pub use config::config as plugin_configuration;
pub use diff::{DiffRequest, diff};
pub use dry_run::{Tried, dry_run, plain};
pub use error::ControlError;
pub use install::{
    InstallRequest, InstalledVersion, Upload, install, install_upload, read_component,
};
pub use lineup::{AtWork, InstalledKind};
pub use live::FOLLOW;
pub use registry::{Installed, Registry};
pub use replay::{ReplaySettings, see_through};
pub use serve::{
    Host, InvalidRole, Part, Role, ServeSettings, Slots, Started, describe_metrics, serve,
};
pub use sync::{Event, Observe, StreamSummary, Summary, SyncRequest, sync};
pub use vault::{Seal, Vault};
pub use waits::words_of_wait;
pub(crate) use worker::worker_id;
