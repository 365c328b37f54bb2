//! What a trace is known by outside of its process.

use std::{collections::BTreeSet, fmt};

use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator},
    trace::TraceContextExt,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The most traces that are carried: those of more requests than this share no task,
/// but for tasks that read the same records again and again.
const MOST: usize = 64;

/// Where traces go on: spans, each as the header `traceparent` names it
/// (<https://www.w3.org/TR/trace-context/>). Shown, and stored, with spaces between.
///
/// ```
/// use runnel_traces::Traceparents;
///
/// let one = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// assert_eq!(Traceparents::read(one).to_string(), one);
/// assert!(Traceparents::read("no header").is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traceparents(BTreeSet<String>);

/// One header.
struct Header<'a>(&'a str);

impl Extractor for Header<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent").then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}

impl Traceparents {
    /// That of a span; none, if nobody is told of traces. One that is not kept is
    /// carried too, so that what follows is not kept either.
    pub fn of(span: &Span) -> Self {
        let context = span.context();
        let context = context.span().span_context().clone();
        if !context.is_valid() {
            return Self::default();
        }
        let (trace, span) = (context.trace_id(), context.span_id());
        let flags = context.trace_flags().to_u8();
        Self(BTreeSet::from([format!("00-{trace}-{span}-{flags:02x}")]))
    }

    /// Reads what [`Display`](fmt::Display) has written. What is no `traceparent` is
    /// left out: a trace is not worth a task.
    pub fn read(text: &str) -> Self {
        let known = |text: &&str| context(text).span().span_context().is_valid();
        Self(text.split(' ').filter(known).map(str::to_owned).collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds those of another task.
    pub fn merge(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
        while self.0.len() > MOST {
            self.0.pop_last();
        }
    }

    /// Says that a span goes back to each of these, and is a part of none.
    pub fn link(&self, span: &Span) {
        for parent in &self.0 {
            span.add_link(context(parent).span().span_context().clone());
        }
    }

    /// A span in each of these traces, for work that they share: `open` opens one.
    /// Where there is no trace yet, it begins one.
    pub fn share(&self, open: impl Fn() -> Span) -> Shared {
        let mut spans: Vec<Span> = self.0.iter().map(|parent| child(open(), parent)).collect();
        let first = spans.pop().unwrap_or_else(open);
        Shared {
            first,
            others: spans,
        }
    }
}

/// Spans of one piece of work, as long as it lasts: work on a batch is a part of the
/// trace of each request that has something in it.
#[derive(Debug, Clone)]
pub struct Shared {
    /// The one that the work is done in.
    pub first: Span,
    others: Vec<Span>,
}

impl Shared {
    /// Writes down in each of them that the work failed.
    pub fn failed(&self, why: &dyn fmt::Display) {
        for span in self.others.iter().chain([&self.first]) {
            span.record("otel.status_code", "ERROR");
            span.record("otel.status_description", tracing::field::display(why));
        }
    }
}

/// The span, as a part of the trace that one header names; where it names none, of its
/// own. Not to be entered before.
pub fn child(span: Span, parent: &str) -> Span {
    // It is refused where the span is disabled, or was entered: neither can be here.
    let _ = span.set_parent(context(parent));
    span
}

fn context(header: &str) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Header(header))
}

impl fmt::Display for Traceparents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, parent) in self.0.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{parent}")?;
        }
        Ok(())
    }
}
