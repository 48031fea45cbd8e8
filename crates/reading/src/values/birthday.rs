//! Birthdays as shops write them: with or without the year, by the solar or the lunar calendar.

use jiff::civil::Date;

/// A birthday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Birthday {
    /// The year, where it is said.
    pub year: Option<i16>,
    /// The month, 1 to 12.
    pub month: i8,
    /// The day of the month.
    pub day: i8,
    /// Whether it goes by the lunar calendar.
    pub lunar: bool,
}

/// Years in which somebody was born who is a customer.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;
/// Days of a lunar month at most.
const LUNAR_DAYS: i8 = 30;

/// Reads `1990-02-10`, `1990.2.10`, `19900210`, `02-10`, `0210`, `2월 10일`, `음력 3월 5일`, `1990-02-10 00:00`. Two digits do
/// not tell a year: of `900210` the day is kept.
pub fn read(text: &str) -> Option<Birthday> {
    let lunar = ["음력", "음", "lunar"].iter().any(|word| text.to_lowercase().contains(word));
    let date =
        text.split(['T', ' ']).next().filter(|part| part.bytes().filter(u8::is_ascii_digit).count() >= 6);
    let numbers: Vec<&str> =
        date.unwrap_or(text).split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match numbers[..] {
        [year, month, day] if year.len() == 4 => (number(year), number(month)?, number(day)?),
        [year, month, day] if year.len() <= 2 => (None, number(month)?, number(day)?),
        [month, day] => (None, number(month)?, number(day)?),
        [all] if all.len() == 8 => (number(&all[..4]), number(&all[4..6])?, number(&all[6..])?),
        [all] if all.len() == 6 => (None, number(&all[2..4])?, number(&all[4..])?),
        [all] if all.len() == 4 => (None, number(&all[..2])?, number(&all[2..])?),
        _ => return None,
    };
    // 0000-02-10 and 1900-01-01 are how shops write that they do not know the year, or anything.
    let year = year.filter(|year| *year != 0);
    if year.is_some_and(|year| !YEARS.contains(&year)) || year == Some(1900) && (month, day) == (1, 1) {
        return None;
    }
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let is_day = match lunar {
        true => (1..=12).contains(&month) && (1..=LUNAR_DAYS).contains(&day),
        // 2000 has a 29 February.
        false => Date::new(year.unwrap_or(2000), month, day).is_ok(),
    };
    is_day.then_some(Birthday { year, month, day, lunar })
}

fn number(text: &str) -> Option<i16> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birthdays_are_read_with_and_without_their_year() {
        let day = |year, month, day, lunar| Some(Birthday { year, month, day, lunar });
        for (text, expected) in [
            ("1990-02-10", day(Some(1990), 2, 10, false)),
            ("1990. 2. 10.", day(Some(1990), 2, 10, false)),
            ("1990년 2월 10일", day(Some(1990), 2, 10, false)),
            ("19900210", day(Some(1990), 2, 10, false)),
            ("1990-02-10 00:00:00", day(Some(1990), 2, 10, false)),
            ("900210", day(None, 2, 10, false)),
            ("02-29", day(None, 2, 29, false)),
            ("2월 10일", day(None, 2, 10, false)),
            ("음력 3월 30일", day(None, 3, 30, true)),
            ("0000-02-10", day(None, 2, 10, false)),
            ("1900-01-01", None),
            ("1991-02-29", None),
            ("13-40", None),
            ("", None),
            ("모름", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
