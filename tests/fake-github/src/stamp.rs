//! Times as GitHub writes them: whole seconds, UTC.

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, PrimitiveDateTime};

/// Seconds since 1970-01-01T00:00:00Z.
pub(crate) type Seconds = i64;

/// The day of the first generated record: 2024-01-01T00:00:00Z.
pub(crate) const FIRST_DAY: Seconds = 1_704_067_200;

/// Appends `2024-01-01T00:00:00Z` without the quotes.
pub(crate) fn write_rfc3339(out: &mut Vec<u8>, at: Seconds) {
    let at = date_time(at);
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    push_digits(out, year.unsigned_abs(), 4);
    for (mark, value) in [
        (b'-', month),
        (b'-', day),
        (b'T', hour),
        (b':', minute),
        (b':', second),
    ] {
        out.push(mark);
        push_digits(out, u32::from(value), 2);
    }
    out.push(b'Z');
}

// Five of these a record, a hundred records a page: `write!` would be half the
// cost of a page.
fn push_digits(out: &mut Vec<u8>, value: u32, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10_u32.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or(0));
    }
}

/// The time as text, for answers of the control interface and messages.
pub(crate) fn rfc3339(at: Seconds) -> String {
    let mut out = Vec::with_capacity(20);
    write_rfc3339(&mut out, at);
    String::from_utf8_lossy(&out).into_owned()
}

/// Reads a `since` or `until`: with an offset, or a bare date and time as UTC.
pub(crate) fn parse_rfc3339(text: &str) -> Option<Seconds> {
    // A `+` of an offset that nobody escaped arrives as a space.
    let text = text.replace(' ', "+");
    OffsetDateTime::parse(&text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .or_else(|_| OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339))
        .ok()
        .map(OffsetDateTime::unix_timestamp)
}

/// Reads what [`http_date`](stand_in::http_date) wrote; other forms of HTTP dates are not understood
/// and make the request unconditional, as RFC 9110 asks.
pub(crate) fn parse_http_date(text: &str) -> Option<Seconds> {
    let mut words = text.split_ascii_whitespace().skip(1);
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let clock = words.next()?;
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = months.find(month)? / 3 + 1;
    let text = format!("{year}-{month:02}-{day}T{clock}Z");
    PrimitiveDateTime::parse(&text, &Rfc3339)
        .ok()
        .map(|at| at.assume_utc().unix_timestamp())
}

fn date_time(at: Seconds) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use stand_in::http_date;

    use super::*;

    #[test]
    fn a_time_is_written_with_z_and_whole_seconds() {
        assert_eq!(rfc3339(FIRST_DAY + 3_661), "2024-01-01T01:01:01Z");
    }

    #[test]
    fn a_since_with_an_offset_or_without_one_is_understood() {
        assert_eq!(parse_rfc3339("2024-01-01T02:00:00+02:00"), Some(FIRST_DAY));
        assert_eq!(parse_rfc3339("2024-01-01T02:00:00 02:00"), Some(FIRST_DAY));
        assert_eq!(parse_rfc3339("2024-01-01T00:00:00"), Some(FIRST_DAY));
        assert_eq!(parse_rfc3339("yesterday"), None);
    }

    #[test]
    fn an_http_date_survives_being_read_back() {
        assert_eq!(http_date(FIRST_DAY), "Mon, 01 Jan 2024 00:00:00 GMT");
        assert_eq!(parse_http_date(&http_date(FIRST_DAY)), Some(FIRST_DAY));
    }
}
