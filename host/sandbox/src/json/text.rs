//! U+0000, which no database takes in text.

/// The text with U+FFFD for U+0000, and how many there were.
pub(crate) fn without_nuls(text: String) -> (String, u64) {
    if !text.as_bytes().contains(&0) {
        return (text, 0);
    }
    let count = text.bytes().filter(|byte| *byte == 0).count();
    (text.replace('\0', "\u{fffd}"), count as u64)
}

/// Valid JSON text with `\ufffd` for `\u0000`, and how many there were.
pub(crate) fn without_escaped_nuls(json: String) -> (String, u64) {
    const NUL: &str = "\\u0000";
    if !json.contains(NUL) {
        return (json, 0);
    }
    let (mut out, mut rest, mut count) = (String::with_capacity(json.len()), json.as_str(), 0);
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        rest = if let Some(after) = escape.strip_prefix(NUL) {
            count += 1;
            out.push_str("\\ufffd");
            after
        } else {
            // A backslash and the character that it escapes go together, so that
            // the second of two is not taken for a first.
            let end = escape
                .char_indices()
                .nth(2)
                .map_or(escape.len(), |(i, _)| i);
            out.push_str(&escape[..end]);
            &escape[end..]
        };
    }
    out.push_str(rest);
    (out, count)
}

#[cfg(test)]
mod tests {
    use super::{without_escaped_nuls, without_nuls};

    #[test]
    fn nul_becomes_the_replacement_character_and_is_counted() {
        let (text, count) = without_nuls("a\0b\0".to_owned());
        assert_eq!((text.as_str(), count), ("a\u{fffd}b\u{fffd}", 2));
    }

    #[test]
    fn an_escaped_nul_is_replaced_and_an_escaped_backslash_before_u0000_is_not() {
        let (json, count) =
            without_escaped_nuls(r#"["\u0000", "\\u0000", "\\\u0000é"]"#.to_owned());
        assert_eq!(json, r#"["\ufffd", "\\u0000", "\\\ufffdé"]"#);
        assert_eq!(count, 2);
    }
}
