//! Tables: what a transform fills.

use crate::bindings::transform::runnel::plugin::types::Value;

/// A row's type. `#[derive(Table)]` makes one of a struct: a column a field, the
/// documentation of the fields that of the columns, `Option` for what may be
/// null.
///
/// `#[table(name = "...", key = "a, b", version = "...", embed = "a, b")]` on the
/// struct; `#[lookup(table = "prs", on = "own = theirs, ...", take = "...")]` on
/// a field that the host is to fill from another table.
pub trait Table {
    /// The declaration, as the descriptor has it.
    fn declaration() -> serde_json::Value;

    /// The values, in the order of the columns.
    fn into_values(self) -> Vec<Value>;
}
