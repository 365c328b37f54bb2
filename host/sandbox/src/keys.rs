//! Which keys of a payload's objects have a value.

use runnel_model::Path;

use crate::{
    answer::places,
    json::{JsonError, scan::Scan, scan::name},
};

/// Calls for each key of the objects at this path that has another value than null.
/// The payload is one that [`split`](crate::answer::split) has checked.
///
/// # Errors
/// [`JsonError`] on text that is no JSON.
pub fn with_values(
    payload: &str,
    path: &Path,
    mut each: impl FnMut(&str),
) -> Result<(), JsonError> {
    for place in places(payload, path)? {
        if payload.as_bytes().get(place.start) != Some(&b'{') {
            continue;
        }
        let object = &payload[place];
        Scan::new(object).members(|raw, value| {
            if &object[value] != "null"
                && let Some(key) = name(raw)
            {
                each(&key);
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::with_values;

    fn keys(payload: &str, path: &str) -> Vec<String> {
        let mut keys = Vec::new();
        with_values(payload, &path.parse().unwrap(), |key| {
            keys.push(key.to_owned())
        })
        .unwrap();
        keys
    }

    #[test]
    fn keys_of_null_are_none_and_keys_of_anything_else_are() {
        let payload = r#"{"a": {"x": null, "y": 0, "z": "", "\u0061b": [], "n": {"x": 1}}}"#;
        assert_eq!(keys(payload, "a"), ["y", "z", "ab", "n"]);
    }

    #[test]
    fn the_objects_of_a_list_are_looked_through_and_what_is_no_object_is_passed() {
        let payload = r#"{"l": [{"x": 1}, 7, null, {"y": 1}], "t": "{\"x\": 1}"}"#;
        assert_eq!(keys(payload, "l[]"), ["x", "y"]);
        assert_eq!(keys(payload, "t"), [""; 0]);
        assert_eq!(keys(payload, "nothing.there"), [""; 0]);
        assert_eq!(keys(payload, ""), ["l", "t"]);
    }
}
