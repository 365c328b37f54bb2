//! Traces: who is sent them, and how one goes on behind a queue.
//!
//! Whoever works opens spans with [`tracing`], for the [`TARGET`] of traces; where a
//! [`Collector`] is told of, they are sent to it over OTLP
//! (<https://opentelemetry.io/docs/specs/otlp/>, HTTP with Protobuf). Where none is,
//! the spans are disabled, and cost next to nothing.
//!
//! A trace goes on where its [`Traceparents`] are carried to: a task has those of the
//! requests whose records it is about.
//!
//! ```
//! use runnel_traces::{TARGET, Traceparents};
//!
//! let fetch = tracing::info_span!(target: TARGET, "fetch");
//! let carried = Traceparents::of(&fetch);
//! assert!(carried.is_empty(), "nobody is told of traces here");
//! ```

mod collector;
mod sender;
mod traceparent;

pub use collector::{Collector, Exporter, TraceError, layer};
pub use traceparent::{Shared, Traceparents, child};

/// What the target of a span is that belongs to a trace. The log leaves it out.
pub const TARGET: &str = "runnel::trace";
