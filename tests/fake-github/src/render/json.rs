//! JSON values appended to a buffer.

use crate::stamp::{Seconds, write_rfc3339};

/// A string, escaped and quoted.
pub(crate) fn text(out: &mut Vec<u8>, value: &str) {
    // A `Vec` accepts every write, and a `str` is always valid JSON text.
    let written = serde_json::to_writer(out, value);
    debug_assert!(written.is_ok(), "a string is serializable");
}

/// A string or `null`.
pub(crate) fn optional_text(out: &mut Vec<u8>, value: Option<&str>) {
    match value {
        Some(value) => text(out, value),
        None => null(out),
    }
}

/// `null`.
pub(crate) fn null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}

/// `true` or `false`.
pub(crate) fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Digits.
pub(crate) fn number(out: &mut Vec<u8>, value: impl Into<u64>) {
    let mut value = value.into();
    let mut digits = [0_u8; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

/// Digits or `null`.
pub(crate) fn optional_number(out: &mut Vec<u8>, value: Option<u32>) {
    match value {
        Some(value) => number(out, value),
        None => null(out),
    }
}

/// A quoted time.
pub(crate) fn stamp(out: &mut Vec<u8>, at: Seconds) {
    out.push(b'"');
    write_rfc3339(out, at);
    out.push(b'"');
}

/// A quoted time or `null`.
pub(crate) fn optional_stamp(out: &mut Vec<u8>, at: Option<Seconds>) {
    match at {
        Some(at) => stamp(out, at),
        None => null(out),
    }
}

/// `[a,b,c]`, each written by `item`.
pub(crate) fn list<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut item: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (place, value) in items.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        item(out, value);
    }
    out.push(b']');
}

/// Continues the object that ends `out`: `{..}` and then `,"key":`.
pub(crate) fn reopen(out: &mut Vec<u8>, key: &str) {
    out.pop();
    out.push(b',');
    text(out, key);
    out.push(b':');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_and_the_smallest_number_are_written_whole() {
        let mut out = Vec::new();
        number(&mut out, 0_u64);
        out.push(b' ');
        number(&mut out, u64::MAX);
        assert_eq!(out, b"0 18446744073709551615");
    }
}
