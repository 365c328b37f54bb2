//! Components in OCI registries, in the ecosystem's own format: an image manifest
//! whose config is `application/vnd.wasm.config.v0+json` and whose one layer is the
//! component, `application/wasm`. Whatever else speaks it (`wkg`, `oci-wasm`) reads
//! what is pushed here, and the other way round.
//!
//! What is pulled is bounded, and is what its manifest names by digest. Whether it
//! may be trusted is another question: its signature comes along as an annotation,
//! for `runnel-signatures` to judge.
//!
//! | file | what |
//! |---|---|
//! | `registry.rs` | [`Registry`]: push and pull |
//! | `manifest.rs` | the format |
//! | `reference.rs` | [`Reference`]: what is named in a registry |
//! | `credentials.rs` | who asks: the file that `docker login` writes |
//! | `error.rs` | [`OciError`], translated from the client's |

mod credentials;
mod error;
mod manifest;
mod reference;
mod registry;

pub use error::OciError;
pub use manifest::Package;
pub use reference::Reference;
pub use registry::{Access, Pulled, Pushed, Registry};
