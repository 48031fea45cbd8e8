//! When people come: seasons, weekdays, hours, and the month that went wrong.
//!
//! Days are counted from the first day of trade. Korea has kept +09:00 since 1988, so a fixed offset is exact and no
//! time-zone database is asked.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::Offset,
};

use crate::{Channel, Settings, Store, draw::Draw};

/// Relative trade by calendar month: a strong summer and December, a weak February.
const SEASON: [f64; 12] = [0.84, 0.80, 0.92, 0.96, 1.0, 1.0, 0.98, 0.94, 0.92, 0.94, 0.92, 1.0];
/// Relative trade from Monday to Sunday.
const WEEK: [f64; 7] = [0.74, 0.76, 0.78, 0.80, 0.92, 1.0, 0.90];
/// Relative trade over the counter by hour from 8:00 to 20:59: on the way to work, after lunch, mid-afternoon.
const HOURS: [f64; 13] = [9.0, 8.0, 4.0, 5.0, 10.0, 9.0, 6.0, 8.0, 7.0, 5.0, 5.0, 4.0, 2.0];
/// On weekends nobody is on the way to work, and the door opens at nine.
const WEEKEND_HOURS: [f64; 13] = [0.0, 2.0, 5.0, 7.0, 8.0, 9.0, 10.0, 10.0, 8.0, 6.0, 5.0, 4.0, 2.0];
/// Days of the bad month during which the Mangwon room is being renovated.
const RENOVATION_DAYS: i8 = 14;

/// The days of trade.
pub(crate) struct Calendar {
    first: Date,
    /// How many days there are.
    pub(crate) days: u32,
    bad_month: Option<Date>,
}

impl Calendar {
    pub(crate) fn new(settings: &Settings) -> Self {
        let first = settings.today.saturating_sub(i64::from(settings.days).days());
        let bad_month = settings
            .bad_month
            .map(|nth| first.first_of_month().saturating_add((i64::from(nth) - 1).months()));
        Calendar { first, days: settings.days, bad_month }
    }

    /// The date of the `day`-th day of trade.
    pub(crate) fn date(&self, day: u32) -> Date {
        self.first.saturating_add(i64::from(day).days())
    }

    /// Whether the day lies in the month that went wrong.
    pub(crate) fn is_bad(&self, day: u32) -> bool {
        self.bad_month == Some(self.date(day).first_of_month())
    }

    /// Whether the day lies in that month or after it.
    pub(crate) fn bad_has_begun(&self, day: u32) -> bool {
        self.bad_month.is_some_and(|month| self.date(day) >= month)
    }

    /// How inviting a day is, in (0, 1].
    pub(crate) fn footfall(&self, day: u32) -> f64 {
        let date = self.date(day);
        let weekday = date.weekday().to_monday_zero_offset();
        let bad = if self.is_bad(day) { 0.85 } else { 1.0 };
        SEASON[usize::from(date.month().unsigned_abs()) - 1] * WEEK[usize::from(weekday.unsigned_abs())] * bad
    }

    /// Whether the door of a room is open on a day.
    pub(crate) fn is_open(&self, store: Store, day: u32) -> bool {
        match store {
            Store::Yeonnam => true,
            Store::Mangwon => {
                let date = self.date(day);
                let renovating = self.is_bad(day) && date.day() <= RENOVATION_DAYS;
                date.weekday() != Weekday::Monday && !renovating
            }
        }
    }

    /// An instant of the day at which one could have bought through `channel`.
    pub(crate) fn instant(&self, draw: &mut Draw, channel: Channel, day: u32) -> Timestamp {
        let date = self.date(day);
        let hour = match channel {
            Channel::Online => 7 + draw.below(17),
            Channel::Store => 8 + draw.weighted(hours(date).iter().copied()) as u32,
        };
        let second = hour * 3_600 + draw.below(3_600);
        midnight(date).saturating_add(i64::from(second).seconds()).expect("a span of seconds is exact")
    }

    /// First days of the calendar months that have ended.
    pub(crate) fn whole_months(&self) -> impl Iterator<Item = Date> {
        let end = self.date(self.days);
        let month = |n: i64| self.first.first_of_month().saturating_add(n.months());
        (0..).map(month).take_while(move |month| month.last_of_month() < end)
    }
}

fn hours(date: Date) -> &'static [f64; 13] {
    match date.weekday() {
        Weekday::Saturday | Weekday::Sunday => &WEEKEND_HOURS,
        _ => &HOURS,
    }
}

/// The instant at which a day begins in Seoul.
pub(crate) fn midnight(date: Date) -> Timestamp {
    Offset::constant(9)
        .to_timestamp(date.at(0, 0, 0, 0))
        .expect("dates of a simulation lie far inside the range")
}

/// The day in Seoul at an instant.
pub(crate) fn local_day(at: Timestamp) -> Date {
    Offset::constant(9).to_datetime(at).date()
}
