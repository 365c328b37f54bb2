//! Merging JSON objects key by key
//! ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)). SQLite could do it
//! itself, PostgreSQL not in the same way, and cursors have to come out the same.

use serde_json::{Map, Value};

/// The object with the patch's keys in it; a null takes its key away.
///
/// # Errors
/// A text that is no JSON.
pub(crate) fn merge(object: &str, patch: &str) -> serde_json::Result<String> {
    let mut merged = serde_json::from_str(object)?;
    apply(&mut merged, serde_json::from_str(patch)?);
    serde_json::to_string(&merged)
}

fn apply(to: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *to = patch;
        return;
    };
    if !to.is_object() {
        *to = Value::Object(Map::new());
    }
    let Value::Object(to) = to else { return };
    for (key, value) in patch {
        if value.is_null() {
            to.remove(&key);
        } else {
            apply(to.entry(key).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::merge;

    #[test]
    fn keys_are_replaced_added_taken_away_and_merged_in_depth() {
        for (object, patch, merged) in [
            (
                r#"{"a":1,"b":"x"}"#,
                r#"{"a":2,"c":3}"#,
                r#"{"a":2,"b":"x","c":3}"#,
            ),
            (r#"{"a":1,"b":2}"#, r#"{"a":null}"#, r#"{"b":2}"#),
            (
                r#"{"a":{"x":1}}"#,
                r#"{"a":{"y":2}}"#,
                r#"{"a":{"x":1,"y":2}}"#,
            ),
            (r#"{"a":[1]}"#, r#"{"a":[2]}"#, r#"{"a":[2]}"#),
            (r#"{"a":"\u0000"}"#, "{}", r#"{"a":"\u0000"}"#),
        ] {
            assert_eq!(merge(object, patch).unwrap(), merged);
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        assert!(merge("{}", "{").is_err());
    }
}
