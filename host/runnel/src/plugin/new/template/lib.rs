//! Maps a record of `@ENTITY@` of @SOURCE@ to a row of `@TABLE@`.

use runnel_sdk::{Id, Mapping, Timestamp};

/// What a row is, in a sentence: the table's documentation.
#[derive(Mapping)]
#[table(name = "@TABLE@", key = "external_id", version = "updated_at")]
pub struct Row {
    /// The record's id.
    #[from("id")]
    external_id: Id,
    title: String,
    /// Null where the account was deleted.
    #[from("user.login")]
    author: Option<String>,
    updated_at: Timestamp,
}

runnel_sdk::transform!(Row, source: "@SOURCE@", entity: "@ENTITY@");
