//! What errors of one cause have in common.

use sha2::{Digest, Sha256};

/// A few digits that are the same for errors that differ only in numbers, quoted
/// values and hashes.
pub(crate) fn fingerprint(error: &str, path: Option<&str>) -> String {
    let digest = Sha256::new()
        .chain_update(general(path.unwrap_or_default()))
        .chain_update([0])
        .chain_update(general(error))
        .finalize();
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The text with what differs from record to record left out.
fn general(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (length, stands_for) = match c {
            '"' | '`' => (quoted(rest, c), "\"\""),
            _ if c.is_ascii_alphanumeric() => word(rest),
            _ => (c.len_utf8(), ""),
        };
        let (part, behind) = rest.split_at(length);
        out.push_str(if stands_for.is_empty() {
            part
        } else {
            stands_for
        });
        rest = behind;
    }
    out
}

/// The length of a quoted value, quotes included; of the quote alone where it is
/// never closed.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(1, |end| end + 2)
}

/// The length of a word, and what stands for it: one that has a digit in it is a
/// number, a date or a hash.
fn word(text: &str) -> (usize, &'static str) {
    let length = text
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    let has_digit = text[..length].bytes().any(|byte| byte.is_ascii_digit());
    (length, if has_digit { "#" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn errors_that_differ_in_values_alone_are_alike() {
        for (a, b) in [
            ("number 17 is odd", "number 4711 is odd"),
            (
                "invalid type: string \"abc\", expected u64",
                "invalid type: string \"ä\", expected u64",
            ),
            ("no commit 9f8e7d6c", "no commit 0a1b2c3d4e5f"),
        ] {
            assert_eq!(fingerprint(a, None), fingerprint(b, None), "{a} / {b}");
        }
    }

    #[test]
    fn errors_of_different_causes_or_places_differ() {
        assert_ne!(fingerprint("no title", None), fingerprint("no body", None));
        assert_ne!(
            fingerprint("no id", Some("user")),
            fingerprint("no id", Some("base"))
        );
        assert_eq!(
            fingerprint("no id", Some("labels[3]")),
            fingerprint("no id", Some("labels[4]"))
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_is_text() {
        assert_eq!(fingerprint("it's \"odd", None).len(), 12);
    }
}
