//! The data plane: extract, transform, load, vectorize.
//!
//! Stages never call each other: each claims tasks, reads the store and writes
//! the store. See [`PipelineError`] for what is done when something fails.

mod compare;
mod egress;
mod error;
mod extract;
pub mod failpoints;
mod load;
mod measure;
mod observation;
mod observe;
mod plugins;
mod probe;
mod recent;
mod spans;
mod transform;
mod trial;
mod worker;

pub use compare::{Side, compare};
pub use egress::{
    BaseUrl, Client, ClientOptions, Credential, Guard, Occupant, Quota, SharedQuota, Usage,
};
pub use error::PipelineError;
pub use extract::Extractor;
pub use load::{Loader, Vectorizer};
pub use measure::{Measured, describe as describe_metrics};
pub use observation::Observation;
pub use observe::{Observer, Signal};
pub use plugins::{BoundSource, Mapping, Plugins};
pub use probe::{Probed, probe};
pub use transform::{Transformer, given};
pub use trial::{Part, Trial};
pub use worker::{Context, Handler, OnError, Tally, work};
