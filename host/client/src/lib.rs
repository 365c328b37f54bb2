//! Asks another process's HTTP API: the one crate that is a client of a host.
//!
//! A [`Server`] is an [`Address`] and a token. It gets, changes and lists what a
//! [`Route`] names, as JSON, and knows nothing of what that is.
//!
//! - No redirect is followed, so that the token goes to no other host.
//! - A change carries an idempotency key. Where the connection breaks off before an
//!   answer came, the request is sent once more, with the same key: the host makes the
//!   change once.
//! - A list is read page by page, to its end or as far as it is wanted.

mod address;
mod error;
mod route;
mod server;
#[cfg(test)]
mod tests;

pub use address::{Address, InvalidAddress};
pub use error::{ClientError, Refusal};
pub use route::Route;
pub use server::{Component, Server};
