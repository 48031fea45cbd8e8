//! A run of RFM, and who is new in its best cell.

use kernel::{Currency, Day, Id, kinds};
use know::facts::OrderDay;
use science::rfm::{RfmCuts, RfmInput, RfmScore};
use serde::{Deserialize, Serialize};

/// Customers it takes for fifths to say something.
pub const ENOUGH: usize = 25;
/// Days for which someone is new in the best cell.
const NEW_DAYS: i64 = 7;

/// A run: the cut points of one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RfmRun {
    /// The day it stands at.
    pub as_of: Day,
    /// The currency of the spending.
    pub currency: Currency,
    /// How many customers it looked at.
    pub customers: usize,
    /// The cut points, if there were enough customers.
    pub cuts: Option<RfmCuts>,
    /// People in the best cell who were not there a week before, a few of them.
    pub new_vips: Vec<Id<kinds::Party>>,
}

impl RfmRun {
    /// The scores of someone who last ordered on `last`.
    pub fn score(&self, last: Day, order_days: i64, spend: i64) -> Option<RfmScore> {
        self.cuts.as_ref().map(|cuts| cuts.score(&input(self.as_of, last, order_days, spend)))
    }

    /// Whether someone has all scores at their best.
    pub fn is_vip(&self, score: RfmScore) -> bool {
        let best = self.cuts.as_ref().map(|cuts| cuts.classes);
        [score.recency, score.frequency, score.monetary].into_iter().all(|score| Some(score) == best)
    }

    /// Whether someone who is in the best cell now would not have passed its line for orders or money a week ago.
    ///
    /// Recency is left out: it comes and goes between two visits. Refunds on a day without an order are not known by
    /// day and count as if they were older.
    pub fn is_new_vip(&self, history: &[OrderDay]) -> bool {
        let before = &history[..history.partition_point(|day| day.day <= self.as_of.plus(-NEW_DAYS))];
        let Some(last) = before.last() else { return true };
        let spend = before.iter().map(|day| day.net).sum();
        let days = i64::try_from(before.len()).unwrap_or(i64::MAX);
        let best = self.cuts.as_ref().map(|cuts| cuts.classes);
        self.score(last.day, days, spend)
            .is_some_and(|then| Some(then.frequency) != best || Some(then.monetary) != best)
    }
}

/// What RFM looks at. A day that lies ahead counts as today.
pub fn input(as_of: Day, last: Day, order_days: i64, spend: i64) -> RfmInput {
    let clamped = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
    RfmInput { recency_days: clamped(as_of.since(last)), frequency: clamped(order_days), monetary: spend }
}

#[cfg(test)]
mod tests {
    use super::*;
    use science::rfm::DEFAULT_CLASSES;

    /// Ten people: the n-th came n times, n days ago at the last, and spent n thousand.
    fn run() -> RfmRun {
        let as_of = Day::from_epoch(20_000);
        let people: Vec<RfmInput> = (1..=10).map(|n| input(as_of, as_of.plus(-n), n, n * 1_000)).collect();
        let cuts = Some(RfmCuts::of(&people, DEFAULT_CLASSES));
        RfmRun { as_of, currency: Currency::KRW, customers: 10, cuts, new_vips: Vec::new() }
    }

    fn history(run: &RfmRun, days_ago: &[i64], net: i64) -> Vec<OrderDay> {
        days_ago.iter().map(|ago| OrderDay { day: run.as_of.plus(-ago), net, own: true }).collect()
    }

    #[test]
    fn the_best_in_all_three_are_vips() {
        let run = run();
        let of = |ago: i64, days: i64, spend: i64| run.score(run.as_of.plus(-ago), days, spend).unwrap();
        assert!(run.is_vip(of(1, 9, 9_000)));
        assert!(!run.is_vip(of(5, 9, 9_000)), "not lately");
        assert!(!run.is_vip(of(1, 9, 8_000)), "not for enough");
    }

    #[test]
    fn a_vip_is_new_when_the_last_week_made_the_difference() {
        let run = run();
        let nine = [90, 80, 70, 60, 50, 40, 30, 20, 1];
        assert!(run.is_new_vip(&history(&run, &nine, 2_000)), "eight times a week ago: not yet often");
        let ten = [99, 90, 80, 70, 60, 50, 40, 30, 20, 1];
        assert!(!run.is_new_vip(&history(&run, &ten, 2_000)), "nine times and 18,000 a week ago");
        assert!(run.is_new_vip(&history(&run, &ten, 880)), "7,920 a week ago: not yet enough");
        assert!(run.is_new_vip(&history(&run, &[5, 4, 3], 90_000)), "unknown a week ago");
    }
}
