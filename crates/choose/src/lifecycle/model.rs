//! The rules of the life cycle: from order days to a state, pure and cheap enough to run over everyone.
//!
//! Invariants:
//! - A state follows from the order days up to the day, the company's interval and the settings alone, so it can be
//!   asked of any day and the order in which orders arrived does not matter.
//! - Between two orders a state changes only on one of four days, which [`Stand::turns`] lists.

use super::settings::StateSettings;
use kernel::Day;
use know::facts::OWN_INTERVAL_DAYS;
use serde::{Deserialize, Serialize};

/// Where someone stands in their life as a customer.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// No order yet.
    Prospect,
    /// One order day, at most one usual interval ago.
    New,
    /// Ordered not much longer ago than usual.
    Active,
    /// Active, with enough order days in the window.
    Regular,
    /// Stays away clearly longer than usual.
    Dormant,
    /// Stays away so long that a return is unlikely.
    Lost,
    /// Back after being dormant or lost, for one usual interval.
    Returned,
}

impl State {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 7] =
        [Self::Prospect, Self::New, Self::Active, Self::Regular, Self::Dormant, Self::Lost, Self::Returned];

    /// The text in the column and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Prospect => "prospect",
            Self::New => "new",
            Self::Active => "active",
            Self::Regular => "regular",
            Self::Dormant => "dormant",
            Self::Lost => "lost",
            Self::Returned => "returned",
        }
    }

    /// Whether someone in this state counts among the customers the company has.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::New | Self::Active | Self::Regular | Self::Returned)
    }
}

/// What [`judge`] says of a party.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The state.
    pub state: State,
    /// The first day of the unbroken time in this state; none for prospects.
    pub since: Option<Day>,
    /// The next day on which the state changes if nothing is ordered, or on which an order lies that is dated ahead.
    pub changes_at: Option<Day>,
    /// The usual interval in days, the party's own or the company's.
    pub interval: Option<f64>,
    /// The first day on which the party is later than usual.
    pub late_from: Option<Day>,
    /// The first day on which there are too few order days in the window for a regular, were nothing ordered. Where it
    /// lies after the last order they were a regular then, whatever has become of them since.
    pub regular_until: Option<Day>,
}

/// The state on the day `on`, of someone with these order days (ascending, each once); days after `on` are left out.
pub fn state_on(days: &[Day], on: Day, company: Option<f64>, settings: &StateSettings) -> State {
    let days = until(days, on);
    Stand::of(days, &mut Gaps::of(days), company, settings).map_or(State::Prospect, |stand| stand.state(on))
}

/// Whether the state on the day `on` [`State::is_live`], without finding out which it is.
///
/// `active_until` is at least one interval, so everyone who is neither dormant nor lost is live.
pub fn is_live(days: &[Day], on: Day, company: Option<f64>, settings: &StateSettings) -> bool {
    let days = until(days, on);
    let Some(last) = days.last() else { return false };
    let since = on.since(*last);
    let within = |interval: f64| days_f64(since) <= settings.active_until * interval;
    if within(settings.min_interval()) {
        return true;
    }
    // The median cannot pass the longest gap, which is cheaper to find.
    let longest = days.windows(2).map(|pair| pair[1].since(pair[0])).max().unwrap_or_default();
    if days.len() >= OWN_INTERVAL_DAYS && !within(days_f64(longest)) {
        return false;
    }
    Gaps::of(days).interval(days.len(), company, settings).is_none_or(within)
}

/// The state on the day `on` with its borders; the days as for [`state_on`].
///
/// The company's interval is taken to have been the same all the time, so `since` tells of the past by present
/// standards.
pub fn judge(days: &[Day], on: Day, company: Option<f64>, settings: &StateSettings) -> Judged {
    let (past, ahead) = days.split_at(until(days, on).len());
    let mut gaps = Gaps::of(past);
    let Some(stand) = Stand::of(past, &mut gaps, company, settings) else {
        let (changes_at, interval) = (ahead.first().copied(), gaps.interval(0, company, settings));
        let state = State::Prospect;
        return Judged { state, since: None, changes_at, interval, late_from: None, regular_until: None };
    };
    Judged {
        state: stand.state(on),
        since: Some(since(past, stand, gaps, on, company, settings)),
        changes_at: [stand.next_change(on), ahead.first().copied()].into_iter().flatten().min(),
        interval: stand.interval,
        late_from: stand.past(1.0),
        regular_until: stand.regular_until,
    }
}

