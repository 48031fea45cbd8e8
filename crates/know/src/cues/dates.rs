//! Days in running text, Korean and English: "2월 10일", "다음 주 금요일", "내일", "3 May", "in two weeks".
//!
//! A day without a year is the next one that comes, today among them; "지난" and "last" ask for the one before. A week
//! begins on Monday. What could be two days (5/6 in an English text) is no day.

use jiff::civil::Date;
use kernel::{Day, Month};
use regex::{Captures, Regex};
use std::ops::Range;
use std::sync::LazyLock;

/// A day that a text speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// Which day; none where the text speaks of the lunar calendar.
    pub day: Option<Day>,
}

/// How far away a number of days, weeks, months or years may be; more is not meant as a day.
const MOST_AWAY: i64 = 1_000;
/// Years looked through for the next 29 February.
const LEAP_YEARS: i16 = 8;

type Reader = fn(&Captures<'_>, Day) -> Option<Day>;

/// The forms, the longest first: what one has read no other reads again.
static FORMS: LazyLock<Vec<(Regex, Reader)>> = LazyLock::new(|| {
    let forms: [(&str, Reader); 17] = [
        (r"(\d{4})\s*[년.\-/]\s*(\d{1,2})\s*[월.\-/]\s*(\d{1,2})(?:\s*일)?", full),
        (r"(올해|내년|작년|지난|지난해)?\s*(\d{1,2})\s*월\s*(\d{1,2})\s*일", month_day),
        (r"(이번|다다음|다음|지난)\s*달\s*(\d{1,2})\s*일", day_of_near_month),
        (r"(이번|다다음|다음|지난|저번)\s*주\s*([월화수목금토일])요일", week_day),
        (r"(이번|다다음|다음|지난|저번)\s*주\s*말", weekend),
        (r"(\d{1,3}|한|두|세|네|일)\s*(일|주일|주|달|개월|년)\s*(?:뒤|후|있다가)", away),
        (r"(사흘|나흘|닷새|열흘|보름)\s*(?:뒤|후|있다가)", named_away),
        (r"(내일\s*모레|오늘|내일|모레|글피|어제|그저께|그제)", near),
        (
            r"(?i)\b(\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:,?\s+(\d{4}))?\b",
            day_month,
        ),
        (
            r"(?i)\b(january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(\d{4}))?",
            month_then_day,
        ),
        (r"(?i)\b(day after tomorrow|today|tonight|tomorrow|yesterday)\b", near),
        (
            r"(?i)\b(?:(next|this|last|coming)\s+)?(monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
            english_week_day,
        ),
        (r"(?i)\bin\s+(\d{1,3}|a|an|one|two|three|four|five|six)\s+(day|week|month|year)s?\b", away),
        (r"(?i)\b(this|next|last)\s+(week|month|weekend)\b", english_near),
        (r"([월화수목금토일])요일", coming_day),
        (r"(이번|다다음|다음)\s*(주|달)", near_period),
        (r"(?:^|[^\d월])(\d{1,2})\s*일(?:$|[^\d가-힣]|에|이|은|날|까지|\s)", day_alone),
    ];
    forms.map(|(form, reader)| (Regex::new(form).expect("a test reads every form"), reader)).into()
});

/// `2/10`.
static SLASHED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[^\d/])(\d{1,2})/(\d{1,2})(?:$|[^\d/])").expect("a test reads it"));

/// How long something takes, which is no day.
static SPANS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d{1,3}\s*(?:일|주|달|개월|년)\s*(?:동안|간|째|마다|만에|이내)").expect("a test reads it")
});

