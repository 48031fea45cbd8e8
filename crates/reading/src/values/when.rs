//! Dates and times as shops write them, to an instant.
//!
//! Understood: ISO (`2010-12-01 08:26:00`, with `T`, `Z`, `+09:00` or ` -0500`), `20100101`, `2026. 11. 22. 오후 3:05`,
//! `2026년 11월 22일`, `12/1/2010 8:26` in the plan's order, `Nov 22, 2026`, and Excel's day numbers.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// Which part of `12/1/2010` comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 2010-12-01
    Ymd,
    /// 1/12/2010
    Dmy,
    /// 12/1/2010
    Mdy,
}

impl DateOrder {
    /// What people may choose from.
    pub const ALL: [Self; 3] = [Self::Ymd, Self::Dmy, Self::Mdy];

    /// The name used in plans and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ymd => "ymd",
            Self::Dmy => "dmy",
            Self::Mdy => "mdy",
        }
    }

    /// The order of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == name)
    }
}

/// A moment, and whether only its day was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The instant; midnight in the zone when only the day is known.
    pub at: Timestamp,
    /// The source named a day and no time.
    pub day_only: bool,
}

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotADate {
    /// No known form.
    Unreadable,
    /// `1/2/2010` without a known order.
    Ambiguous,
    /// Before 1970 or after 2100.
    OutOfRange,
}

/// Reads a date with an optional separate time cell. Times without an offset of their own are in `zone`.
pub fn when(text: &str, time: &str, order: Option<DateOrder>, zone: &TimeZone) -> Result<When, NotADate> {
    let mut words = Words::new(text);
    let date = read_date(&mut words, order)?;
    let mut clock = read_time(&mut words)?;
    if clock.time.is_none() && !time.trim().is_empty() {
        clock = read_time(&mut Words::new(time))?;
    }
    to_instant(date, clock, zone)
}

/// Does the text look like a date at all? `1/2/2010` does, whatever its order.
pub fn looks_like(text: &str) -> bool {
    let plain_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.len() < 8;
    !plain_number
        && !matches!(when(text, "", None, &TimeZone::UTC), Err(NotADate::Unreadable | NotADate::OutOfRange))
}

/// What the cells of a column say about the order of day, month and year.
///
/// Each cell leaves the orders in which it is a date. A cell that is another date in each of them is *in question*; one
/// order that every cell leaves answers for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct DateLook {
    /// Orders that some cell rules out, a bit each in the order of [`DateOrder::ALL`].
    excluded: u8,
    /// Whether some cell is in question.
    questioned: bool,
}

impl DateLook {
    /// Takes one more cell into account; what is no date, or begins with its year, says nothing.
    pub fn see(&mut self, cell: &str) {
        let Some(parts) = parts(&mut Words::new(cell)).filter(|[first, ..]| first.digits < 3) else { return };
        let days = DateOrder::ALL.map(|order| in_order(parts, order));
        let mut possible = days.iter().flatten();
        let Some(one) = possible.next() else { return };
        self.questioned |= possible.any(|other| other != one);
        for (at, day) in days.iter().enumerate() {
            self.excluded |= u8::from(day.is_none()) << at;
        }
    }

    /// The one order in which every cell is a date.
    pub fn settled(self) -> Option<DateOrder> {
        let mut possible = DateOrder::ALL.into_iter().filter(|order| self.allows(*order));
        possible.next().filter(|_| possible.next().is_none())
    }

    /// Whether every cell is a date in this order.
    pub fn allows(self, order: DateOrder) -> bool {
        self.excluded & (1 << order as u8) == 0
    }

    /// Whether someone has to say the order, because the cells do not.
    pub fn needs_choice(self) -> bool {
        self.questioned && self.settled().is_none()
    }
}

/// An Excel day number (days since 1899-12-30, with the time as the fraction).
fn excel_moment(serial: f64) -> Option<DateTime> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    // Excel stores a time as a fraction of a day; whole seconds are what people typed.
    let seconds = (serial * 86_400.0).round() as i64;
    let epoch = DateTime::new(1899, 12, 30, 0, 0, 0, 0).ok()?;
    epoch.checked_add(SignedDuration::from_secs(seconds)).ok()
}

