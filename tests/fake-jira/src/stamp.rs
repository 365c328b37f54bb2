//! Times: milliseconds since 1970, as Jira writes them and as JQL reads them.

use clap::ValueEnum;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset, Weekday};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub(crate) type Millis = i64;

pub(crate) const SECOND: Millis = 1_000;
pub(crate) const MINUTE: Millis = 60 * SECOND;
pub(crate) const HOUR: Millis = 60 * MINUTE;
pub(crate) const DAY: Millis = 24 * HOUR;

/// A time zone of an account: one without and two with summer time, which differ
/// in when it begins, and one whose offset is no whole hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Zone {
    /// `Etc/UTC`
    Utc,
    /// `Europe/Berlin`
    Berlin,
    /// `America/New_York`
    NewYork,
    /// `Asia/Kolkata`
    Kolkata,
}

impl Zone {
    /// The name in the time zone database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utc => "Etc/UTC",
            Self::Berlin => "Europe/Berlin",
            Self::NewYork => "America/New_York",
            Self::Kolkata => "Asia/Kolkata",
        }
    }

    /// How far local time is ahead in winter.
    const fn standard(self) -> Millis {
        match self {
            Self::Utc => 0,
            Self::Berlin => HOUR,
            Self::NewYork => -5 * HOUR,
            Self::Kolkata => 5 * HOUR + 30 * MINUTE,
        }
    }

    /// How far local time is ahead at an instant.
    pub(crate) fn ahead(self, at: Millis) -> Millis {
        let year = civil(at).year();
        let summer = match self {
            Self::Utc | Self::Kolkata => return self.standard(),
            // At 01:00 UTC everywhere in the Union.
            Self::Berlin => {
                let from = last_sunday(year, Month::March) + HOUR;
                from..last_sunday(year, Month::October) + HOUR
            }
            // At 02:00 of the time that ends.
            Self::NewYork => {
                let from = sunday(year, Month::March, 8) + 7 * HOUR;
                from..sunday(year, Month::November, 1) + 6 * HOUR
            }
        };
        self.standard() + if summer.contains(&at) { HOUR } else { 0 }
    }

    /// The instant of a local time, given as if it were UTC. Of the two instants
    /// of an hour that autumn repeats it is the second.
    pub(crate) fn instant(self, local: Millis) -> Millis {
        local - self.ahead(local - self.standard())
    }
}

/// `2024-03-01T10:11:12.000+0100`, as in issues.
pub(crate) fn written(at: Millis, zone: Zone) -> String {
    let (text, sign, hours, minutes) = local(at, zone);
    format!("{text}{sign}{hours:02}{minutes:02}")
}

/// `2024-03-01T10:11:12.000+01:00`, as in the sprints of a Server.
pub(crate) fn written_with_colon(at: Millis, zone: Zone) -> String {
    let (text, sign, hours, minutes) = local(at, zone);
    format!("{text}{sign}{hours:02}:{minutes:02}")
}

/// `2024-03-01T09:11:12.000Z`, as in the sprints of Cloud.
pub(crate) fn instant(at: Millis) -> String {
    format!("{}Z", local(at, Zone::Utc).0)
}

/// `2024-03-01`, in UTC.
pub(crate) fn day(at: Millis) -> String {
    let at = civil(at);
    let month = u8::from(at.month());
    format!("{:04}-{month:02}-{:02}", at.year(), at.day())
}

/// The instant of `2024-03-01`, `2024-03-01 10:11` or either with slashes, read
/// in a zone.
pub(crate) fn parse_local(text: &str, zone: Zone) -> Option<Millis> {
    let text = text.replace('/', "-");
    let (day, clock) = text.split_once(' ').unwrap_or((&text, "00:00"));
    let mut parts = day.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month: u8 = parts.next()?.parse().ok()?;
    let date = parts.next()?.parse().ok()?;
    let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, date).ok()?;
    let (hour, minute) = clock.split_once(':')?;
    let time = Time::from_hms(hour.parse().ok()?, minute.parse().ok()?, 0).ok()?;
    let local = date.with_time(time).assume_utc().unix_timestamp() * SECOND;
    Some(zone.instant(local))
}

fn local(at: Millis, zone: Zone) -> (String, char, Millis, Millis) {
    let ahead = zone.ahead(at);
    let local = civil(at + ahead);
    let text = format!(
        "{}T{:02}:{:02}:{:02}.{:03}",
        day(at + ahead),
        local.hour(),
        local.minute(),
        local.second(),
        local.millisecond()
    );
    let sign = if ahead < 0 { '-' } else { '+' };
    let minutes = ahead.abs() / MINUTE;
    (text, sign, minutes / 60, minutes % 60)
}

fn civil(at: Millis) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .to_offset(UtcOffset::UTC)
}

fn last_sunday(year: i32, month: Month) -> Millis {
    // Both months that matter have 31 days.
    sunday(year, month, 25)
}

/// Midnight of the first Sunday from a day of a month on.
fn sunday(year: i32, month: Month, from: u8) -> Millis {
    let date = Date::from_calendar_date(year, month, from).unwrap_or(Date::MIN);
    let days = match date.weekday() {
        Weekday::Sunday => 0,
        weekday => 7 - i64::from(weekday.number_days_from_sunday()),
    };
    date.midnight().assume_utc().unix_timestamp() * SECOND + days * DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_time_begins_and_ends_on_its_sundays() {
        for (text, written_as) in [
            ("2024-03-31 01:59", "2024-03-31T01:59:00.000+0100"),
            ("2024-03-31 03:00", "2024-03-31T03:00:00.000+0200"),
            ("2024-10-27 01:59", "2024-10-27T01:59:00.000+0200"),
            ("2024-10-27 03:00", "2024-10-27T03:00:00.000+0100"),
        ] {
            let at = parse_local(text, Zone::Berlin).unwrap();
            assert_eq!(written(at, Zone::Berlin), written_as);
        }
        let spring = parse_local("2024-03-10 03:00", Zone::NewYork).unwrap();
        assert_eq!(
            written(spring, Zone::NewYork),
            "2024-03-10T03:00:00.000-0400"
        );
        assert_eq!(
            written(spring - 1, Zone::NewYork),
            "2024-03-10T01:59:59.999-0500"
        );
    }

    #[test]
    fn a_zone_may_be_off_by_half_an_hour() {
        let at = parse_local("2024/03/01", Zone::Kolkata).unwrap();
        assert_eq!(instant(at), "2024-02-29T18:30:00.000Z");
        assert_eq!(
            written_with_colon(at, Zone::Kolkata),
            "2024-03-01T00:00:00.000+05:30"
        );
    }

    #[test]
    fn nonsense_is_no_date() {
        for text in ["yesterday", "2024-13-01", "2024-01-01 25:00", "2024-01"] {
            assert_eq!(parse_local(text, Zone::Utc), None, "{text}");
        }
    }
}
