//! When somebody was born, and when the next birthday is: pure.
//!
//! The Korean lunar calendar is computed by the `calendrical_calculations` crate of ICU4X (after Reingold and Dershowitz,
//! "Calendrical Calculations"), whose figures ICU4X compares with those of the Korea Astronomy and Space Science Institute.

use calendrical_calculations::chinese_based::{Dangi, YearBounds, month_structure_for_year};
use calendrical_calculations::gregorian::fixed_from_gregorian;
use kernel::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The first year that is taken.
const FIRST_YEAR: i16 = 1900;
/// Years of age below which a guardian answers for somebody (Personal Information Protection Act, art. 22-2).
const OF_AGE: i16 = 14;
/// Lunar years in which the next birthday is looked for: one may have begun before the solar one.
const YEARS: i16 = 3;
/// 1970-01-01 as days since the first day of the year 1 (R.D.).
const EPOCH: i64 = 719_163;

/// The calendar a birthday is kept by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Calendar {
    /// 양력.
    Solar,
    /// 음력.
    Lunar,
}

impl Calendar {
    /// The text in the column.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Solar => "solar",
            Self::Lunar => "lunar",
        }
    }
}

/// When somebody was born, as they say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Birth {
    /// The calendar it is kept by.
    pub calendar: Calendar,
    /// The year, where it is known; of the lunar calendar, the lunar year.
    pub year: Option<i16>,
    /// The month, 1 to 12.
    pub month: i8,
    /// The day of the month.
    pub day: i8,
    /// Whether the month is a leap month of the lunar calendar (윤달).
    #[serde(default)]
    pub leap: bool,
}

impl Birth {
    /// Which field is no part of a birthday, and why, as of `today`.
    pub fn fault(&self, today: Day) -> Option<(&'static str, &'static str)> {
        if !(1..=12).contains(&self.month) {
            return Some(("month", "birth_month"));
        }
        if !(1..=self.longest()).contains(&self.day) {
            return Some(("day", "birth_day"));
        }
        if self.leap && self.calendar == Calendar::Solar {
            return Some(("leap", "birth_leap"));
        }
        let year = self.year?;
        if !(FIRST_YEAR..=today.date().year()).contains(&year) {
            return Some(("year", "birth_year"));
        }
        match self.born() {
            None if self.leap => Some(("leap", "birth_leap")),
            None => Some(("day", "birth_day")),
            Some(day) if day > today => Some(("year", "birth_year")),
            Some(_) => None,
        }
    }

    /// Days that the month may have.
    fn longest(&self) -> i8 {
        match (self.calendar, self.month) {
            (Calendar::Lunar, _) => 30,
            (Calendar::Solar, 2) => 29,
            (Calendar::Solar, 4 | 6 | 9 | 11) => 30,
            (Calendar::Solar, _) => 31,
        }
    }

    /// The day of birth, exactly; none where the year is not known or has no such day.
    pub fn born(&self) -> Option<Day> {
        let year = self.year?;
        match self.calendar {
            Calendar::Solar => jiff::civil::Date::new(year, self.month, self.day).ok().map(Day::from),
            Calendar::Lunar => lunar(year, self.month, self.leap, self.day),
        }
    }

    /// The day of this birthday in a year of its calendar. What the year does not have moves to the nearest before it: the
    /// 29th of February to the 28th, the 30th of a short lunar month to the 29th, a leap month to the month it repeats.
    fn in_year(&self, year: i16) -> Option<Day> {
        match self.calendar {
            Calendar::Solar => {
                let month = jiff::civil::Date::new(year, self.month, 1).ok()?;
                let day = self.day.min(month.days_in_month());
                jiff::civil::Date::new(year, self.month, day).ok().map(Day::from)
            }
            Calendar::Lunar => {
                let months: &[bool] = if self.leap { &[true, false] } else { &[false] };
                let days = [self.day, self.day.min(29)];
                months
                    .iter()
                    .find_map(|leap| days.iter().find_map(|day| lunar(year, self.month, *leap, *day)))
            }
        }
    }

    /// The day on which they turn 14, where their year is known.
    pub fn of_age_on(&self) -> Option<Day> {
        let born = self.born()?.date();
        let year = born.year() + OF_AGE;
        let last = jiff::civil::Date::new(year, born.month(), 1).ok()?.days_in_month();
        // Whoever was born on the 29th of February is a year older when the month is over.
        match jiff::civil::Date::new(year, born.month(), born.day()) {
            Ok(day) => Some(Day::from(day)),
            Err(_) => jiff::civil::Date::new(year, born.month(), last).ok().map(|day| Day::from(day).plus(1)),
        }
    }
}

/// The day of the next birthday, `today` included.
pub fn next(birth: &Birth, today: Day) -> Option<Day> {
    let first = today.date().year() - 1;
    (first..first + YEARS).filter_map(|year| birth.in_year(year)).find(|day| *day >= today)
}

