//! A column of a declared table.

use serde::{Deserialize, Serialize};

use crate::Name;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The column's name.
    pub name: Name,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Whether it may be null.
    #[serde(default)]
    pub nullable: bool,
    /// What it says, in a sentence.
    #[serde(default)]
    pub doc: String,
    /// What people call it, in the views; absent: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The name that it takes where the table has a column of the first name and of
    /// another type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Name>,
    /// Where the host is to take the value from, if not from the transform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
}

/// A value taken from another table of the same source: the column `take` of the
/// row whose `to` columns equal this row's `from` columns. It is filled in
/// whichever of the two rows arrives first, and never set back to null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// The table to look in.
    pub table: Name,
    /// Pairs of columns: this table's, that table's.
    pub on: Vec<(Name, Name)>,
    /// The column of that table whose value is taken.
    pub take: Name,
}

/// A column's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// A truth value.
    Boolean,
    /// A 64-bit whole number.
    Integer,
    /// A floating-point number.
    Float,
    /// Text.
    Text,
    /// An instant, in UTC.
    Timestamp,
    /// A day.
    Date,
    /// A JSON document.
    Json,
}
