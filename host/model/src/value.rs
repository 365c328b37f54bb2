//! What a transform makes of a record: the host's side of `wit/types.wit`.

use serde::{Deserialize, Serialize};

/// One column's value. The names of the cases are those of the WIT variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// No value.
    #[serde(rename = "n")]
    Null,
    /// A truth value.
    #[serde(rename = "b")]
    Boolean(bool),
    /// A 64-bit whole number.
    #[serde(rename = "i")]
    Integer(i64),
    /// A finite floating-point number.
    #[serde(rename = "f")]
    Float(f64),
    /// Text, without U+0000.
    #[serde(rename = "t")]
    Text(String),
    /// Microseconds since 1970-01-01T00:00:00Z.
    #[serde(rename = "ts")]
    Timestamp(i64),
    /// Days since 1970-01-01.
    #[serde(rename = "d")]
    Date(i32),
    /// A JSON document as text.
    #[serde(rename = "j")]
    Json(String),
}

/// One row of a declared table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Index into the tables of the transform's descriptor.
    pub table: u32,
    /// The values, in the order of the columns (upsert) or of the key (delete).
    pub values: Vec<Value>,
}

/// What is to happen to one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// Insert the row, or bring it up to date.
    #[serde(rename = "u")]
    Upsert(Row),
    /// Remove the row of this key.
    #[serde(rename = "x")]
    Delete(Row),
}

/// Why a record could not be mapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// What is wrong, in words.
    pub message: String,
    /// Where in the payload.
    pub path: Option<String>,
}

/// What a transform made of one record.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// These changes.
    Emit(Vec<Change>),
    /// Nothing, for the stated reason.
    Skip(String),
    /// The record cannot be read.
    Reject(Rejection),
}
