//! The leak, pure: from order days to who entered and who left in each month.
//!
//! Invariants:
//! - A month end is judged with the orders up to that day alone, and with that day's company interval: the median of
//!   all gaps of all people up to it.
//! - level = opening + inflow − outflow, and the level of a month is the opening of the next.
//! - The order of the people and the number of threads change nothing.

use super::cause::{Cause, Causes};
use crate::population::{PartyId, Person, Population};
use choose::lifecycle::{StateSettings, is_live};
use kernel::{Day, Month};
use know::facts::{Gaps, median};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Months looked at. With the opening of the first they fit a mask of 32 bits.
pub const MONTHS: i64 = 24;

/// What flowed in a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LeakMonth {
    /// The month.
    #[schema(value_type = String)]
    pub month: Month,
    /// Live customers at the end of the month before.
    pub opening: i64,
    /// People who are live at its end and were not at its opening.
    pub inflow: i64,
    /// People who were live at its opening and are not at its end.
    pub outflow: i64,
    /// Live customers at its end.
    pub level: i64,
    /// Outflow over opening; none when there was nobody to lose.
    pub loss_rate: Option<f64>,
    /// Why people left, the most frequent first.
    pub reasons: Vec<ReasonCount>,
}

/// How many left for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReasonCount {
    /// Its code; `unknown` until someone records one or behaviour suggests one.
    pub reason: String,
    /// Whether it is a guess from behaviour.
    pub inferred: bool,
    /// Whether better work could have kept them.
    pub avoidable: bool,
    /// How many people.
    pub count: i64,
}

/// Which way somebody moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Entered the set of live customers.
    In,
    /// Left it.
    Out,
}

impl Direction {
    /// The text in the column.
    pub const fn text(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// A person who moved in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// Which way.
    pub direction: Direction,
    /// Who.
    pub party: PartyId,
    /// Why, when they left.
    pub cause: Option<Cause>,
}

/// Who of a population was live at the end of each month. The methods want that same population back.
pub struct Leak {
    months: Vec<Month>,
    /// Bit 0 is the opening of the first month, bit n the end of the n-th.
    live: Vec<u32>,
}

/// The last months, up to 24, that end before `as_of`, from the first with an order on.
pub fn months(
    population: &Population,
    as_of: Day,
    settings: &StateSettings,
    causes: &Causes,
) -> Vec<LeakMonth> {
    let leak = Leak::new(population, as_of, settings);
    (0..leak.months.len()).map(|index| leak.month(index, &leak.moves(population, index, causes))).collect()
}

fn span(first: Option<Day>, as_of: Day) -> Vec<Month> {
    let last = as_of.month().plus(-1);
    let first = first.map(|day| day.month().max(last.plus(1 - MONTHS)));
    let numbers = first.map(|first| first.number()..=last.number());
    numbers.into_iter().flatten().map(Month::from_number).collect()
}

impl Leak {
    /// Judges everyone at every month end.
    pub fn new(population: &Population, as_of: Day, settings: &StateSettings) -> Self {
        let months = span(population.first_day(), as_of);
        let opening = months.first().map(|month| month.first_day().plus(-1));
        let ends: Vec<Day> = opening.into_iter().chain(months.iter().map(|month| month.last_day())).collect();
        let ends: Vec<(Day, Option<f64>)> =
            ends.iter().copied().zip(company_intervals(population, &ends)).collect();
        let live = (0..population.len())
            .into_par_iter()
            .map_init(Vec::new, |days, index| live_mask(&population.person(index), days, &ends, settings))
            .collect();
        Self { months, live }
    }

    /// The months that are judged.
    pub fn span(&self) -> &[Month] {
        &self.months
    }

    /// Who was live when the first month opened, as people who entered in the month before it.
    pub fn opening(&self, population: &Population) -> Vec<Move> {
        let live = (0..population.len()).filter(|person| !self.months.is_empty() && self.is_live(*person, 0));
        live.map(|person| Move {
            direction: Direction::In,
            party: population.person(person).party,
            cause: None,
        })
        .collect()
    }

    /// Who moved in the month at `index` of [`Leak::span`], ordered by direction and person.
    pub fn moves(&self, population: &Population, index: usize, causes: &Causes) -> Vec<Move> {
        let end = self.months[index].last_day();
        let moved = |index_of: usize| {
            let person = population.person(index_of);
            let party = person.party;
            match [index, index + 1].map(|bit| self.is_live(index_of, bit)) {
                [false, true] => Some(Move { direction: Direction::In, party, cause: None }),
                [true, false] => {
                    let cause = Some(causes.of(&person, end));
                    Some(Move { direction: Direction::Out, party, cause })
                }
                _ => None,
            }
        };
        let mut moves: Vec<Move> = (0..population.len()).into_par_iter().filter_map(moved).collect();
        moves.par_sort_unstable();
        moves
    }

    /// What flowed in the month at `index` in which these people moved.
    pub fn month(&self, index: usize, moves: &[Move]) -> LeakMonth {
        let count =
            |bit: usize| count((0..self.live.len()).filter(|person| self.is_live(*person, bit)).count());
        let of = |direction: Direction| {
            self::count(moves.iter().filter(|moved| moved.direction == direction).count())
        };
        let (opening, outflow) = (count(index), of(Direction::Out));
        LeakMonth {
            month: self.months[index],
            opening,
            inflow: of(Direction::In),
            outflow,
            level: count(index + 1),
            loss_rate: loss_rate(opening, outflow),
            reasons: reason_counts(moves.iter().filter_map(|moved| moved.cause)),
        }
    }

    fn is_live(&self, person: usize, bit: usize) -> bool {
        self.live[person] >> bit & 1 == 1
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Outflow over opening.
pub fn loss_rate(opening: i64, outflow: i64) -> Option<f64> {
    (opening > 0).then(|| outflow as f64 / opening as f64)
}

/// Causes counted, the most frequent first.
pub fn reason_counts(causes: impl Iterator<Item = Cause>) -> Vec<ReasonCount> {
    let mut counts: BTreeMap<Cause, i64> = BTreeMap::new();
    causes.for_each(|cause| *counts.entry(cause).or_default() += 1);
    let mut reasons: Vec<ReasonCount> =
        counts.into_iter().map(|(cause, count)| cause.counted(count)).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    reasons
}

/// The company's interval at each of `ends`, in one pass over all gaps.
fn company_intervals(population: &Population, ends: &[Day]) -> Vec<Option<f64>> {
    let mut new: Vec<Gaps> = vec![Gaps::new(); ends.len()];
    for person in population.people() {
        for (day, gap) in person.gaps() {
            if let Some(gaps) = new.get_mut(ends.partition_point(|end| *end < day)) {
                *gaps.entry(gap).or_default() += 1;
            }
        }
    }
    let mut known = Gaps::new();
    new.into_iter()
        .map(|gaps| {
            gaps.into_iter().for_each(|(gap, count)| *known.entry(gap).or_default() += count);
            median(&known)
        })
        .collect()
}

/// A bit for each end at which the person is live. `days` is room that is used again for the next person.
fn live_mask(
    person: &Person<'_>,
    days: &mut Vec<Day>,
    ends: &[(Day, Option<f64>)],
    settings: &StateSettings,
) -> u32 {
    days.clear();
    days.extend(person.days());
    let Some(first) = days.first() else { return 0 };
    let began = ends.partition_point(|(end, _)| end < first);
    (began..ends.len())
        .filter(|bit| is_live(days, ends[*bit].0, ends[*bit].1, settings))
        .fold(0, |mask, bit| mask | 1 << bit)
}
