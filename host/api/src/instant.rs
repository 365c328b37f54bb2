//! Times: microseconds in the store, RFC 3339 outside.

use runnel_store::Micros;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// An instant in UTC, with microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-28T09:20:20.000000Z")]
pub(crate) struct Instant(String);

impl From<Micros> for Instant {
    fn from(micros: Micros) -> Self {
        let nanos = i128::from(micros) * 1_000;
        let at =
            OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self(format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.microsecond()
        ))
    }
}

/// An instant that there may be.
pub(crate) fn maybe(micros: Option<Micros>) -> Option<Instant> {
    micros.map(Instant::from)
}

#[cfg(test)]
mod tests {
    use super::Instant;

    #[test]
    fn an_instant_has_its_microseconds() {
        let at = Instant::from(1_709_287_872_000_005);
        assert_eq!(at, Instant("2024-03-01T10:11:12.000005Z".to_owned()));
    }
}
