//! What a plugin in Rust is written with.
//!
//! A transform is a payload, a row, and a function from the one to the other:
//!
//! ```
//! use serde::Deserialize;
//! use runnel_sdk::{Payload, Rejection, Table, Transform};
//!
//! #[derive(Deserialize, Payload)]
//! struct Pull {
//!     id: u64,
//!     title: String,
//!     user: Option<User>,
//! }
//!
//! #[derive(Deserialize, Payload)]
//! struct User {
//!     login: String,
//! }
//!
//! /// A pull request.
//! #[derive(Table)]
//! #[table(name = "pulls", key = "external_id")]
//! struct Row {
//!     /// The pull request's id.
//!     external_id: String,
//!     title: String,
//!     /// Null where the account was deleted.
//!     author: Option<String>,
//! }
//!
//! struct Pulls;
//!
//! impl Transform for Pulls {
//!     type Payload = Pull;
//!     type Context = runnel_sdk::NoContext;
//!     type Row = Row;
//!
//!     fn map(pull: Pull, _: Self::Context) -> Result<Row, Rejection> {
//!         Ok(Row {
//!             external_id: pull.id.to_string(),
//!             title: pull.title,
//!             author: pull.user.map(|user| user.login),
//!         })
//!     }
//! }
//!
//! runnel_sdk::transform!(Pulls, source: "github", entity: "github_pulls");
//!
//! let made = runnel_sdk::testing::map::<Pulls>(r#"{"id": 7, "title": "Fix", "user": null}"#, "{}").unwrap();
//! assert_eq!(made["external_id"], "7");
//! assert!(made["author"].is_null());
//! ```
//!
//! A source says what to request and reads answers: see [`Source`].

#[doc(hidden)]
pub mod bindings;
mod column;
mod paging;
mod payload;
mod source;
mod table;
pub mod testing;
mod timestamp;
mod transform;

pub use bindings::transform::runnel::plugin::types::Value;
pub use column::{Column, Json};
pub use paging::next_page;
#[doc(hidden)]
pub use payload::join;
pub use payload::{Payload, Reads};
pub use runnel_sdk_macros::{Payload, Table};
#[doc(hidden)]
pub use serde_json;
pub use source::{
    Config, Decision, Failure, Kept, Omission, Page, Parent, Progress, Request, Response, Scope,
    Source, Wait, get,
};
pub use table::Table;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use transform::{Identity, NoContext, Rejection, Transform};
#[doc(hidden)]
pub use transform::{describe, transform};

/// Names of lower-level types that the macros use.
#[doc(hidden)]
pub mod export {
    pub use crate::{bindings, source::exported as source};
}
