//! The harness of `runnel serve`: a stand-in for GitHub, a database, perhaps a
//! broker, and as many processes of the real binary as a test likes.

mod call;
mod host;
mod platform;

pub use call::Call;
pub use host::{Host, HostCall};
pub use platform::{Kind, Platform, undisturbed};
