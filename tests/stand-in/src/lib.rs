//! What the stand-ins for services (`fake-github`, `fake-jira`) have in common:
//! the sockets, what goes wrong, what was asked, and `/_control/...`. Each brings
//! its data and its answers as an [`Api`].

mod api;
#[cfg(feature = "client")]
pub mod child;
#[cfg(feature = "client")]
pub mod client;
mod control;
mod faults;
mod frame;
mod gate;
mod later;
mod listen;
mod log;
pub mod program;
mod query;
mod running;
mod socket;
mod stamp;

pub use api::{Api, Visit};
pub use control::read;
pub use faults::Faults;
pub use later::Later;
pub use log::Served;
pub use query::Query;
pub use running::{Place, Running};
pub use stamp::http_date;