/// The days that `text` speaks of, in their order.
pub fn mentions(text: &str, today: Day) -> Vec<Mention> {
    let text = SPANS.replace_all(text, |found: &Captures<'_>| "\u{1}".repeat(found[0].len()));
    let text = text.as_ref();
    let (mut found, mut taken): (Vec<Mention>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
    let korean = text.chars().any(|letter| ('가'..='힣').contains(&letter));
    let slashes: (&Regex, Reader) = (&SLASHED, if korean { month_slash_day } else { slashed });
    for (form, reader) in FORMS.iter().map(|(form, reader)| (form, *reader)).chain([slashes]) {
        for captures in form.captures_iter(text) {
            let at = captures.get(0).expect("the whole match is there").range();
            if taken.iter().any(|other| other.start < at.end && at.start < other.end) {
                continue;
            }
            // What looks like a day and is none, the 30th of February, is not read as another one either.
            taken.push(at.clone());
            let lunar = text[..at.start].trim_end().ends_with("음력");
            if let Some(day) = reader(&captures, today) {
                found.push(Mention { at, day: (!lunar).then_some(day) });
            }
        }
    }
    found.sort_by_key(|mention| mention.at.start);
    found
}

/// The next day with this month and day, `from` among them; 29 February is the 28th where there is none.
pub fn next_yearly(anchor: Day, from: Day) -> Day {
    let (month, day) = (anchor.date().month(), anchor.date().day());
    let in_year = |year: i16| {
        Date::new(year, month, day).or_else(|_| Date::new(year, month, 28)).map(Day::from).unwrap_or(from)
    };
    let year = from.date().year();
    let this = in_year(year);
    if this >= from { this } else { in_year(year + 1) }
}

fn number(captures: &Captures<'_>, at: usize) -> Option<i64> {
    captures.get(at)?.as_str().parse().ok()
}

fn word<'t>(captures: &Captures<'t>, at: usize) -> &'t str {
    captures.get(at).map_or("", |found| found.as_str())
}

fn of_year(year: i64, month: i64, day: i64) -> Option<Day> {
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    date.ok().map(Day::from)
}

fn year_of(day: Day) -> i64 {
    i64::from(day.date().year())
}

/// The first such day from `today` on.
fn coming(month: i64, day: i64, today: Day) -> Option<Day> {
    let years = year_of(today)..=year_of(today) + i64::from(LEAP_YEARS);
    years.filter_map(|year| of_year(year, month, day)).find(|found| *found >= today)
}

/// The last such day before `today`.
fn gone(month: i64, day: i64, today: Day) -> Option<Day> {
    let years = (year_of(today) - i64::from(LEAP_YEARS)..=year_of(today)).rev();
    years.filter_map(|year| of_year(year, month, day)).find(|found| *found < today)
}

fn full(captures: &Captures<'_>, _: Day) -> Option<Day> {
    of_year(number(captures, 1)?, number(captures, 2)?, number(captures, 3)?)
}

fn month_day(captures: &Captures<'_>, today: Day) -> Option<Day> {
    let (month, day) = (number(captures, 2)?, number(captures, 3)?);
    match word(captures, 1) {
        "올해" => of_year(year_of(today), month, day),
        "내년" => of_year(year_of(today) + 1, month, day),
        "작년" | "지난해" => of_year(year_of(today) - 1, month, day),
        "지난" => gone(month, day, today),
        _ => coming(month, day, today),
    }
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn month_named(name: &str) -> Option<i64> {
    let name = name.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| name.starts_with(month))?;
    i64::try_from(at + 1).ok()
}

fn english_date(day: i64, month: &str, year: Option<i64>, today: Day) -> Option<Day> {
    let month = month_named(month)?;
    year.map_or_else(|| coming(month, day, today), |year| of_year(year, month, day))
}

fn day_month(captures: &Captures<'_>, today: Day) -> Option<Day> {
    english_date(number(captures, 1)?, word(captures, 2), number(captures, 3), today)
}

fn month_then_day(captures: &Captures<'_>, today: Day) -> Option<Day> {
    english_date(number(captures, 2)?, word(captures, 1), number(captures, 3), today)
}

/// How many months from this one: `이번`, `다음`, `다다음`, `지난`.
fn periods(word: &str) -> i64 {
    match word.to_lowercase().as_str() {
        "다음" | "next" => 1,
        "다다음" => 2,
        "지난" | "저번" | "last" => -1,
        _ => 0,
    }
}

fn day_of_near_month(captures: &Captures<'_>, today: Day) -> Option<Day> {
    let month = today.month().plus(periods(word(captures, 1)));
    day_in(month, number(captures, 2)?)
}

fn day_in(month: Month, day: i64) -> Option<Day> {
    let found = month.first_day().plus(day - 1);
    ((1..=31).contains(&day) && found.month() == month).then_some(found)
}

/// Days since Monday: 월 is 0.
fn since_monday(day: Day) -> i64 {
    i64::from(day.date().weekday().to_monday_zero_offset())
}

