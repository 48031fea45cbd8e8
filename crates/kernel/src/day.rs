//! Calendar days and months, in the company's zone.

use crate::Instant;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A calendar day, kept as days since 1970-01-01. `2026-11-22` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Day(i64);

/// The text is no day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a day: write it as 2026-11-22")]
pub struct NotADay(pub String);

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl Day {
    /// The day `days` days after 1970-01-01.
    pub const fn from_epoch(days: i64) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    pub const fn epoch(self) -> i64 {
        self.0
    }

    /// The day `days` days later, or earlier when negative.
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// How many days this day comes after `earlier`.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The month that holds this day.
    pub fn month(self) -> Month {
        let date = self.date();
        Month(i64::from(date.year()) * 12 + i64::from(date.month()) - 1)
    }

    /// The first instant of this day in `zone`.
    pub fn start_in(self, zone: &TimeZone) -> Instant {
        let midnight = self.date().to_datetime(jiff::civil::Time::midnight());
        zone.to_ambiguous_zoned(midnight)
            .compatible()
            .map_or(Instant::from_micros(self.0 * Instant::DAY), |zoned| Instant::from(zoned.timestamp()))
    }

    /// The same day as a `jiff` date, clamped to the years that `jiff` knows.
    pub fn date(self) -> Date {
        let span = jiff::Span::new().try_days(self.0);
        span.and_then(|span| EPOCH.checked_add(span)).unwrap_or(if self.0 < 0 {
            Date::MIN
        } else {
            Date::MAX
        })
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        let span = date.since(EPOCH).expect("the distance between two dates in days always fits");
        Self(i64::from(span.get_days()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        text.parse::<Date>().map(Self::from).map_err(|_| NotADay(text.into()))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A calendar month, kept as months since year 0. `2026-11` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i64);

impl Month {
    /// The month that comes `months` later, or earlier when negative.
    #[must_use]
    pub const fn plus(self, months: i64) -> Self {
        Self(self.0 + months)
    }

    /// Months since year 0: the form in which months are stored.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The month with this [`Month::number`].
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The first day of the month.
    pub fn first_day(self) -> Day {
        let year = i16::try_from(self.0.div_euclid(12)).unwrap_or(9999);
        let month = i8::try_from(self.0.rem_euclid(12) + 1).expect("a remainder of twelve fits");
        Date::new(year, month, 1).map_or(Day(0), Day::from)
    }

    /// The last day of the month.
    pub fn last_day(self) -> Day {
        self.plus(1).first_day().plus(-1)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

impl FromStr for Month {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        format!("{text}-01").parse::<Day>().map(Day::month).map_err(|_| NotADay(text.into()))
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_counted_from_1970_and_read_back() {
        let day: Day = "1997-09-30".parse().unwrap();
        assert_eq!(day.epoch(), 10_134);
        assert_eq!(day.to_string(), "1997-09-30");
        assert!("1997-02-30".parse::<Day>().is_err());
    }

    #[test]
    fn months_know_their_ends() {
        let month: Month = "2024-02".parse().unwrap();
        assert_eq!(month.last_day().to_string(), "2024-02-29");
        assert_eq!(month.plus(11).to_string(), "2025-01");
        assert_eq!(month.first_day().month(), month);
    }

    #[test]
    fn the_day_of_an_instant_depends_on_the_zone() {
        let at = Instant::from("2026-11-21T15:30:00Z".parse::<jiff::Timestamp>().unwrap());
        let seoul = TimeZone::get("Asia/Seoul").unwrap();
        assert_eq!(at.day_in(&seoul).to_string(), "2026-11-22");
        assert_eq!(at.day_in(&TimeZone::UTC).to_string(), "2026-11-21");
        assert_eq!(at.day_in(&seoul).start_in(&seoul).to_string(), "2026-11-21T15:00:00Z");
    }
}
