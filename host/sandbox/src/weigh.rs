//! How much work a component is to compile, told from its form: a compiler's time
//! and memory grow faster than the code in some directions, and it cannot be
//! interrupted. What is refused here is far from what compilers of any language
//! make.

use wasmparser::{FunctionBody, Operator, Parser, Payload};

use crate::{Refused, words::line};

/// Functions of a component. Python's interpreter has some twenty thousand.
const FUNCTIONS: usize = 100_000;
/// Bytes of a function's code. The loops of interpreters have some hundred
/// thousand.
const BODY: usize = 1 << 20;
/// A function's locals times its blocks: in the worst case the compiler keeps
/// track of each local in each block.
const TANGLE: u64 = 1 << 24;

/// Refuses a component that is too much work.
pub(crate) fn weigh(bytes: &[u8]) -> Result<(), Refused> {
    let mut functions = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(invalid)? {
            Payload::CodeSectionStart { count, .. } => functions += count as usize,
            Payload::CodeSectionEntry(body) => weigh_function(&body)?,
            _ => {}
        }
        if functions > FUNCTIONS {
            return Err(Refused::TooComplex(format!(
                "it has {functions} functions, and at most {FUNCTIONS} are allowed"
            )));
        }
    }
    Ok(())
}

fn weigh_function(body: &FunctionBody<'_>) -> Result<(), Refused> {
    let size = body.range().len();
    if size > BODY {
        return Err(Refused::TooComplex(format!(
            "a function of it has {size} bytes, and at most {BODY} are allowed"
        )));
    }
    let locals = locals(body).map_err(invalid)?;
    // A block has a byte at least.
    if locals.saturating_mul(size as u64) <= TANGLE {
        return Ok(());
    }
    let blocks = blocks(body).map_err(invalid)?;
    if locals.saturating_mul(blocks) > TANGLE {
        return Err(Refused::TooComplex(format!(
            "a function of it has {locals} locals and {blocks} blocks, \
             and their product may be {TANGLE} at most"
        )));
    }
    Ok(())
}

fn locals(body: &FunctionBody<'_>) -> wasmparser::Result<u64> {
    let mut locals = 0;
    for group in body.get_locals_reader()? {
        locals += u64::from(group?.0);
    }
    Ok(locals)
}

fn blocks(body: &FunctionBody<'_>) -> wasmparser::Result<u64> {
    let mut blocks = 0;
    for operator in body.get_operators_reader()? {
        match operator? {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Else
            | Operator::BrIf { .. }
            | Operator::TryTable { .. } => blocks += 1,
            Operator::BrTable { targets } => blocks += u64::from(targets.len()),
            _ => {}
        }
    }
    Ok(blocks)
}

fn invalid(error: wasmparser::BinaryReaderError) -> Refused {
    Refused::Invalid(line(&error.to_string(), 2_000))
}
