//! Payloads: what a transform reads of a record.

use serde::de::DeserializeOwned;

use crate::{Date, Id, Timestamp};

/// A payload's type. `#[derive(Payload)]` makes one of a struct: it reads the
/// fields that the struct has, and the host hands over those and no others.
///
/// A field that the payload calls otherwise has `#[serde(rename = "...")]`:
///
/// ```
/// # use runnel_sdk::Payload;
/// # use serde::Deserialize;
/// #[derive(Deserialize, Payload)]
/// struct Person {
///     #[serde(rename = "displayName")]
///     name: String,
/// }
/// ```
///
/// Other ways to name things (`rename_all`, `alias`, `flatten`) are refused:
///
/// ```compile_fail
/// # use runnel_sdk::Payload;
/// # use serde::Deserialize;
/// #[derive(Deserialize, Payload)]
/// #[serde(rename_all = "camelCase")]
/// struct Person {
///     display_name: String,
/// }
/// ```
pub trait Payload: DeserializeOwned + Reads {}

/// Which paths of a payload a type reads.
pub trait Reads {
    /// Adds the paths below `path` that this type reads.
    fn reads(path: &str, paths: &mut Vec<String>);
}

macro_rules! leaves {
    ($($leaf:ty),*) => {$(
        impl Reads for $leaf {
            fn reads(path: &str, paths: &mut Vec<String>) {
                paths.push(path.to_owned());
            }
        }
    )*};
}

leaves!(
    String,
    bool,
    u32,
    u64,
    i32,
    i64,
    f64,
    Id,
    Timestamp,
    Date,
    serde_json::Value
);

impl<T: Reads> Reads for Option<T> {
    fn reads(path: &str, paths: &mut Vec<String>) {
        T::reads(path, paths);
    }
}

impl<T: Reads> Reads for Vec<T> {
    fn reads(path: &str, paths: &mut Vec<String>) {
        T::reads(&format!("{path}[]"), paths);
    }
}

/// The path of a field below a path.
#[doc(hidden)]
pub fn join(path: &str, field: &str) -> String {
    if path.is_empty() {
        field.to_owned()
    } else {
        format!("{path}.{field}")
    }
}
