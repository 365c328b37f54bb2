//! The HTTP API of the service, and the pages of its dashboard.
//!
//! | file | what |
//! |---|---|
//! | `serve.rs`, `connections.rs`, `patient.rs` | connections: accepted, given up where nobody reads, or sends a head |
//! | `router.rs`, `openapi.rs` | every route, and the document that follows from them |
//! | `guard/` | what every request passes: headers, its body, time, who it is, where it comes from, whether it was asked before |
//! | `rights.rs` | who may do what |
//! | `problem.rs` | refusals: what is said of which error |
//! | `extract.rs`, `paging.rs`, `instant.rs` | what comes in, and how lists and times go out |
//! | `proxies.rs` | who asks, where proxies are in between |
//! | `secrets.rs` | passwords, and what sessions and tokens are known by |
//! | `routes/` | a file for each thing |
//! | `shared.rs` | answers that are shared among all who ask within a while |
//! | `watch/` | how everything flows: asked once for all who watch |
//! | `exporter.rs`, `measured.rs` | what this process measures, for Prometheus; by itself, where the API is not |
//! | `pages.rs` | the dashboard's files |

mod connections;
mod exporter;
mod extract;
mod guard;
mod instant;
mod measured;
mod openapi;
mod pages;
mod paging;
mod patient;
mod problem;
mod proxies;
mod rights;
mod router;
mod routes;
mod secrets;
mod serve;
mod shared;
mod state;
mod watch;

pub use measured::serve_metrics;
pub use proxies::Network;
pub use router::document;
pub use serve::{ApiSettings, Tell, serve};
