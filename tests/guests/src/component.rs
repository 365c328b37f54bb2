//! From text to a component.

use std::fs;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const WIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");

/// Interfaces of WASI that a plugin may ask for and does not get.
const WASI: [(&str, &str); 3] = [
    (
        "clocks",
        "interface monotonic-clock { now: func() -> u64; }",
    ),
    ("filesystem", "interface types { now: func() -> u64; }"),
    ("sockets", "interface tcp { now: func() -> u64; }"),
];

/// A component of a world.
///
/// # Panics
/// If the text is not of that world.
pub fn component(core: &str, wit: &str, world: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    for (name, interface) in WASI {
        let wit = format!("package wasi:{name}@0.2.6; {interface}");
        resolve
            .push_str(format!("{name}.wit"), &wit)
            .expect("an interface");
    }
    let package = resolve.push_str("plugin.wit", wit).expect("a package");
    let world = resolve
        .select_world(&[package], Some(world))
        .expect("a world");
    let mut module = wat::parse_str(core).expect("a module");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .expect("a module to embed in");
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(ComponentEncoder::encode)
        .expect("a module of the world")
}

/// The files of `wit/` that this world needs, as one.
///
/// # Panics
/// If they are not there.
pub fn wit(world: &str) -> String {
    let read = |name: &str| fs::read_to_string(format!("{WIT}/{name}.wit")).expect("a file");
    let package = "package runnel:plugin@0.1.0;";
    format!("{}{}", read("types"), read(world).replace(package, ""))
}
