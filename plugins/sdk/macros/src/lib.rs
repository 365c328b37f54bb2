//! The derives of `runnel-sdk`.

mod mapping;
mod payload;
mod table;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a payload of a struct: serde reads it, and its fields are the paths
/// that are read.
#[proc_macro_derive(Payload, attributes(serde))]
pub fn payload(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    payload::derive(&input)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

/// Makes a table of a struct: a column a field.
#[proc_macro_derive(Table, attributes(table, lookup))]
pub fn table(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    table::derive(&input, |_| None)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

/// Makes a table and its transform of a struct whose fields say where in the
/// payload they come from.
#[proc_macro_derive(Mapping, attributes(table, lookup, from, context))]
pub fn mapping(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    mapping::derive(&input)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
