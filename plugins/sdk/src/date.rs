//! Days.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::timestamp;

/// Days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub i32);

/// The text is no day.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidDate(String);

impl fmt::Display for InvalidDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no day such as 2024-03-01", self.0)
    }
}

impl std::error::Error for InvalidDate {}

impl Date {
    /// Reads `2024-03-01`.
    ///
    /// ```
    /// use runnel_sdk::Date;
    ///
    /// assert_eq!(Date::parse("1970-01-02"), Ok(Date(1)));
    /// assert!(Date::parse("2024-02-30").is_err());
    /// ```
    ///
    /// # Errors
    /// [`InvalidDate`], which quotes the text.
    pub fn parse(text: &str) -> Result<Self, InvalidDate> {
        let days = timestamp::midnight(text).map(|at| at.div_euclid(timestamp::DAY));
        days.and_then(|days| i32::try_from(days).ok())
            .map(Self)
            .ok_or_else(|| InvalidDate(text.chars().take(40).collect()))
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Date;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day such as 2024-03-01")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Date, E> {
                Date::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2024-03",
            "2024-13-01",
            "2024-03-01T00:00:00Z",
            "01/Mar/24",
            "+024-03-01",
        ] {
            assert!(Date::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn days_before_1970_and_the_last_of_february_are_read() {
        assert_eq!(Date::parse("1969-12-31"), Ok(Date(-1)));
        assert_eq!(Date::parse("2024-02-29"), Ok(Date(19_782)));
    }
}
