//! What a plugin in Rust is written with.
//!
//! A transform is a row whose columns say where in the payload they come from:
//!
//! ```
//! use runnel_sdk::{Id, Mapping};
//!
//! /// A pull request.
//! #[derive(Mapping)]
//! #[table(name = "pulls", key = "external_id")]
//! struct Pull {
//!     /// The pull request's id.
//!     #[from("id")]
//!     external_id: Id,
//!     title: String,
//!     /// Null where the account was deleted.
//!     #[from("user.login")]
//!     author: Option<String>,
//! }
//!
//! runnel_sdk::transform!(Pull, source: "github", entity: "github_pulls");
//!
//! let made = runnel_sdk::testing::map::<Pull>(r#"{"id": 7, "title": "Fix", "user": null}"#, "{}").unwrap();
//! assert_eq!(made["external_id"], "7");
//! assert!(made["author"].is_null());
//! ```
//!
//! Where a row is more than that, write the three parts by hand, a [`Payload`], a
//! [`Table`] and the function from the one to the other: see [`Transform`]. Where a
//! record makes rows of several tables, or the tables follow from the configuration:
//! see [`ConfiguredTransform`].
//!
//! A source says what to request and reads answers: see [`Source`].

#[doc(hidden)]
pub mod bindings;
mod changes;
mod column;
mod config;
mod configured;
mod date;
pub mod mapping;
mod paging;
mod payload;
mod shape;
mod source;
mod table;
pub mod testing;
mod timestamp;
mod transform;

pub use bindings::transform::runnel::plugin::types::Value;
pub use changes::Changes;
pub use column::{Column, Id, Json};
pub use config::Config;
pub use configured::ConfiguredTransform;
pub use date::{Date, InvalidDate};
#[doc(hidden)]
pub use mapping::{count, list, made};
pub use paging::next_page;
#[doc(hidden)]
pub use payload::join;
pub use payload::{Payload, Reads};
pub use runnel_sdk_macros::{Mapping, Payload, Table};
#[doc(hidden)]
pub use serde;
#[doc(hidden)]
pub use serde_json;
pub use shape::{AddedColumn, Shape};
pub use source::{
    Decision, Failure, Kept, Omission, Page, Parent, Progress, Request, Response, Scope, Source,
    Wait, get,
};
pub use table::Table;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use transform::{Identity, NoContext, Rejection, Transform};
#[doc(hidden)]
pub use transform::{describe, transform};

/// Names of lower-level types that the macros use.
#[doc(hidden)]
pub mod export {
    pub use crate::{bindings, configured::exported as transform, source::exported as source};
}
