//! The harness of the end-to-end tests: it runs the real binary with the real
//! plugins against a stand-in for a service, and reads the tables that come out.

mod api;
mod collector;
mod dashboard;
mod jira;
mod remote;
mod service;
mod spec;
mod sync;
mod tables;
mod tls;
mod variant;
mod workplace;

pub use api::Api;
pub use collector::{Collector, Traced};
pub use dashboard::{Answer, Caller, PASSWORD, Served, after};
pub use jira::JiraPlace;
pub use remote::Remote;
pub use service::{Call, Host, HostCall, Kind, Platform, undisturbed};
pub use spec::pulls;
pub use sync::{Outcome, Sync};
pub use tables::{Database, Row, TABLES};
pub use tls::{Authority, Shown, Tls};
pub use variant::{NEW_COLUMN, changed_prs, later_prs};
pub use workplace::{Workplace, binary, components};
