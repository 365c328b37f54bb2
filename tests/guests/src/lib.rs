//! Plugins that do harm, built from WebAssembly text for the worlds of `wit/`: a
//! component in milliseconds, and one that no SDK would make.

mod component;
mod heavy;
mod memory;

pub use component::{component, wit};
pub use heavy::{locals_and_blocks, many_functions, one_large_function, slow_to_compile};
pub use memory::{hexadecimal, laid_out};

const TRANSFORM: &str = include_str!("transform.wat");
const SOURCE: &str = include_str!("source.wat");
const PUPPET: &str = include_str!("puppet.wat");

/// The version of the interface that the host serves.
pub const SERVED: &str = "0.1.0";

/// Where in memory a puppet puts what it is told to answer.
pub const ANSWER_AT: u32 = 1 << 20;

/// A table of one column for each type, and one of two columns.
pub const DESCRIPTOR: &str = r#"{"name": "hostile", "version": "1.2.3", "source": "test", "entity": "things",
 "tables": [
  {"name": "ints", "key": ["a"], "columns": [{"name": "a", "type": "integer"}]},
  {"name": "texts", "key": ["a"], "columns": [{"name": "a", "type": "text"}]},
  {"name": "floats", "key": ["a"], "columns": [{"name": "a", "type": "float"}]},
  {"name": "times", "key": ["a"], "columns": [{"name": "a", "type": "timestamp"}]},
  {"name": "days", "key": ["a"], "columns": [{"name": "a", "type": "date"}]},
  {"name": "docs", "key": ["a"], "columns": [{"name": "a", "type": "json"}]},
  {"name": "pairs", "key": ["a"], "columns": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer", "nullable": true}]}
 ]}"#;

/// A source of one stream.
pub const SOURCE_DESCRIPTOR: &str = r#"{"name": "tests", "version": "0.9.0", "base_url": "https://example.com",
 "streams": [{"name": "things", "every_minutes": 60}]}"#;

/// The text of `transform.wat`: a transform that does to each record what the
/// record says. `{START}` and `{DESCRIBE}` are places where a test may put more.
pub fn core(descriptor: &str, version: &str) -> String {
    filled(TRANSFORM, descriptor, version)
}

/// The component of [`core`].
pub fn transform(descriptor: &str) -> Vec<u8> {
    of_transform(&core(descriptor, SERVED))
}

/// The same for another version of the interface.
pub fn transform_of(version: &str) -> Vec<u8> {
    let wit = wit("transform").replace(SERVED, version);
    let core = core(DESCRIPTOR, version).replace("log@0.1.0", &format!("log@{version}"));
    component(&core, &wit, "transform")
}

/// A component of the world `transform`.
pub fn of_transform(core: &str) -> Vec<u8> {
    component(core, &wit("transform"), "transform")
}

/// A source that answers as the response's status says.
pub fn source(descriptor: &str) -> Vec<u8> {
    component(
        &filled(SOURCE, descriptor, SERVED),
        &wit("source"),
        "source",
    )
}

/// A transform that answers with the bytes it is told to: the context of its first
/// record, in hexadecimal digits, is put at [`ANSWER_AT`] and returned.
pub fn puppet(descriptor: &str) -> Vec<u8> {
    of_transform(&filled(PUPPET, descriptor, SERVED))
}

/// The descriptor is put into memory before the heap, however long it is.
fn filled(wat: &str, descriptor: &str, version: &str) -> String {
    let text: String = descriptor
        .bytes()
        .map(|byte| format!("\\{byte:02x}"))
        .collect();
    let heap = (1024 + descriptor.len()).next_multiple_of(65_536);
    wat.replace("{VERSION}", version)
        .replace("{DESCRIPTOR_LENGTH}", &descriptor.len().to_string())
        .replace("{HEAP}", &heap.to_string())
        .replace("{PAGES}", &(heap / 65_536 + 63).to_string())
        .replace("{DESCRIPTOR}", &text)
}
