//! Plugins of `test_guests`, loaded under limits that take no time to reach.

use std::time::Duration;

use runnel_sandbox::{Batch, BoundTransform, FaultKind, Limits, Plugin, Record, Sandbox, Source};
use test_guests::{DESCRIPTOR, SOURCE_DESCRIPTOR};

/// Limits small enough that reaching them takes no time.
pub(crate) fn limits() -> Limits {
    Limits {
        deadline: Duration::from_millis(300),
        memory: 16 << 20,
        output: 2 << 20,
        log_lines: 5,
        log_bytes: 1_000,
        instances: 4,
        ..Limits::default()
    }
}

pub(crate) fn sandbox(limits: Limits) -> Sandbox {
    Sandbox::new(limits, None).unwrap()
}

/// The transform of these bytes, bound.
pub(crate) fn bound(limits: Limits, component: &[u8]) -> BoundTransform {
    let Plugin::Transform(transform) = sandbox(limits).load(component).unwrap() else {
        panic!("a transform is expected");
    };
    transform.bind("{}").unwrap()
}

/// The bound transform of `transform.wat`.
pub(crate) fn hostile(limits: Limits) -> BoundTransform {
    bound(limits, &transform())
}

pub(crate) fn transform() -> Vec<u8> {
    test_guests::transform(DESCRIPTOR)
}

pub(crate) fn source() -> Source {
    let component = test_guests::source(SOURCE_DESCRIPTOR);
    let Plugin::Source(source) = sandbox(limits()).load(&component).unwrap() else {
        panic!("a source is expected");
    };
    source
}

/// Payloads with an empty context.
pub(crate) fn run(transform: &BoundTransform, payloads: &[&str]) -> Batch {
    let records: Vec<_> = payloads
        .iter()
        .map(|payload| Record {
            payload,
            context: "{}",
        })
        .collect();
    transform.transform(&records).unwrap()
}

/// The kinds of the faults, `None` where there is an outcome.
pub(crate) fn kinds(batch: &Batch) -> Vec<Option<FaultKind>> {
    let kind = |outcome: &Result<_, runnel_sandbox::Fault>| outcome.as_ref().err().map(|f| f.kind);
    batch.outcomes.iter().map(kind).collect()
}
