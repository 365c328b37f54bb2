//! JSON that is valid and that PostgreSQL cannot keep all the same. One such value
//! would keep its whole batch from being loaded.

use serde_json::Value;

/// Digits in a row from which a number may be out of range.
const DIGITS: usize = 300;

/// What is wrong with the text, which is valid JSON.
pub(super) fn wrong(text: &str) -> Option<String> {
    if !is_suspicious(text.as_bytes()) {
        return None;
    }
    let error = serde_json::from_str::<Value>(text).err()?;
    Some(format!("holds what no database can keep: {error}"))
}

/// Whether there is half of a surrogate pair in it, or a number that is out of
/// range; reading all of it is for those alone that may have one.
fn is_suspicious(text: &[u8]) -> bool {
    let mut digits = 0;
    for (i, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'e' | b'E' if digits > 0 => return true,
            b'u' if i > 0 && text[i - 1] == b'\\' && is_surrogate(&text[i + 1..]) => return true,
            _ => digits = 0,
        }
        if digits >= DIGITS {
            return true;
        }
    }
    false
}

/// U+D800 to U+DFFF.
fn is_surrogate(hex: &[u8]) -> bool {
    matches!(
        hex,
        [b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..]
    )
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn half_of_a_pair_and_numbers_out_of_range_are_found() {
        for text in [
            r#"{"a":"\ud800"}"#,
            r#"["\uDC00"]"#,
            "[1e400]",
            &format!("1{}", "0".repeat(400)),
        ] {
            let wrong = wrong(text);
            assert!(wrong.unwrap().contains("no database can keep"), "{text}");
        }
    }

    #[test]
    fn what_is_usual_is_left_alone() {
        for text in [
            r#""\ud83d\ude00 \u00e9 \\ud800""#,
            "[1e10, 1.5E-7, 12345678901234567890]",
            r#"{"title":"a 4e sentence", "sha":"1e400"}"#,
            r#""0123456789""#,
        ] {
            assert_eq!(wrong(text), None, "{text}");
        }
    }
}
