//! Tables: what a transform fills.

use crate::bindings::transform::runnel::plugin::types::Value;

/// A row's type. `#[derive(Table)]` makes one of a struct: a column a field, the
/// documentation of the fields that of the columns, `Option` for what may be
/// null.
///
/// `#[table(name = "...", key = "a, b", version = "...", embed = "a, b")]` on the
/// struct; `#[lookup(table = "prs", on = "own = theirs, ...", take = "...")]` on
/// a field that the host is to fill from another table.
///
/// `#[table(..., view)]` asks for a view of the integration's own rows. With
/// `#[table(..., member_of = "issues", on = "issue_id = external_id")]` rows are
/// parts of a row of that table of the same transform: both tables have a version,
/// and of a newer version of the whole only the parts that carry it stay. With
/// `#[table(..., of_record)]` each row comes of one record alone, and goes with it, or
/// once a newer version of the record no longer has it.
pub trait Table {
    /// The table's name.
    const NAME: &'static str;

    /// The declaration, as the descriptor has it.
    fn declaration() -> serde_json::Value;

    /// The values, in the order of the columns.
    fn into_values(self) -> Vec<Value>;
}
