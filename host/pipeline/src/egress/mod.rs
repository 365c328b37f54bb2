//! Egress: the one place from which requests leave the host. Credentials,
//! redirects, limits, retries and the guard of the base URL are its business.

mod classify;
mod client;
mod quota;
mod url;

pub(crate) use client::{Answer, SendError, backoff};
pub use client::{Client, ClientOptions, Credential};
pub(crate) use quota::{Budget, Quota};
pub use url::BaseUrl;