/// Goes back from order to order while the state was the same.
fn since(
    mut days: &[Day],
    mut stand: Stand,
    mut gaps: Gaps,
    on: Day,
    company: Option<f64>,
    settings: &StateSettings,
) -> Day {
    let state = stand.state(on);
    let mut until = on;
    loop {
        if let Some(turn) = stand.last_change(until) {
            return turn;
        }
        let began = stand.last;
        days = &days[..days.len() - 1];
        until = began.plus(-1);
        match Stand::of(days, &mut gaps, company, settings) {
            Some(before) if before.state(until) == state => stand = before,
            _ => return began,
        }
    }
}

fn until(days: &[Day], on: Day) -> &[Day] {
    &days[..days.partition_point(|day| *day <= on)]
}

/// Days are far below 2^52, so this is exact.
fn days_f64(days: i64) -> f64 {
    days as f64
}

/// What a state follows from after the last order, whatever the day.
#[derive(Debug, Clone, Copy)]
struct Stand {
    last: Day,
    first_order: bool,
    interval: Option<f64>,
    came_back: bool,
    /// The first day on which there are too few order days in the window.
    regular_until: Option<Day>,
    active_until: f64,
    lost_after: f64,
}

impl Stand {
    /// The stand after the last of `days`. Takes the last gap out of `gaps`, which are then those of the days before.
    fn of(days: &[Day], gaps: &mut Gaps, company: Option<f64>, settings: &StateSettings) -> Option<Self> {
        let (last, before) = days.split_last()?;
        let interval = gaps.interval(days.len(), company, settings);
        let came_back = before.last().is_some_and(|previous| {
            let gap = last.since(*previous);
            gaps.take(gap);
            let former = gaps.interval(before.len(), company, settings);
            former.is_some_and(|former| days_f64(gap) > settings.active_until * former)
        });
        let regular_until =
            days.len().checked_sub(settings.regular_orders()).and_then(|oldest| days.get(oldest));
        Some(Self {
            last: *last,
            first_order: before.is_empty(),
            interval,
            came_back,
            regular_until: regular_until.map(|oldest| oldest.plus(settings.regular_days)),
            active_until: settings.active_until,
            lost_after: settings.lost_after,
        })
    }

    /// The first day that lies more than `times` intervals after the last order.
    fn past(&self, times: f64) -> Option<Day> {
        // Products of small positive numbers: the cast is exact after flooring.
        self.interval.map(|interval| self.last.plus((times * interval).floor() as i64 + 1))
    }

    fn state(&self, on: Day) -> State {
        let beyond = |times: f64| self.past(times).is_some_and(|day| on >= day);
        match () {
            () if self.first_order && !beyond(1.0) => State::New,
            () if beyond(self.lost_after) => State::Lost,
            () if beyond(self.active_until) => State::Dormant,
            () if self.came_back && !beyond(1.0) => State::Returned,
            () if self.regular_until.is_some_and(|day| on < day) => State::Regular,
            () => State::Active,
        }
    }

    /// The days on which the state can change, ascending.
    fn turns(&self) -> impl DoubleEndedIterator<Item = Day> {
        let mut turns =
            [self.past(1.0), self.past(self.active_until), self.past(self.lost_after), self.regular_until];
        turns.sort_unstable();
        turns.into_iter().flatten()
    }

    fn changes_on(&self, day: Day) -> bool {
        day > self.last && self.state(day) != self.state(day.plus(-1))
    }

    fn next_change(&self, after: Day) -> Option<Day> {
        self.turns().find(|day| *day > after && self.changes_on(*day))
    }

    fn last_change(&self, until: Day) -> Option<Day> {
        self.turns().rev().find(|day| *day <= until && self.changes_on(*day))
    }
}

/// The gaps between order days, ascending, for their median.
struct Gaps(Vec<i64>);

impl Gaps {
    fn of(days: &[Day]) -> Self {
        let mut gaps: Vec<i64> = days.windows(2).map(|pair| pair[1].since(pair[0])).collect();
        gaps.sort_unstable();
        Self(gaps)
    }

    fn take(&mut self, gap: i64) {
        if let Ok(place) = self.0.binary_search(&gap) {
            self.0.remove(place);
        }
    }

    /// The usual interval of someone with so many order days: their own median gap, or the company's.
    fn interval(&self, days: usize, company: Option<f64>, settings: &StateSettings) -> Option<f64> {
        let own = || {
            let (low, high) =
                (self.0.get((self.0.len().checked_sub(1)?) / 2)?, self.0.get(self.0.len() / 2)?);
            Some(days_f64(low + high) / 2.0)
        };
        let interval = if days < OWN_INTERVAL_DAYS { company } else { own() };
        interval.map(|interval| interval.max(settings.min_interval()))
    }
}
