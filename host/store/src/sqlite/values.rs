//! A transform's values as SQLite keeps them: instants and days as ISO 8601
//! text in UTC, so that people and SQLite's date functions can read them.

use runnel_model::Value;

use crate::Micros;

const MICROS_A_SECOND: i64 = 1_000_000;
const SECONDS_A_DAY: i64 = 86_400;

/// Writes the value as the JSON that SQLite makes its own value from.
pub(super) fn write_json(to: &mut Vec<u8>, value: &Value) -> serde_json::Result<()> {
    match value {
        Value::Null => serde_json::to_writer(to, &()),
        Value::Boolean(value) => serde_json::to_writer(to, value),
        Value::Integer(value) => serde_json::to_writer(to, value),
        Value::Float(value) => serde_json::to_writer(to, value),
        Value::Text(value) | Value::Json(value) => serde_json::to_writer(to, value),
        Value::Timestamp(value) => serde_json::to_writer(to, &timestamp(*value)),
        Value::Date(value) => serde_json::to_writer(to, &date((*value).into())),
    }
}

/// `2024-03-01T10:11:12Z`, with six digits more where there is a fraction. Less
/// its `Z`, the text in order is time in order: `12` before `12.500000`.
pub(super) fn timestamp(micros: Micros) -> String {
    let (seconds, fraction) = (
        micros.div_euclid(MICROS_A_SECOND),
        micros.rem_euclid(MICROS_A_SECOND),
    );
    let mut text = date(seconds.div_euclid(SECONDS_A_DAY));
    let time = seconds.rem_euclid(SECONDS_A_DAY);
    for (mark, number) in [('T', time / 3600), (':', time / 60 % 60), (':', time % 60)] {
        text.push(mark);
        digits(&mut text, number, 2);
    }
    if fraction != 0 {
        text.push('.');
        digits(&mut text, fraction, 6);
    }
    text.push('Z');
    text
}

/// The day as `2024-03-01`, from days since 1970-01-01 (the algorithm is
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
pub(super) fn date(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months counted from March, so that a leap day is a year's last.
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let mut text = String::with_capacity("2024-03-01T10:11:12.123456Z".len());
    digits(&mut text, year, 4);
    text.push('-');
    digits(&mut text, month, 2);
    text.push('-');
    digits(&mut text, day, 2);
    text
}

fn digits(text: &mut String, number: i64, width: u32) {
    for place in (0..width).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        text.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
    }
}

#[cfg(test)]
mod tests {
    use super::{date, timestamp};

    #[test]
    fn instants_are_written_in_utc_with_a_fraction_only_where_there_is_one() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (1_709_287_872_000_000, "2024-03-01T10:11:12Z"),
            (1_709_287_872_500_000, "2024-03-01T10:11:12.500000Z"),
            (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(timestamp(micros), text);
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let epoch = time::Date::from_calendar_date(1970, time::Month::January, 1).unwrap();
        for day in (-719_162..=2_932_896).step_by(13) {
            let expected = epoch + time::Duration::days(day);
            let (year, month, day_of_month) = expected.to_calendar_date();
            assert_eq!(
                date(day),
                format!("{year:04}-{:02}-{day_of_month:02}", u8::from(month))
            );
        }
    }

    #[test]
    fn text_less_its_z_sorts_as_time_does() {
        let instants = [0, 1, 500_000, 999_999, 1_000_000, 1_000_001, 60_000_000];
        let texts = instants.map(|at| timestamp(at).trim_end_matches('Z').to_owned());
        assert!(texts.is_sorted());
    }
}
