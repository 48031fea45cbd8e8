//! The three levels of bonds, and what a bond may be.

use kernel::{Day, Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The level of a bond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 1: points, prices, coupons.
    Financial,
    /// 2: a person who knows them, a club, an event.
    Social,
    /// 3: services built into how they work: a contract, a data link, automatic reorder.
    Structural,
}

/// Levels a bond can have.
pub const LEVELS: [Level; 3] = [Level::Financial, Level::Social, Level::Structural];

impl Level {
    /// From 1 to 3.
    pub const fn number(self) -> i64 {
        match self {
            Self::Financial => 1,
            Self::Social => 2,
            Self::Structural => 3,
        }
    }

    /// The level of this number.
    pub fn of(number: i64) -> Option<Self> {
        LEVELS.into_iter().find(|level| level.number() == number)
    }
}

/// Characters of a bond's name and of its source.
const NAME: usize = 120;
/// How far ahead a bond may begin: a contract is signed before.
const AHEAD: i64 = 366;
/// 1970-01-01: nothing a company knows of began earlier.
const OLDEST: Day = Day::from_epoch(0);

/// A bond to enter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewBond {
    /// Its level.
    pub level: Level,
    /// What it is.
    #[schema(example = "쿠폰 회원")]
    pub name: String,
    /// Since when; today when left out.
    #[schema(value_type = Option<String>)]
    pub started: Option<Day>,
    /// The first day without it, when it has ended or will.
    #[schema(value_type = Option<String>)]
    pub ended: Option<Day>,
    /// Where it comes from.
    pub source: Option<String>,
}

/// A field and the code of what is wrong with it.
pub type Fault = (&'static str, &'static str);

impl NewBond {
    /// Everything that is wrong with it.
    pub fn faults(&self, today: Day) -> Vec<Fault> {
        let mut faults = Vec::new();
        match self.name.trim().chars().count() {
            0 => faults.push(("name", "required")),
            1..=NAME => {}
            _ => faults.push(("name", "too_long")),
        }
        if self.source.as_ref().is_some_and(|source| source.chars().count() > NAME) {
            faults.push(("source", "too_long"));
        }
        let started = self.started.unwrap_or(today);
        if started < OLDEST || started > today.plus(AHEAD) {
            faults.push(("started", "bond_day_range"));
        }
        faults.extend(end_fault(started, self.ended));
        faults
    }
}

/// What is wrong with an end.
pub fn end_fault(started: Day, ended: Option<Day>) -> Option<Fault> {
    ended.is_some_and(|ended| ended <= started).then_some(("ended", "bond_ends_before"))
}

/// A bond as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Bond {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id<kinds::Bond>,
    /// Its level.
    pub level: Level,
    /// What it is.
    pub name: String,
    /// Since when.
    #[schema(value_type = String)]
    pub started: Day,
    /// The first day without it.
    #[schema(value_type = Option<String>)]
    pub ended: Option<Day>,
    /// Whether it is present today.
    pub present: bool,
    /// Where it comes from.
    pub source: String,
    /// Who entered it.
    pub by: String,
    /// When it was entered.
    #[schema(value_type = String)]
    pub at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bond_has_a_name_and_ends_after_it_began() {
        let today = Day::from_epoch(20_000);
        let bond = |name: &str, started: i64, ended: Option<i64>| NewBond {
            level: Level::Social,
            name: name.into(),
            started: Some(today.plus(started)),
            ended: ended.map(|days| today.plus(days)),
            source: None,
        };
        assert_eq!(bond("행사 손님", -9, Some(-8)).faults(today), []);
        assert_eq!(
            bond(" ", -9, Some(-9)).faults(today),
            [("name", "required"), ("ended", "bond_ends_before")]
        );
        assert_eq!(bond("x", 400, None).faults(today), [("started", "bond_day_range")]);
        assert!(LEVELS.into_iter().all(|level| Level::of(level.number()) == Some(level)));
    }
}
