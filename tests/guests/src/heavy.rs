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

/// One function of so many locals and blocks.
pub fn locals_and_blocks(locals: usize, blocks: usize) -> Vec<u8> {
    let (locals, blocks) = ("i32 ".repeat(locals), "block end ".repeat(blocks));
    with(&format!("(func (local {locals}) {blocks})"))
}

/// So many functions of loops in loops, with locals that all change in the
/// innermost: a compiler that keeps track of each local in each loop has more than
/// their product to do.
pub fn slow_to_compile(functions: usize, locals: usize, loops: usize) -> Vec<u8> {
    with(&tangle(locals, loops).repeat(functions))
}

fn tangle(locals: usize, loops: usize) -> String {
    let mut text = format!("(func (local {})", "i32 ".repeat(locals));
    text.push_str(&"loop ".repeat(loops));
    for local in 0..locals {
        let _fits = write!(
            text,
            "(local.set {local} (i32.add (local.get {local}) (i32.load (local.get {}))))",
            (local + 1) % locals
        );
    }
    text.push_str(&"(br_if 0 (local.get 1)) end ".repeat(loops));
    text.push(')');
    text
}
