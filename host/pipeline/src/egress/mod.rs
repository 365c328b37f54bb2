//! Egress: the one place from which requests leave the host. Credentials,
//! redirects, limits, retries and the guard of the base URL are its business.

mod classify;
mod client;
mod guard;
mod headers;
mod patience;
mod quota;
mod shared;
mod url;
mod words;

pub(crate) use client::{Answer, SendError};
pub use client::{Client, ClientOptions, Credential};
pub use guard::Guard;
pub(crate) use patience::backoff;
pub(crate) use quota::{Budget, Refusal};
pub use quota::{Quota, Usage};
pub use shared::{Occupant, SharedQuota};
pub use url::BaseUrl;