fn in_week(today: Day, weeks: i64, offset: i64) -> Day {
    today.plus(7 * weeks - since_monday(today) + offset)
}

fn korean_weekday(word: &str) -> Option<i64> {
    let at = "월화수목금토일".chars().position(|letter| word.starts_with(letter))?;
    i64::try_from(at).ok()
}

fn week_day(captures: &Captures<'_>, today: Day) -> Option<Day> {
    Some(in_week(today, periods(word(captures, 1)), korean_weekday(word(captures, 2))?))
}

/// Saturday of the week.
fn weekend(captures: &Captures<'_>, today: Day) -> Option<Day> {
    Some(in_week(today, periods(word(captures, 1)), SATURDAY))
}

/// Days from Monday to Saturday.
const SATURDAY: i64 = 5;

/// The next such day after today: of today one says "today".
fn next_weekday(offset: i64, today: Day) -> Day {
    today.plus((offset - since_monday(today) - 1).rem_euclid(7) + 1)
}

fn coming_day(captures: &Captures<'_>, today: Day) -> Option<Day> {
    Some(next_weekday(korean_weekday(word(captures, 1))?, today))
}

fn english_week_day(captures: &Captures<'_>, today: Day) -> Option<Day> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let name = word(captures, 2).to_ascii_lowercase();
    let offset = i64::try_from(DAYS.iter().position(|day| *day == name)?).ok()?;
    match word(captures, 1).to_ascii_lowercase().as_str() {
        "next" => Some(in_week(today, 1, offset)),
        "last" => Some(in_week(today, -1, offset)),
        _ => Some(next_weekday(offset, today)),
    }
}

fn count(word: &str) -> Option<i64> {
    let named = match word.to_lowercase().as_str() {
        "한" | "일" | "a" | "an" | "one" => 1,
        "두" | "two" => 2,
        "세" | "three" => 3,
        "네" | "four" => 4,
        "five" => 5,
        "six" => 6,
        digits => return digits.parse().ok().filter(|count| (1..=MOST_AWAY).contains(count)),
    };
    Some(named)
}

fn away(captures: &Captures<'_>, today: Day) -> Option<Day> {
    let count = count(word(captures, 1))?;
    match word(captures, 2).to_lowercase().as_str() {
        "일" | "day" => Some(today.plus(count)),
        "주" | "주일" | "week" => Some(today.plus(7 * count)),
        "달" | "개월" | "month" => months_later(today, count),
        _ => months_later(today, 12 * count),
    }
}

/// The same day some months later, or the last of that month.
fn months_later(today: Day, months: i64) -> Option<Day> {
    let month = today.month().plus(months);
    Some(day_in(month, i64::from(today.date().day())).unwrap_or_else(|| month.last_day()))
}

fn named_away(captures: &Captures<'_>, today: Day) -> Option<Day> {
    let days = match word(captures, 1) {
        "사흘" => 3,
        "나흘" => 4,
        "닷새" => 5,
        "열흘" => 10,
        _ => 15,
    };
    Some(today.plus(days))
}

fn near(captures: &Captures<'_>, today: Day) -> Option<Day> {
    let named: String = word(captures, 1).to_lowercase().split_whitespace().collect();
    let days = match named.as_str() {
        "내일" | "tomorrow" => 1,
        "모레" | "내일모레" | "dayaftertomorrow" => 2,
        "글피" => 3,
        "어제" | "yesterday" => -1,
        "그제" | "그저께" => -2,
        _ => 0,
    };
    Some(today.plus(days))
}

fn english_near(captures: &Captures<'_>, today: Day) -> Option<Day> {
    let by = periods(word(captures, 1));
    match word(captures, 2).to_ascii_lowercase().as_str() {
        "weekend" => Some(in_week(today, by, SATURDAY)),
        _ if by < 1 => None,
        "week" => Some(in_week(today, by, 0)),
        _ => Some(today.month().plus(by).first_day()),
    }
}

fn near_period(captures: &Captures<'_>, today: Day) -> Option<Day> {
    let by = periods(word(captures, 1));
    match word(captures, 2) {
        _ if by == 0 => None,
        "주" => Some(in_week(today, by, 0)),
        _ => Some(today.month().plus(by).first_day()),
    }
}

/// `2/10` in a Korean text: the month comes first.
fn month_slash_day(captures: &Captures<'_>, today: Day) -> Option<Day> {
    coming(number(captures, 1)?, number(captures, 2)?, today)
}