fn to_instant(date: Parsed, clock: Clock, zone: &TimeZone) -> Result<When, NotADate> {
    let (date, inside) = match date {
        Parsed::Day(date) => (date, None),
        Parsed::Moment(moment) => {
            (moment.date(), Some(moment.time()).filter(|time| *time != Time::midnight()))
        }
    };
    if !(1970..=2100).contains(&date.year()) {
        return Err(NotADate::OutOfRange);
    }
    let time = clock.time.or(inside);
    let civil = date.to_datetime(time.unwrap_or(Time::midnight()));
    let at = match clock.offset {
        Some(offset) => offset.to_timestamp(civil).ok(),
        None => zone.to_timestamp(civil).ok(),
    };
    at.map(|at| When { at, day_only: time.is_none() }).ok_or(NotADate::OutOfRange)
}

enum Parsed {
    Day(Date),
    Moment(DateTime),
}

#[derive(Default)]
struct Clock {
    time: Option<Time>,
    offset: Option<Offset>,
}

/// One number of a date with how many digits it was written with.
#[derive(Debug, Clone, Copy)]
struct Part {
    value: i32,
    digits: usize,
}

fn read_date(words: &mut Words<'_>, order: Option<DateOrder>) -> Result<Parsed, NotADate> {
    if let Some(found) = compact(words) {
        return found;
    }
    let start = words.rest;
    if let Some([first, second, third]) = parts(words) {
        return numbered(first, second, third, order).map(Parsed::Day);
    }
    words.rest = start;
    named_month(words)
}

/// `20100101`, `20100101082600`, `201001010826`, or an Excel day number; these are one run of digits.
fn compact(words: &mut Words<'_>) -> Option<Result<Parsed, NotADate>> {
    let run = words.rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = words.rest.split_at(run);
    match run {
        8 => {
            words.rest = after;
            let day = ymd(number(&digits[..4]), number(&digits[4..6]), number(&digits[6..]));
            Some(day.map(Parsed::Day))
        }
        12 | 14 => {
            words.rest = "";
            Some(compact_moment(digits).ok_or(NotADate::Unreadable))
        }
        5 if after.is_empty() || after.starts_with('.') => {
            let serial = words.rest.trim().parse::<f64>().ok()?;
            words.rest = "";
            Some(excel_moment(serial).map(Parsed::Moment).ok_or(NotADate::Unreadable))
        }
        _ => None,
    }
}

fn compact_moment(digits: &str) -> Option<Parsed> {
    let day = ymd(number(&digits[..4]), number(&digits[4..6]), number(&digits[6..8])).ok()?;
    let seconds = digits.get(12..14).map_or(0, number);
    let small = |value: i32| i8::try_from(value).ok();
    let time = Time::new(small(number(&digits[8..10]))?, small(number(&digits[10..12]))?, small(seconds)?, 0)
        .ok()?;
    Some(Parsed::Moment(day.to_datetime(time)))
}

/// Three numbers with `-`, `/`, `.`, blanks or 년월일 between them.
fn parts(words: &mut Words<'_>) -> Option<[Part; 3]> {
    let first = words.part()?;
    words.separator("-/.년")?;
    let second = words.part()?;
    words.separator("-/.월")?;
    let third = words.part()?;
    words.skip("일.");
    Some([first, second, third])
}

fn numbered(first: Part, second: Part, third: Part, order: Option<DateOrder>) -> Result<Date, NotADate> {
    if first.digits == 4 {
        return ymd(first.value, second.value, third.value);
    }
    let parts = [first, second, third];
    match order {
        _ if first.value > 12 && third.digits == 4 => in_order(parts, DateOrder::Dmy),
        _ if second.value > 12 && third.digits == 4 => in_order(parts, DateOrder::Mdy),
        Some(order) => in_order(parts, order),
        None => return the_only(parts),
    }
    .ok_or(NotADate::Unreadable)
}

