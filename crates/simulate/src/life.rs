//! How long people stay and how often they come.
//!
//! Each person has a pace and a chance to leave after each order, mixed over people by a gamma and a beta distribution:
//! the assumptions of Fader, Hardie and Lee, "Counting your customers the easy way", Marketing Science 24 (2005), so
//! their model finds what it looks for. Two things are added from life: gaps are steadier than the exponential (Erlang-6),
//! and a small core of friends of the house comes every few days and hardly ever leaves.

use crate::{
    Store, basket,
    calendar::Calendar,
    draw::{Draw, Purpose},
};

/// Share of the core.
const CORE: f64 = 0.03;
/// Shape of the pace over people, and the mean number of days between orders at the mean pace.
const PACE_SHAPE: f64 = 1.6;
const MEAN_GAP: f64 = 19.0;
/// Beta parameters of the chance to leave after an order.
const LEAVE: (f64, f64) = (0.75, 4.2);
/// Shape of the gaps of one person: 1 is a Poisson process, more is steadier.
const STEADINESS: f64 = 6.0;
/// Chance that somebody who leaves is only away for a season.
const PAUSE: f64 = 0.09;
/// Chance that the first order in the bad month is the last one, by the room one calls home.
const DRIVEN_OFF: (f64, f64) = (0.28, 0.60);
/// Share of people who were there when the list was begun, and in how many days they were entered.
const FIRST_WAVE: (f64, u32) = (0.22, 45);

/// One person's habits and order days.
pub(crate) struct Life {
    pub(crate) home: Store,
    /// Place on the menu of the usual order.
    pub(crate) favourite: usize,
    /// Chance that an order is made online.
    pub(crate) online: f64,
    /// Days of trade with an order, ascending, never empty, no day twice.
    pub(crate) days: Vec<u32>,
}

struct Pace {
    gap: f64,
    leave: f64,
}

/// Lives through the whole time of trade. `joined` is the day of the first order.
pub(crate) fn life(seed: u64, calendar: &Calendar, person: u32, joined: u32) -> Life {
    let mut draw = Draw::new(seed, Purpose::Life, u64::from(person));
    let home = if draw.chance(0.62) { Store::Yeonnam } else { Store::Mangwon };
    let online = if draw.chance(0.18) { 0.1 + 0.7 * draw.uniform() } else { 0.01 };
    let favourite = basket::favourite(&mut draw);
    let pace = pace(&mut draw);
    let days = order_days(&mut draw, calendar, &pace, home, joined);
    Life { home, favourite, online, days }
}

/// The day of the first order of each person, ascending.
pub(crate) fn arrivals(seed: u64, calendar: &Calendar, people: u32) -> Vec<u32> {
    let mut draw = Draw::new(seed, Purpose::Life, u64::from(u32::MAX));
    let mut days: Vec<u32> = (0..people).map(|_| arrival(&mut draw, calendar)).collect();
    days.sort_unstable();
    days
}

fn arrival(draw: &mut Draw, calendar: &Calendar) -> u32 {
    let (share, span) = FIRST_WAVE;
    let days = if draw.chance(share) { span.min(calendar.days) } else { calendar.days };
    loop {
        let day = draw.below(days);
        if draw.chance(calendar.footfall(day)) {
            return day;
        }
    }
}

fn pace(draw: &mut Draw) -> Pace {
    if draw.chance(CORE) {
        return Pace { gap: 3.0 + 3.0 * draw.uniform(), leave: 0.002 };
    }
    let rate = draw.gamma(PACE_SHAPE) / PACE_SHAPE / MEAN_GAP;
    Pace { gap: 1.0 / rate, leave: draw.beta(LEAVE.0, LEAVE.1) }
}

fn order_days(draw: &mut Draw, calendar: &Calendar, pace: &Pace, home: Store, joined: u32) -> Vec<u32> {
    let (mut day, mut days, mut tested) = (joined, Vec::new(), false);
    while day < calendar.days {
        days.push(day);
        let first_bad = calendar.is_bad(day) && !tested;
        tested |= first_bad;
        if first_bad && draw.chance(driven_off(home)) {
            break;
        }
        let mut gap = pace.gap * draw.gamma(STEADINESS) / STEADINESS;
        if draw.chance(pace.leave) {
            if !draw.chance(PAUSE) {
                break;
            }
            gap += 75.0 + 120.0 * draw.uniform();
        }
        // Longer than the trade: never comes back within it.
        let gap = libm::round(gap).clamp(1.0, f64::from(calendar.days)) as u32;
        day = inviting_day(draw, calendar, day + gap);
    }
    days
}

fn driven_off(home: Store) -> f64 {
    match home {
        Store::Yeonnam => DRIVEN_OFF.0,
        Store::Mangwon => DRIVEN_OFF.1,
    }
}

/// The first day from `day` on that is found inviting.
fn inviting_day(draw: &mut Draw, calendar: &Calendar, mut day: u32) -> u32 {
    while day < calendar.days && !draw.chance(calendar.footfall(day)) {
        day += 1;
    }
    day
}
