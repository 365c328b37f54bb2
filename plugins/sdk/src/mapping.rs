//! Mappings: a row whose columns say where in the payload they come from.
//!
//! `#[derive(Mapping)]` makes a [`Table`](crate::Table) and its
//! [`Transform`](crate::Transform) of a struct. A column is read from the field of
//! its own name, unless it says otherwise:
//!
//! | attribute | the column is |
//! |---|---|
//! | `#[from("user.login")]` | what is at that path; if the type is an `Option`, null where anything on the way is missing |
//! | `#[from("draft", default)]` | the type's default where it is missing |
//! | `#[from("parents[].sha")]` | a [`Json`](crate::Json) array of what is there |
//! | `#[from("files[].filename", count)]` | how many there are |
//! | `#[from("issue_url", with = number)]` | made of a text by a function `fn(String) -> Result<T, E>`; an error rejects the record |
//! | `#[from("a", or = "b")]` | the field `a`, which some payloads call `b` |
//! | `#[context]` | what the source adds under the column's name |
//! | `#[lookup(...)]` | filled by the host, see [`Table`](crate::Table) |
//!
//! A column's documentation is its documentation in the table; without one, it is
//! the path.

use std::fmt::Display;

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::Rejection;

/// How many items a list has.
#[doc(hidden)]
pub fn count(list: Vec<IgnoredAny>) -> i64 {
    i64::try_from(list.len()).unwrap_or(i64::MAX)
}

/// The items of a list, collected.
#[doc(hidden)]
pub fn list<I: Into<Value>, L: FromIterator<Value>>(items: Vec<I>) -> L {
    items.into_iter().map(I::into).collect()
}

/// What a `with` function made, its error as a rejection.
#[doc(hidden)]
pub fn made<T, E: Display>(made: Result<T, E>, path: &str) -> Result<T, Rejection> {
    made.map_err(|error| Rejection {
        message: error.to_string(),
        path: Some(path.to_owned()),
    })
}