fn in_order([first, second, third]: [Part; 3], order: DateOrder) -> Option<Date> {
    let day = match order {
        DateOrder::Ymd => ymd(full_year(first), second.value, third.value),
        DateOrder::Dmy => ymd(full_year(third), second.value, first.value),
        DateOrder::Mdy => ymd(full_year(third), first.value, second.value),
    };
    day.ok().filter(|day| day.year() >= 1000)
}

/// The date that every order in which there is one agrees on: `5/5/2010` is the fifth of May either way.
fn the_only(parts: [Part; 3]) -> Result<Date, NotADate> {
    let mut days = DateOrder::ALL.into_iter().filter_map(|order| in_order(parts, order));
    let one = days.next().ok_or(NotADate::Unreadable)?;
    if days.all(|other| other == one) { Ok(one) } else { Err(NotADate::Ambiguous) }
}

fn full_year(part: Part) -> i32 {
    match part.digits {
        2 if part.value >= 70 => 1900 + part.value,
        2 => 2000 + part.value,
        _ => part.value,
    }
}

fn ymd(year: i32, month: i32, day: i32) -> Result<Date, NotADate> {
    let (Ok(year), Ok(month), Ok(day)) = (i16::try_from(year), i8::try_from(month), i8::try_from(day)) else {
        return Err(NotADate::Unreadable);
    };
    Date::new(year, month, day).map_err(|_| NotADate::Unreadable)
}

/// `Nov 22, 2026` and `22 November 2026`.
fn named_month(words: &mut Words<'_>) -> Result<Parsed, NotADate> {
    let before = words.part();
    let month = words.month().ok_or(NotADate::Unreadable)?;
    let day = match before {
        Some(day) => day,
        None => words.part().ok_or(NotADate::Unreadable)?,
    };
    words.skip(",.");
    let year = words.part().filter(|year| year.digits == 4).ok_or(NotADate::Unreadable)?;
    words.skip(",");
    ymd(year.value, month, day.value).map(Parsed::Day)
}

/// `오후 3:05`, `15:05:59.123`, `3:05 PM`, each with an optional offset.
fn read_time(words: &mut Words<'_>) -> Result<Clock, NotADate> {
    words.weekday();
    words.skip("T,");
    let mut half = words.half_of_day();
    let Some(hour) = words.part() else {
        return if words.is_done() { Ok(Clock::default()) } else { Err(NotADate::Unreadable) };
    };
    words.separator(":시").ok_or(NotADate::Unreadable)?;
    let minute = words.part().map_or(0, |part| part.value);
    words.skip("분");
    let second = if words.separator(":").is_some() {
        words.part().ok_or(NotADate::Unreadable)?.value
    } else {
        words.korean_seconds()
    };
    words.fraction();
    half = half.or_else(|| words.half_of_day());
    let offset = words.offset()?;
    let time = clock_time(hour.value, minute, second, half).ok_or(NotADate::Unreadable)?;
    if words.is_done() { Ok(Clock { time: Some(time), offset }) } else { Err(NotADate::Unreadable) }
}

fn clock_time(hour: i32, minute: i32, second: i32, half: Option<Half>) -> Option<Time> {
    let hour = match half {
        Some(_) if !(0..=12).contains(&hour) => return None,
        Some(Half::Morning) => hour % 12,
        Some(Half::Afternoon) => hour % 12 + 12,
        None => hour,
    };
    // A leap second is the last second of its minute.
    let second = if second == 60 { 59 } else { second };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()
}

#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
}

fn number(digits: &str) -> i32 {
    digits.parse().unwrap_or(-1)
}

