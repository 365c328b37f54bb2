//! Cutting an answer into records, without a plugin.

use std::ops::Range;

use runnel_model::{Answer, Path, Segment};

use crate::{
    Projection,
    json::{
        check,
        scan::{Scan, Wrong, name},
    },
};

pub use crate::json::JsonError;

/// An answer's records, and what the source is shown of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Where each record is in the body: its payload, as it was written.
    pub records: Vec<Range<usize>>,
    /// For each record the declared fields, as JSON.
    pub heads: Vec<String>,
    /// The declared fields beside the records, as JSON.
    pub beside: String,
}

/// Checks a body and cuts it as the stream's answer declares: an array at the
/// declared place is many records, an object is one, anything else none.
///
/// # Errors
/// [`JsonError`] if the body is not UTF-8, not JSON as `serde_json` has it, or more
/// records than an answer may have.
pub fn split(body: &[u8], answer: &Answer) -> Result<Split, JsonError> {
    let text = std::str::from_utf8(body).map_err(|error| JsonError::Utf8 {
        at: error.valid_up_to(),
    })?;
    check(text)?;
    let records = records(text, &answer.records)?;
    let head = Projection::new(&answer.fields);
    let heads = records
        .iter()
        .map(|record| project(&head, &text[record.clone()]))
        .collect::<Result<_, _>>()?;
    let beside = if answer.beside.is_empty() {
        "{}".to_owned()
    } else {
        project(&Projection::new(&answer.beside), text)?
    };
    Ok(Split {
        records,
        heads,
        beside,
    })
}

fn project(projection: &Projection, text: &str) -> Result<String, JsonError> {
    let mut out = String::new();
    projection.apply_trusted(text, &mut out)?;
    Ok(out)
}

/// The most records of an answer, and values at a path: of the smallest there would be
/// thirty million, each with texts of its own.
const MOST: usize = 100_000;

fn records(text: &str, path: &Path) -> Result<Vec<Range<usize>>, JsonError> {
    let mut records = Vec::new();
    for place in places(text, path)? {
        match text.as_bytes().get(place.start) {
            Some(b'[') => elements(text, &place, &mut records)?,
            Some(b'{') => records.push(place),
            _ => {}
        }
    }
    Ok(records)
}

/// The values at a path.
pub(crate) fn places(text: &str, path: &Path) -> Result<Vec<Range<usize>>, JsonError> {
    let mut places = vec![Scan::new(text).value()?];
    for segment in &path.0 {
        places = step(text, &places, segment)?;
    }
    Ok(places)
}

/// The values that a segment leads to.
fn step(
    text: &str,
    places: &[Range<usize>],
    segment: &Segment,
) -> Result<Vec<Range<usize>>, JsonError> {
    let mut next = Vec::new();
    for place in places {
        match (text.as_bytes().get(place.start), segment) {
            (Some(b'['), Segment::Each) => elements(text, place, &mut next)?,
            (Some(b'{'), Segment::Key(key)) => next.extend(member(text, place, key)?),
            _ => {}
        }
    }
    Ok(next)
}

fn elements(
    text: &str,
    place: &Range<usize>,
    into: &mut Vec<Range<usize>>,
) -> Result<(), JsonError> {
    let mut too_many = false;
    Scan::new(&text[place.clone()]).elements(|value| {
        if into.len() < MOST {
            into.push(place.start + value.start..place.start + value.end);
        } else {
            too_many = true;
        }
        Ok(())
    })?;
    match too_many {
        true => Err(JsonError::TooMany { most: MOST }),
        false => Ok(()),
    }
}

/// The last member of this name.
fn member(text: &str, place: &Range<usize>, key: &str) -> Result<Option<Range<usize>>, Wrong> {
    let mut found = None;
    Scan::new(&text[place.clone()]).members(|raw, value| {
        if name(raw).is_some_and(|name| name == key) {
            found = Some(place.start + value.start..place.start + value.end);
        }
        Ok(())
    })?;
    Ok(found)
}
