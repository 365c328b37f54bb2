//! The part of JQL that extractors use.

mod ast;
mod eval;
mod lexer;
mod parser;

pub(crate) use eval::Search;
pub(crate) use parser::parse;