/// What is left of the text, read from the front; blanks count for nothing.
struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text.trim() }
    }

    fn is_done(&self) -> bool {
        self.rest.trim_start().is_empty()
    }

    fn part(&mut self) -> Option<Part> {
        let rest = self.rest.trim_start();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=4).contains(&digits) {
            return None;
        }
        self.rest = &rest[digits..];
        Some(Part { value: number(&rest[..digits]), digits })
    }

    fn separator(&mut self, any_of: &str) -> Option<()> {
        let rest = self.rest.trim_start();
        let first = rest.chars().next().filter(|c| any_of.contains(*c))?;
        self.rest = &rest[first.len_utf8()..];
        Some(())
    }

    fn skip(&mut self, any_of: &str) {
        while self.separator(any_of).is_some() {}
    }

    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let head = rest.get(..word.len());
        let found = head.is_some_and(|head| head.eq_ignore_ascii_case(word));
        if found {
            self.rest = &rest[word.len()..];
        }
        found
    }

    /// `(일)`, as lists show it.
    fn weekday(&mut self) {
        let rest = self.rest.trim_start();
        if let Some((inside, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'))
            && inside.chars().count() <= 3
        {
            self.rest = after;
        }
    }

    fn half_of_day(&mut self) -> Option<Half> {
        if self.word("오전") || self.word("AM") || self.word("A.M.") {
            Some(Half::Morning)
        } else if self.word("오후") || self.word("PM") || self.word("P.M.") {
            Some(Half::Afternoon)
        } else {
            None
        }
    }

    fn korean_seconds(&mut self) -> i32 {
        let start = self.rest;
        match self.part() {
            Some(part) if self.separator("초").is_some() => part.value,
            _ => {
                self.rest = start;
                0
            }
        }
    }

    fn fraction(&mut self) {
        if let Some(after) = self.rest.strip_prefix('.') {
            self.rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        }
    }

    fn month(&mut self) -> Option<i32> {
        const MONTHS: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let rest = self.rest.trim_start();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = rest[..letters].to_ascii_lowercase();
        let index = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&word))?;
        self.rest = rest[letters..].trim_start_matches('.');
        i32::try_from(index + 1).ok()
    }

    /// `Z`, `UTC`, `GMT`, `KST`, `+09:00`, `-0500`.
    fn offset(&mut self) -> Result<Option<Offset>, NotADate> {
        if self.word("UTC") || self.word("GMT") || self.word("Z") {
            return Ok(Some(Offset::UTC));
        }
        if self.word("KST") {
            return Ok(Some(Offset::constant(9)));
        }
        let sign = match self.rest.trim_start().chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return Ok(None),
        };
        self.skip("+-");
        let hours = self.part().ok_or(NotADate::Unreadable)?;
        let minutes =
            if self.separator(":").is_some() { self.part().map_or(0, |part| part.value) } else { 0 };
        let seconds = match hours.digits {
            4 => (hours.value / 100 * 60 + hours.value % 100) * 60,
            _ => (hours.value * 60 + minutes) * 60,
        };
        Offset::from_seconds(sign * seconds).map(Some).map_err(|_| NotADate::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seoul() -> TimeZone {
        TimeZone::get("Asia/Seoul").unwrap()
    }

    fn read(text: &str, order: Option<DateOrder>) -> Result<String, NotADate> {
        let when = when(text, "", order, &seoul())?;
        Ok(format!("{}{}", when.at, if when.day_only { " day" } else { "" }))
    }

    #[test]
    fn reads_what_shops_write() {
        for (text, expected) in [
            ("2010-12-01 08:26:00", "2010-11-30T23:26:00Z"),
            ("2010-12-01T08:26:00Z", "2010-12-01T08:26:00Z"),
            ("2010-12-01T08:26:00.123+09:00", "2010-11-30T23:26:00Z"),
            ("2012-01-01 11:13:25 -0500", "2012-01-01T16:13:25Z"),
            ("20100101", "2009-12-31T15:00:00Z day"),
            ("20100101082600", "2009-12-31T23:26:00Z"),
            ("2026. 11. 22. 오후 3:05", "2026-11-22T06:05:00Z"),
            ("2026. 11. 22.(일)", "2026-11-21T15:00:00Z day"),
            ("2026년 11월 22일 오전 12시 5분", "2026-11-21T15:05:00Z"),
            ("2026/11/22 3:05 PM", "2026-11-22T06:05:00Z"),
            ("Nov 22, 2026", "2026-11-21T15:00:00Z day"),
            ("22 November 2026 15:05", "2026-11-22T06:05:00Z"),
            ("13/12/2010 8:26", "2010-12-12T23:26:00Z"),
            ("40513.351388889", "2010-12-01T08:26:00+09:00"),
            ("40513", "2010-11-30T15:00:00Z day"),
        ] {
            let expected = expected.replace("2010-12-01T08:26:00+09:00", "2010-11-30T23:26:00Z");
            assert_eq!(read(text, None), Ok(expected), "{text}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_the_plans() {
        assert_eq!(read("12/1/2010 8:26", Some(DateOrder::Mdy)).unwrap(), "2010-11-30T23:26:00Z");
        assert_eq!(read("12/1/2010 8:26", Some(DateOrder::Dmy)).unwrap(), "2010-01-11T23:26:00Z");
        assert_eq!(read("12/1/2010 8:26", None), Err(NotADate::Ambiguous));
        assert_eq!(read("11/22/26", Some(DateOrder::Mdy)).unwrap(), "2026-11-21T15:00:00Z day");
        assert_eq!(read("5/5/2010", None).unwrap(), "2010-05-04T15:00:00Z day");
    }

    fn look(cells: &[&str]) -> DateLook {
        let mut look = DateLook::default();
        cells.iter().for_each(|cell| look.see(cell));
        look
    }

    #[test]
    fn a_column_settles_its_order_when_only_one_fits_every_cell() {
        for (cells, settled) in [
            (&["1/2/2010", "3/13/2010"][..], Some(DateOrder::Mdy)),
            (&["1/2/2010", "13/3/2010"], Some(DateOrder::Dmy)),
            (&["1/2/2010"], None),
            (&["1/2/2010", "13/3/2010", "3/13/2010"], None),
            (&["26.11.02", "26.11.22"], None),
            (&["26.11.02", "26.11.22", "70.01.31", "99.12.31"], Some(DateOrder::Ymd)),
            (&["02.11.26", "13.11.26", "31.11.26"], Some(DateOrder::Ymd)),
            (&["", "free", "4/5/2010", "2010-13-01", "25/4/2010 8:26"], Some(DateOrder::Dmy)),
        ] {
            let look = look(cells);
            assert_eq!(look.settled(), settled, "{cells:?}");
            assert_eq!(look.needs_choice(), settled.is_none(), "{cells:?}");
        }
        for clear in [&["2010-12-01", "2010-01-12"][..], &["5/5/2010"], &["Nov 2, 2026"], &[]] {
            assert!(!look(clear).needs_choice(), "{clear:?}");
        }
        assert!(!look(&["1/2/2010"]).allows(DateOrder::Ymd), "no day is the 2010th");
        assert!(look(&["1/2/2010"]).allows(DateOrder::Mdy));
    }

    #[test]
    fn a_time_may_stand_in_its_own_cell() {
        let at = when("2026-11-22", "15:05:00", None, &seoul()).unwrap();
        assert_eq!((at.at.to_string().as_str(), at.day_only), ("2026-11-22T06:05:00Z", false));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in
            ["", "abc", "2010-13-01", "2010-02-30", "2010-12-01 25:00", "12", "2010-12-01 x", "1234567890"]
        {
            assert_eq!(read(text, Some(DateOrder::Ymd)), Err(NotADate::Unreadable), "{text}");
        }
        for text in ["1969-12-31", "2101-01-01", "0001-01-01", "9999-12-31"] {
            assert_eq!(read(text, None), Err(NotADate::OutOfRange), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*", time in "\\PC*") {
            let _ = when(&text, &time, None, &TimeZone::UTC);
        }

        #[test]
        fn never_panics_on_dates_like(text in "[0-9]{1,14}[-/. T년]?[0-9]{0,4}[-/. 월]?[0-9.]{0,4}[ 오후:0-9+Z-]{0,12}") {
            let _ = when(&text, "", Some(DateOrder::Dmy), &TimeZone::UTC);
        }

        #[test]
        fn iso_is_read_back(seconds in 0i64..4_000_000_000) {
            let at = Timestamp::from_second(seconds).unwrap();
            prop_assert_eq!(when(&at.to_string(), "", None, &TimeZone::UTC).unwrap().at, at);
        }
    }
}
