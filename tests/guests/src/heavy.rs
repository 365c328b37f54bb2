//! Components that cost more to compile than to send.

use std::fmt::Write as _;

use crate::{DESCRIPTOR, SERVED, core, of_transform};

/// The usual transform with more in its module.
fn with(more: &str) -> Vec<u8> {
    let core = core(DESCRIPTOR, SERVED);
    let end = core.rfind(')').expect("a module");
    of_transform(&format!("{}{more})", &core[..end]))
}

/// So many functions of nothing.
pub fn many_functions(count: usize) -> Vec<u8> {
    with(&"(func)".repeat(count))
}

/// One function of at least so many bytes.
pub fn one_large_function(bytes: usize) -> Vec<u8> {
    with(&format!("(func {})", "nop ".repeat(bytes)))
}

/// A function of loops in loops, with as many locals that all change in the
/// innermost: a compiler that keeps track of each local in each loop has their
/// product to do.
pub fn tangled(size: usize) -> Vec<u8> {
    with(&tangle(size))
}

/// Functions that are each within every limit on their form.
pub fn slow_to_compile(functions: usize, size: usize) -> Vec<u8> {
    with(&tangle(size).repeat(functions))
}

fn tangle(size: usize) -> String {
    let mut text = format!("(func (local {})", "i32 ".repeat(size));
    text.push_str(&"loop ".repeat(size));
    for local in 0..size {
        let _fits = write!(
            text,
            "(local.set {local} (i32.add (local.get {local}) (i32.load (local.get {}))))",
            (local + 1) % size
        );
    }
    text.push_str("(br_if 0 (local.get 0)) ");
    text.push_str(&"(br_if 0 (local.get 1)) end ".repeat(size));
    text.push(')');
    text
}
