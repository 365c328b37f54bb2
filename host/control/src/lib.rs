//! The control plane: which plugins there are, what a sync starts, and when it
//! is done.

mod config;
mod error;
mod registry;
mod sync;

pub use error::SyncError;
pub use registry::{Installed, InstalledKind, Registry};
pub use sync::{Event, Observe, StreamSummary, Summary, SyncRequest, sync};
