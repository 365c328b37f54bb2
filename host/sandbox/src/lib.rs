//! wasmtime narrowed to what Runnel needs, and the projection.
//!
//! A [`Sandbox`] loads components and calls them: within a deadline, a memory cap
//! and an output cap, in a fresh instance for each call, with a captured log and
//! nothing else to reach. Every call blocks. No type of wasmtime leaves this
//! crate.
//!
//! - [`Sandbox::load`] checks a file and makes a [`Plugin`] of it.
//! - [`Transform::bind`] gives a [`BoundTransform`], which maps batches.
//! - [`Source`] plans requests and reads answers.
//! - [`answer::split`] cuts an answer into records; [`Projection`] cuts JSON down
//!   to paths; [`keys::with_values`] looks which keys an object has. All of them
//!   work without a plugin.

pub mod answer;
mod batch;
mod bindings;
mod cache;
mod call;
mod compiler;
mod engine;
mod error;
mod fault;
mod gate;
mod guest;
mod id;
mod inspect;
mod json;
pub mod keys;
mod limits;
mod outcome;
mod private;
mod sandbox;
pub mod source;
mod transform;
mod weigh;
mod words;

pub use error::{Refused, SandboxError};
pub use fault::{Fault, FaultKind};
pub use guest::{Log, LogLevel, LogLine};
pub use id::PluginId;
pub use inspect::{Inspection, Kind};
pub use json::{JsonError, Projection};
pub use limits::Limits;
pub use sandbox::{Plugin, Sandbox};
pub use source::{Source, SourceError};
pub use transform::{Batch, BoundTransform, Record, Transform};