/// `25/12` elsewhere: a day only where one of the two cannot be a month.
fn slashed(captures: &Captures<'_>, today: Day) -> Option<Day> {
    let (one, other) = (number(captures, 1)?, number(captures, 2)?);
    match (one > 12, other > 12) {
        (true, false) => coming(other, one, today),
        (false, true) => coming(one, other, today),
        _ => None,
    }
}

fn day_alone(captures: &Captures<'_>, today: Day) -> Option<Day> {
    let day = number(captures, 1)?;
    day_in(today.month(), day).filter(|found| *found >= today).or_else(|| day_in(today.month().plus(1), day))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    const TODAY: &str = "2026-11-25";

    fn days(text: &str) -> Vec<String> {
        let found = mentions(text, TODAY.parse().unwrap());
        found.iter().map(|mention| mention.day.map_or("lunar".into(), |day| day.to_string())).collect()
    }

    #[test]
    fn korean_days_are_read() {
        for (text, expected) in [
            ("아들 졸업식 2월 10일", "2027-02-10"),
            ("내일 생일", "2026-11-26"),
            ("다음 주 금요일 이사", "2026-12-04"),
            ("이번주 금요일", "2026-11-27"),
            ("금요일에 오신대요", "2026-11-27"),
            ("수요일에 오신대요", "2026-12-02"),
            ("2027년 3월 1일 결혼", "2027-03-01"),
            ("2026.12.24 예약", "2026-12-24"),
            ("내년 1월 5일", "2027-01-05"),
            ("11월 25일", "2026-11-25"),
            ("지난 11월 3일", "2026-11-03"),
            ("다음 달 3일 이사", "2026-12-03"),
            ("3일 뒤에 전화", "2026-11-28"),
            ("두 주 뒤", "2026-12-09"),
            ("일주일 뒤", "2026-12-02"),
            ("한 달 뒤", "2026-12-25"),
            ("열흘 뒤", "2026-12-05"),
            ("모레", "2026-11-27"),
            ("내일모레", "2026-11-27"),
            ("이번 주말", "2026-11-28"),
            ("다음 주에 이사", "2026-11-30"),
            ("생일 12/24", "2026-12-24"),
            ("생일 1/5", "2027-01-05"),
            ("생일이 음력 3월 5일", "lunar"),
            ("30일에 오심", "2026-11-30"),
            ("2월 29일", "2028-02-29"),
        ] {
            assert_eq!(days(text), [expected], "{text}");
        }
    }

    #[test]
    fn english_days_are_read() {
        for (text, expected) in [
            ("wedding on 3 May", "2027-05-03"),
            ("Wedding on May 3rd", "2027-05-03"),
            ("3rd of May, 2028", "2028-05-03"),
            ("Dec 24, 2026", "2026-12-24"),
            ("birthday tomorrow", "2026-11-26"),
            ("the day after tomorrow", "2026-11-27"),
            ("moving next Friday", "2026-12-04"),
            ("on Friday", "2026-11-27"),
            ("in 2 weeks", "2026-12-09"),
            ("in a month", "2026-12-25"),
            ("next week", "2026-11-30"),
            ("this weekend", "2026-11-28"),
            ("on 25/12", "2026-12-25"),
            ("2027-05-03", "2027-05-03"),
        ] {
            assert_eq!(days(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_no_day_or_could_be_two_is_none() {
        for text in [
            "3개 샀음",
            "13월 2일",
            "2월 30일",
            "may I have 3",
            "5/6 on the form",
            "12일째 안 오심",
            "1/2 size",
            "",
        ] {
            assert_eq!(days(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_yearly_day_comes_again_and_29_february_with_it() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(next_yearly(day("2020-02-10"), day("2026-02-10")), day("2026-02-10"));
        assert_eq!(next_yearly(day("2020-02-10"), day("2026-02-11")), day("2027-02-10"));
        assert_eq!(next_yearly(day("2024-02-29"), day("2026-11-25")), day("2027-02-28"));
        assert_eq!(next_yearly(day("2024-02-29"), day("2028-01-01")), day("2028-02-29"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*", day in 0_i64..40_000) {
            for mention in mentions(&text, Day::from_epoch(day)) {
                let _ = &text[mention.at];
            }
        }
    }
}
