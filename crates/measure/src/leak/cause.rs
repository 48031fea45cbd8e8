//! Why somebody left: what a person recorded, else what behaviour suggests, else unknown.

use super::model::ReasonCount;
use crate::population::{PartyId, Person};
use kernel::Day;
use know::LEAVING_REASONS;
use std::collections::HashMap;

/// A reason for leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// Its code.
    pub code: &'static str,
    /// Whether it is a guess from behaviour.
    pub inferred: bool,
}

impl Cause {
    /// The last thing they had was a refund: a guess.
    pub const AFTER_REFUND: Self = Self { code: "after_refund", inferred: true };
    /// They came once: a guess.
    pub const ONE_TIME: Self = Self { code: "one_time", inferred: true };
    /// Nobody recorded a reason and nothing suggests one.
    pub const UNKNOWN: Self = Self { code: "unknown", inferred: false };

    /// The cause with this code, `unknown` when the program does not know it any more.
    pub fn from_code(code: &str) -> Self {
        let recorded = LEAVING_REASONS.iter().find(|reason| reason.code == code);
        let inferred = [Self::AFTER_REFUND, Self::ONE_TIME].into_iter().find(|cause| cause.code == code);
        recorded
            .map(|reason| Self { code: reason.code, inferred: false })
            .or(inferred)
            .unwrap_or(Self::UNKNOWN)
    }

    /// Whether better work could have kept them. What is unknown is not counted on.
    pub fn avoidable(self) -> bool {
        self.inferred || LEAVING_REASONS.iter().any(|reason| reason.code == self.code && reason.avoidable)
    }

    /// So many people who left for this cause.
    pub fn counted(self, count: i64) -> ReasonCount {
        ReasonCount { reason: self.code.into(), inferred: self.inferred, avoidable: self.avoidable(), count }
    }
}

/// What causes are found from, beside the order days.
#[derive(Debug, Clone, Default)]
pub struct Causes {
    /// Days with a refund, ascending.
    pub refunds: HashMap<PartyId, Vec<Day>>,
    /// What a person recorded, and when.
    pub recorded: HashMap<PartyId, (Cause, Day)>,
}

impl Causes {
    /// Why `person`, who was not live on `end`, had left by then.
    ///
    /// A recorded reason belongs to the absence in which it was recorded: it explains no other one. A refund counts
    /// when nothing was ordered after it.
    pub fn of(&self, person: &Person<'_>, end: Day) -> Cause {
        let Some(last) = person.days().rfind(|day| *day <= end) else { return Cause::UNKNOWN };
        let next = person.days().find(|day| *day > end);
        let of_this_absence = |at: Day| last <= at && next.is_none_or(|next| at < next);
        if let Some((cause, _)) = self.recorded.get(&person.party).filter(|(_, at)| of_this_absence(*at)) {
            return *cause;
        }
        let refunds = self.refunds.get(&person.party).map_or(&[][..], Vec::as_slice);
        if refunds.iter().any(|day| (last..=end).contains(day)) {
            return Cause::AFTER_REFUND;
        }
        if person.first_day() == Some(last) { Cause::ONE_TIME } else { Cause::UNKNOWN }
    }
}
