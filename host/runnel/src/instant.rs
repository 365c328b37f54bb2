//! Times on the command line: `--since TIME`, `--until TIME`.

use time::{
    Date, OffsetDateTime, format_description::well_known::Iso8601,
    format_description::well_known::Rfc3339,
};

/// Microseconds since 1970, of an instant in RFC 3339 or of the beginning of a
/// day in UTC.
pub(crate) fn parse(flag: &str, text: &str) -> Result<i64, String> {
    let instant = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| Date::parse(text, &Iso8601::DATE).map(|day| day.midnight().assume_utc()))
        .map_err(|_| {
            format!("{flag} {text:?} is no time: 2024-03-01 or 2024-03-01T12:00:00Z is expected")
        })?;
    if instant > OffsetDateTime::now_utc() {
        return Err(format!(
            "{flag} {text:?} is in the future: there is nothing yet"
        ));
    }
    i64::try_from(instant.unix_timestamp_nanos() / 1_000)
        .map_err(|_| format!("{flag} {text:?} is too long ago"))
}

#[cfg(test)]
mod tests {
    fn parse(text: &str) -> Result<i64, String> {
        super::parse("--since", text)
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        assert_eq!(parse("2024-03-01"), Ok(1_709_251_200_000_000));
        assert_eq!(parse("2024-03-01T01:00:00+01:00"), parse("2024-03-01"));
    }

    #[test]
    fn what_is_no_time_is_told_what_is_expected() {
        for text in [
            "yesterday",
            "2024-13-01",
            "01.03.2024",
            "2024-03-01 12:00",
            "",
        ] {
            let message = parse(text).unwrap_err();
            assert!(
                message.contains("2024-03-01T12:00:00Z"),
                "{text}: {message}"
            );
        }
    }

    #[test]
    fn the_future_is_refused() {
        assert!(parse("2999-01-01").unwrap_err().contains("future"));
    }
}
