//! Components built from WebAssembly text for the worlds of `wit/`.

use std::{fs, time::Duration};

use runnel_sandbox::{Batch, BoundTransform, FaultKind, Limits, Plugin, Record, Sandbox, Source};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const TRANSFORM: &str = include_str!("transform.wat");
const SOURCE: &str = include_str!("source.wat");
const WIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");

/// A table `all` with a column of each type, and a table `strict` of one column.
pub(crate) const DESCRIPTOR: &str = r#"{"name": "hostile", "version": "1.2.3", "source": "test", "entity": "things",
 "tables": [
  {"name": "ints", "key": ["a"], "columns": [{"name": "a", "type": "integer"}]},
  {"name": "texts", "key": ["a"], "columns": [{"name": "a", "type": "text"}]},
  {"name": "floats", "key": ["a"], "columns": [{"name": "a", "type": "float"}]},
  {"name": "times", "key": ["a"], "columns": [{"name": "a", "type": "timestamp"}]},
  {"name": "days", "key": ["a"], "columns": [{"name": "a", "type": "date"}]},
  {"name": "docs", "key": ["a"], "columns": [{"name": "a", "type": "json"}]},
  {"name": "pairs", "key": ["a"], "columns": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer", "nullable": true}]}
 ]}"#;

pub(crate) const SOURCE_DESCRIPTOR: &str = r#"{"name": "tests", "version": "0.9.0", "base_url": "https://example.com",
 "streams": [{"name": "things", "every_minutes": 60}]}"#;

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

/// The bound transform of `transform.wat`.
pub(crate) fn hostile(limits: Limits) -> BoundTransform {
    let Plugin::Transform(transform) = sandbox(limits).load(&transform()).unwrap() else {
        panic!("a transform is expected");
    };
    transform.bind("{}").unwrap()
}

pub(crate) fn source() -> Source {
    let core = fill(SOURCE, SOURCE_DESCRIPTOR, "0.1.0");
    let Plugin::Source(source) = sandbox(limits())
        .load(&component(&core, &wit("source"), "source"))
        .unwrap()
    else {
        panic!("a source is expected");
    };
    source
}

pub(crate) fn transform() -> Vec<u8> {
    transform_with(DESCRIPTOR)
}

pub(crate) fn transform_with(descriptor: &str) -> Vec<u8> {
    component(&core(descriptor, "0.1.0"), &wit("transform"), "transform")
}

/// The same component for another version of the interface.
pub(crate) fn transform_of(version: &str) -> Vec<u8> {
    let wit = wit("transform").replace("0.1.0", version);
    let core = TRANSFORM.replace("log@0.1.0", &format!("log@{version}"));
    component(&fill(&core, DESCRIPTOR, version), &wit, "transform")
}

/// A component of a world of its own.
pub(crate) fn component(core: &str, wit: &str, world: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve
        .push_str(
            "wasi.wit",
            "package wasi:clocks@0.2.6; interface monotonic-clock { now: func() -> u64; }",
        )
        .unwrap();
    let package = resolve.push_str("plugin.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = wat::parse_str(core).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

/// The files of `wit/` that this world needs, as one.
pub(crate) fn wit(world: &str) -> String {
    let read = |name: &str| fs::read_to_string(format!("{WIT}/{name}.wit")).unwrap();
    let package = "package runnel:plugin@0.1.0;";
    format!("{}{}", read("types"), read(world).replace(package, ""))
}

pub(crate) fn core(descriptor: &str, version: &str) -> String {
    fill(TRANSFORM, descriptor, version)
}

fn fill(wat: &str, descriptor: &str, version: &str) -> String {
    wat.replace("{VERSION}", version)
        .replace("{DESCRIPTOR_LENGTH}", &descriptor.len().to_string())
        .replace(
            "{DESCRIPTOR}",
            &descriptor.replace('"', "\\22").replace('\n', "\\0a"),
        )
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
