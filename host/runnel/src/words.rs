//! Numbers, sizes and times as people read them.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;

/// `1234567` as `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 request`, `2 requests`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        count(number),
        if number == 1 { "" } else { "s" }
    )
}

/// `1536` bytes as `1.5 KiB`.
pub(crate) fn bytes(number: u64) -> String {
    indicatif::BinaryBytes(number).to_string()
}

/// How long something takes: `12 min`, `1.5 s`.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..100 => format!("{} s", time.as_secs()),
        100..5_400 => format!("{} min", time.as_secs().div_ceil(60)),
        seconds => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// The time of day, in UTC: `10:42:07 UTC`.
pub(crate) fn clock(time: SystemTime) -> String {
    let (hour, minute, second) = OffsetDateTime::from(time).to_hms();
    format!("{hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::{clock, count, counted, duration};
    use std::time::{Duration, SystemTime};

    #[test]
    fn thousands_are_set_apart() {
        let shown = [0, 999, 1_000, 12_345, 1_234_567].map(count);
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn one_thing_is_not_many() {
        assert_eq!(
            [counted(1, "request"), counted(2, "request")],
            ["1 request", "2 requests"]
        );
    }

    #[test]
    fn a_duration_is_as_exact_as_its_length_asks_for() {
        let shown =
            [1.5, 42.0, 720.0, 6_000.0].map(|seconds| duration(Duration::from_secs_f64(seconds)));
        assert_eq!(shown, ["1.5 s", "42 s", "12 min", "1 h 40 min"]);
    }

    #[test]
    fn the_time_of_day_is_in_utc() {
        assert_eq!(
            clock(SystemTime::UNIX_EPOCH + Duration::from_secs(38_527)),
            "10:42:07 UTC"
        );
    }
}
