//! Egress: the one place from which requests leave the host. Credentials,
//! redirects, limits, retries and the guard of the base URL are its business.

mod classify;
mod client;
mod headers;
mod patience;
mod quota;
mod url;
mod words;

pub(crate) use client::{Answer, SendError};
pub use client::{Client, ClientOptions, Credential};
pub(crate) use patience::backoff;
pub(crate) use quota::{Budget, Quota};
pub use url::BaseUrl;