/// The solar day of a day of the Korean lunar calendar, if the year has it.
fn lunar(year: i16, month: i8, leap: bool, day: i8) -> Option<Day> {
    // Every lunar year is on its way in the middle of the solar one.
    let year = YearBounds::compute::<Dangi>(fixed_from_gregorian(i32::from(year), 7, 1));
    let (long, leap_month) = month_structure_for_year::<Dangi>(year.new_year, year.next_new_year);
    let asked = usize::try_from(month).ok().filter(|month| *month > 0)?;
    // The place of the leap month among the months: those behind it are one later than their number says.
    let place = match leap_month.map(usize::from) {
        Some(at) if leap => (at == asked + 1).then_some(at)?,
        _ if leap => return None,
        Some(at) if asked >= at => asked + 1,
        _ => asked,
    };
    let length = |long: &bool| if *long { 30 } else { 29 };
    if i64::from(day) > length(long.get(place - 1)?) {
        return None;
    }
    let before: i64 = long[..place - 1].iter().map(length).sum();
    Some(Day::from_epoch(year.new_year.to_i64_date() - EPOCH + before + i64::from(day) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn lunar_birth(month: i8, day: i8, leap: bool) -> Birth {
        Birth { calendar: Calendar::Lunar, year: None, month, day, leap }
    }

    fn solar(year: Option<i16>, month: i8, day: i8) -> Birth {
        Birth { calendar: Calendar::Solar, year, month, day, leap: false }
    }

    /// Public holidays of Korea that follow the moon, as the government announced them: 설날 (1. 1.), 부처님 오신 날
    /// (4. 8.) and 추석 (8. 15.).
    #[test]
    fn lunar_days_are_those_of_the_public_holidays() {
        for (year, new_year, buddha, harvest) in [
            (2020, "2020-01-25", "2020-04-30", "2020-10-01"),
            (2021, "2021-02-12", "2021-05-19", "2021-09-21"),
            (2022, "2022-02-01", "2022-05-08", "2022-09-10"),
            (2023, "2023-01-22", "2023-05-27", "2023-09-29"),
            (2024, "2024-02-10", "2024-05-15", "2024-09-17"),
            (2025, "2025-01-29", "2025-05-05", "2025-10-06"),
            (2026, "2026-02-17", "2026-05-24", "2026-09-25"),
            (2027, "2027-02-07", "2027-05-13", "2027-09-15"),
        ] {
            assert_eq!(lunar(year, 1, false, 1), Some(day(new_year)));
            assert_eq!(lunar(year, 4, false, 8), Some(day(buddha)));
            assert_eq!(lunar(year, 8, false, 15), Some(day(harvest)));
        }
    }

    /// 2012 had a leap third month in Korea (in China a leap fourth), 2020 a leap fourth, 2023 a leap second, 2025 a leap
    /// sixth.
    #[test]
    fn a_leap_month_is_the_korean_one() {
        assert_eq!(lunar(2012, 3, true, 1), Some(day("2012-04-21")));
        assert_eq!(lunar(2012, 4, true, 1), None);
        assert_eq!(lunar(2020, 4, true, 1), Some(day("2020-05-23")));
        assert_eq!(lunar(2023, 2, true, 1), Some(day("2023-03-22")));
        assert_eq!(lunar(2025, 6, true, 1), Some(day("2025-07-25")));
    }

    #[test]
    fn a_birthday_in_a_leap_month_is_kept_in_the_month_it_repeats() {
        let birth = lunar_birth(6, 1, true);
        assert_eq!(next(&birth, day("2025-07-01")), Some(day("2025-07-25")), "2025 has the leap month");
        assert_eq!(next(&birth, day("2026-01-01")), lunar(2026, 6, false, 1), "2026 has not");
    }

    #[test]
    fn the_next_birthday_may_be_of_a_lunar_year_that_began_before() {
        let birth = lunar_birth(12, 20, false);
        assert_eq!(next(&birth, day("2026-01-05")), lunar(2025, 12, false, 20));
        assert_eq!(next(&solar(None, 2, 29), day("2027-02-01")), Some(day("2027-02-28")));
        assert_eq!(next(&solar(None, 11, 22), day("2026-11-22")), Some(day("2026-11-22")), "today counts");
        assert_eq!(next(&solar(None, 11, 22), day("2026-11-23")), Some(day("2027-11-22")));
    }

    #[test]
    fn whoever_turns_fourteen_is_of_age_on_that_day() {
        assert_eq!(solar(Some(2012), 11, 22).of_age_on(), Some(day("2026-11-22")));
        assert_eq!(solar(Some(2012), 2, 29).of_age_on(), Some(day("2026-03-01")));
        assert_eq!(solar(None, 2, 29).of_age_on(), None);
    }

    #[test]
    fn what_is_no_birthday_is_refused_with_its_part() {
        let today = day("2026-11-22");
        for (birth, field) in [
            (solar(None, 13, 1), Some("month")),
            (solar(None, 4, 31), Some("day")),
            (solar(Some(2025), 2, 29), Some("day")),
            (solar(Some(2026), 11, 23), Some("year")),
            (solar(Some(1899), 1, 1), Some("year")),
            (Birth { leap: true, ..solar(None, 4, 1) }, Some("leap")),
            (Birth { year: Some(2012), ..lunar_birth(4, 1, true) }, Some("leap")),
            (Birth { year: Some(2012), ..lunar_birth(3, 1, true) }, None),
            (solar(None, 2, 29), None),
        ] {
            assert_eq!(birth.fault(today).map(|(field, _)| field), field, "{birth:?}");
        }
    }

    proptest! {
        #[test]
        fn everybody_has_a_birthday_within_thirteen_months(
            lunar in any::<bool>(), month in 1_i8..=12, day in 1_i8..=30, leap in any::<bool>(), today in 0_i64..28_000
        ) {
            let calendar = if lunar { Calendar::Lunar } else { Calendar::Solar };
            let birth = Birth { calendar, year: None, month, day, leap: leap && lunar };
            let today = Day::from_epoch(today);
            if birth.fault(today).is_none() {
                let next = next(&birth, today).unwrap();
                prop_assert!((0..=385 + 30).contains(&next.since(today)), "{birth:?} {today} {next}");
            }
        }
    }
}
