//! Base64 (node ids, page cursors) and hexadecimal (commit hashes).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends `bytes` as padded base64.
pub(crate) fn write_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    for chunk in bytes.chunks(3) {
        let mut group = [0_u8; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for place in 0..4 {
            let sextet = (bits >> (18 - 6 * place)) & 63;
            let used = place <= chunk.len();
            out.push(if used {
                ALPHABET[sextet as usize]
            } else {
                b'='
            });
        }
    }
}

/// `text` as padded base64.
pub(crate) fn base64(text: &str) -> String {
    let mut out = Vec::new();
    write_base64(&mut out, text.as_bytes());
    String::from_utf8_lossy(&out).into_owned()
}

/// The text behind padded or unpadded base64; `None` if it is not base64 of text.
pub(crate) fn from_base64(text: &str) -> Option<String> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let sextet = ALPHABET.iter().position(|&letter| letter == byte)?;
        bits = (bits << 6) | u32::try_from(sextet).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from((bits >> count) & 255).ok()?);
        }
    }
    String::from_utf8(out).ok()
}

/// Appends `bytes` as lower-case hexadecimal digits.
pub(crate) fn write_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_id_is_the_base64_that_github_writes() {
        assert_eq!(
            base64("011:PullRequest279147437"),
            "MDExOlB1bGxSZXF1ZXN0Mjc5MTQ3NDM3"
        );
    }

    #[test]
    fn base64_survives_being_read_back_at_every_length() {
        for text in ["", "a", "ab", "abc", "abcd"] {
            assert_eq!(from_base64(&base64(text)).as_deref(), Some(text));
        }
        assert_eq!(from_base64("~"), None);
    }
}
