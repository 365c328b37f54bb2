//! Cutting JSON down to paths is parsing, pruning and printing it.

use arbitrary::{Result, Unstructured};
use runnel_model::{Path, Segment};
use runnel_sandbox::Projection;
use serde_json::Value;

use crate::json;

/// A projection and `serde_json` are equal, or both refuse; and where the text is
/// taken on trust, nothing panics.
///
/// # Panics
/// If that does not hold.
pub fn projection(bytes: &[u8]) {
    let mut from = Unstructured::new(bytes);
    let Ok(paths) = paths(&mut from) else { return };
    let Ok(json) = json::text(&mut from) else {
        return;
    };
    agree(&paths, &json);
}

fn agree(paths: &[Path], json: &str) {
    let given = || {
        let paths: Vec<String> = paths.iter().map(Path::to_string).collect();
        format!("paths {paths:?} of {json}")
    };
    let projection = Projection::new(paths);
    let (mut out, mut trusted) = (String::new(), String::new());
    let projected = projection.apply(json, &mut out);
    let by_trust = projection.apply_trusted(json, &mut trusted);
    match serde_json::from_str::<Value>(json) {
        Err(_) => {
            assert!(projected.is_err(), "accepted: {}", given());
            assert_eq!(out, "", "written for what is refused: {}", given());
        }
        Ok(value) => {
            assert_eq!(projected, Ok(()), "{}", given());
            assert_eq!(by_trust, Ok(()), "{}", given());
            assert_eq!(out, trusted, "{}", given());
            let kept = serde_json::from_str::<Value>(&out);
            let segments: Vec<&[Segment]> = paths.iter().map(|path| &path.0[..]).collect();
            let expected = if paths.is_empty() {
                value
            } else {
                pruned(&value, &segments)
            };
            assert_eq!(kept.ok(), Some(expected), "{}", given());
        }
    }
}

fn paths(from: &mut Unstructured<'_>) -> Result<Vec<Path>> {
    let count = from.int_in_range(0..=5)?;
    (0..count).map(|_| path(from)).collect()
}

fn path(from: &mut Unstructured<'_>) -> Result<Path> {
    let length = from.int_in_range(0..=4)?;
    let segments = (0..length).map(|_| {
        Ok(match from.int_in_range(0..=5)? {
            0 | 1 => Segment::Each,
            2 => Segment::Key(from.arbitrary()?),
            _ => Segment::Key((*from.choose(&["a", "b", "c", "ab", "a\"b", ""])?).to_owned()),
        })
    });
    Ok(Path(segments.collect::<Result<_>>()?))
}

/// The same by other means.
fn pruned(value: &Value, paths: &[&[Segment]]) -> Value {
    if paths.iter().any(|path| path.is_empty()) {
        return value.clone();
    }
    let below = |first: &Segment| -> Vec<&[Segment]> {
        let fits = paths.iter().filter(|path| path[0] == *first);
        fits.map(|path| &path[1..]).collect()
    };
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter_map(|(name, value)| {
                let below = below(&Segment::Key(name.clone()));
                (!below.is_empty()).then(|| (name.clone(), pruned(value, &below)))
            });
            Value::Object(kept.collect())
        }
        Value::Array(elements) => {
            let below = below(&Segment::Each);
            let kept = elements.iter().filter(|_| !below.is_empty());
            Value::Array(kept.map(|value| pruned(value, &below)).collect())
        }
        scalar => scalar.clone(),
    }
}
