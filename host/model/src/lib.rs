//! Runnel's words as types, and nothing that does I/O.
//!
//! Every crate of the host speaks in these: ids, values and changes, the
//! descriptors of sources and transforms, and the names of queues.

mod column;
mod descriptor;
mod differences;
mod digest;
mod ids;
mod name;
mod path;
mod queue;
mod source;
mod value;
mod version;

pub use column::{Column, ColumnType, Lookup};
pub use descriptor::{DescriptorError, MemberOf, Table, TransformDescriptor};
pub use differences::{Differences, Place, Sample, Work};
pub use digest::{Digest, InvalidDigest};
pub use ids::{IntegrationId, JobId, Lease, RawId, RequestId, RunId, TaskId, TenantId};
pub use name::{InvalidName, Name, TITLE, is_title};
pub use path::{InvalidPath, Path, Segment};
pub use queue::{InvalidQueue, Queue, Stage};
pub use source::{Answer, Pace, Parents, SourceDescriptor, Stream};
pub use value::{Change, Outcome, Rejection, Row, Value};
pub use version::{InvalidVersion, PluginVersion};
