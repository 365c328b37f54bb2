//! The traces that an attempt at tasks is a part of. One begins with a request, and
//! goes on with each task that what was answered becomes.

use runnel_model::Queue;
use runnel_store::{Task, TaskKind};
use runnel_traces::{Shared, TARGET, Traceparents};
use tracing::{Span, field::Empty};

/// Opens the spans of an attempt at tasks of one run.
pub(super) fn open(queue: &Queue, tasks: &[Task]) -> Shared {
    let mut traces = Traceparents::default();
    for task in tasks {
        traces.merge(&Traceparents::read(&task.traceparents));
    }
    if begins(tasks) {
        let found = Traceparents::default().share(|| span(queue, tasks));
        traces.link(&found.first);
        return found;
    }
    traces.share(|| span(queue, tasks))
}

/// A run may have a million requests: each is a trace of its own, with a link to the
/// request that it was found by.
fn begins(tasks: &[Task]) -> bool {
    let extract = |task: &Task| matches!(task.kind, TaskKind::Fetch(_) | TaskKind::Plan);
    tasks.iter().any(extract)
}

/// The names of the attributes are those of OpenTelemetry where it has one
/// (<https://opentelemetry.io/docs/specs/semconv/messaging/>).
fn span(queue: &Queue, tasks: &[Task]) -> Span {
    let first = tasks.first();
    tracing::info_span!(
        target: TARGET,
        "attempt",
        otel.name = first.map_or("none", |task| name(&task.kind)),
        otel.kind = "consumer",
        otel.status_code = Empty,
        otel.status_description = Empty,
        messaging.system = "runnel",
        messaging.operation.type = "process",
        messaging.destination.name = %queue,
        messaging.batch.message_count = tasks.len(),
        runnel.tenant = first.map(|task| task.tenant.0),
        runnel.job = first.and_then(|task| task.job.as_deref()),
        runnel.run = first.map(|task| task.run.0),
        runnel.task = first.map(|task| task.claim.task.0),
        runnel.attempts = first.map(|task| task.attempts),
    )
}

fn name(kind: &TaskKind) -> &'static str {
    match kind {
        TaskKind::Plan => "plan",
        TaskKind::Fetch(_) => "fetch",
        TaskKind::Transform(_) => "transform",
        TaskKind::Replay => "replay",
        TaskKind::Load(_) => "load",
        TaskKind::Vectorize { .. } => "vectorize",
        TaskKind::Unknown(_) => "unknown",
    }
}
