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
/// Locals of a function.
const LOCALS: u64 = 10_000;
/// A function's locals times its blocks: in the worst case the compiler keeps
/// track of each local in each block.
const TANGLE: u64 = 1 << 24;
/// Loops in loops. What a compiler does grows with a high power of them: 300 in
/// one another, with as many locals, are 11 KB and take a minute.
const LOOPS: usize = 32;

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
    if locals > LOCALS {
        return Err(Refused::TooComplex(format!(
            "a function of it has {locals} locals, and at most {LOCALS} are allowed"
        )));
    }
    let Blocks { count, loops } = blocks(body).map_err(invalid)?;
    if loops > LOOPS {
        return Err(Refused::TooComplex(format!(
            "a function of it has {loops} loops in one another, and at most {LOOPS} are allowed"
        )));
    }
    if locals.saturating_mul(count) > TANGLE {
        return Err(Refused::TooComplex(format!(
            "a function of it has {locals} locals and {count} blocks, \
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

/// The blocks and branches of a function, and how many loops are open at once.
#[derive(Default)]
struct Blocks {
    count: u64,
    loops: usize,
}

fn blocks(body: &FunctionBody<'_>) -> wasmparser::Result<Blocks> {
    let (mut blocks, mut loops) = (Blocks::default(), 0);
    // Of what is open, whether it is a loop.
    let mut open = Vec::new();
    for operator in body.get_operators_reader()? {
        match operator? {
            Operator::Loop { .. } => {
                open.push(true);
                loops += 1;
                blocks.count += 1;
                blocks.loops = blocks.loops.max(loops);
            }
            Operator::Block { .. } | Operator::If { .. } | Operator::TryTable { .. } => {
                open.push(false);
                blocks.count += 1;
            }
            Operator::Else | Operator::BrIf { .. } => blocks.count += 1,
            Operator::BrTable { targets } => blocks.count += u64::from(targets.len()),
            Operator::End => loops -= usize::from(open.pop() == Some(true)),
            _ => {}
        }
    }
    Ok(blocks)
}

fn invalid(error: wasmparser::BinaryReaderError) -> Refused {
    Refused::Invalid(line(&error.to_string(), 2_000))
}
