//! Instants: RFC 3339 in, microseconds out.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use time::{
    OffsetDateTime,
    format_description::well_known::{Rfc2822, Rfc3339},
};

/// Microseconds of a day.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

/// The text is no date and time of RFC 3339.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidTimestamp(String);

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no date and time of RFC 3339", self.0)
    }
}

impl std::error::Error for InvalidTimestamp {}

impl Timestamp {
    /// Reads `2024-03-01T10:11:12Z`, every other form of RFC 3339, and the offsets
    /// without a colon that some services write.
    ///
    /// ```
    /// use runnel_sdk::Timestamp;
    ///
    /// let with_offset = Timestamp::parse("2024-03-01T10:11:12.000+0100");
    /// assert_eq!(with_offset, Timestamp::parse("2024-03-01T09:11:12Z"));
    /// ```
    ///
    /// # Errors
    /// [`InvalidTimestamp`], which quotes the text.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        whole_seconds(text.as_bytes())
            .or_else(|| any(text))
            .or_else(|| any(&with_colon(text)?))
            .map(Self)
            .ok_or_else(|| InvalidTimestamp(text.chars().take(40).collect()))
    }

    /// Reads the time of an HTTP header: `Fri, 01 Mar 2024 10:11:12 GMT`.
    ///
    /// ```
    /// use runnel_sdk::Timestamp;
    ///
    /// let date = Timestamp::of_http_date("Fri, 01 Mar 2024 10:11:12 GMT");
    /// assert_eq!(date, Timestamp::parse("2024-03-01T10:11:12Z").ok());
    /// assert_eq!(Timestamp::of_http_date("soon"), None);
    /// ```
    pub fn of_http_date(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc2822).ok()?;
        Some(Self(at.unix_timestamp() * 1_000_000))
    }

    /// Writes it as `2024-03-01T10:11:12Z`, to the second, rounded down.
    pub fn to_rfc3339(self) -> String {
        let at = OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1_000_000));
        at.ok()
            .and_then(|at| at.format(&Rfc3339).ok())
            .unwrap_or_default()
    }
}

/// The one form that nearly every API writes, without a general parser.
fn whole_seconds(text: &[u8]) -> Option<i64> {
    let &[
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
        b'Z',
    ] = text
    else {
        return None;
    };
    let two = |a: u8, b: u8| Some(i64::from(digit(a)? * 10 + digit(b)?));
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    let valid = (1..=12).contains(&month)
        && (1..=28).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    valid.then(|| (((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000)
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

/// Days since 1970-01-01 of a day of the Gregorian calendar, counted in years
/// that begin in March, so that the leap day is the last of its year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Whatever else RFC 3339 allows: fractions, offsets, the last days of a month.
fn any(text: &str) -> Option<i64> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000)).ok()
}

/// `+0100` at the end as `+01:00`.
fn with_colon(text: &str) -> Option<String> {
    let (before, offset) = text.split_at_checked(text.len().checked_sub(5)?)?;
    let digits = offset.strip_prefix(['+', '-'])?;
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| format!("{before}{}:{}", &offset[..3], &offset[3..]))
}

/// The first microsecond of a day `2024-03-01`.
pub(crate) fn midnight(day: &str) -> Option<i64> {
    any(&format!("{day}T00:00:00Z"))
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date and time of RFC 3339")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Timestamp, any, whole_seconds};

    proptest! {
        #[test]
        fn the_short_way_agrees_with_the_long_one(seconds in -62_135_596_800_i64..253_402_300_800) {
            let text = Timestamp(seconds * 1_000_000).to_rfc3339();
            prop_assert_eq!(any(&text), Some(seconds * 1_000_000));
            prop_assert_eq!(Timestamp::parse(&text), Ok(Timestamp(seconds * 1_000_000)));
        }

        #[test]
        fn the_short_way_reads_nothing_that_the_long_one_refuses(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z") {
            if let Some(short) = whole_seconds(text.as_bytes()) {
                prop_assert_eq!(any(&text), Some(short));
            }
        }
    }

    #[test]
    fn offsets_and_fractions_are_read() {
        let expected = Timestamp::parse("2024-03-01T09:11:12Z").unwrap().0;
        assert_eq!(
            Timestamp::parse("2024-03-01T10:11:12.25+01:00").unwrap().0,
            expected + 250_000
        );
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "2024-03-01",
            "2024-02-30T00:00:00Z",
            "2024-03-01T24:00:00Z",
            "2024-03-01T10:11:12+01000",
            "2024-03-01T10:11:12+01x0",
            "+0100",
            "yesterday",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text:?}");
        }
    }
}
