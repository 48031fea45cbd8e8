//! Harrell's index of concordance: of two customers, did the one with the higher risk leave first?

use super::{Durations, SurvivalError};
use crate::Estimate;
use crate::predict::Z;
use serde::{Deserialize, Serialize};

/// How well risk scores order customers by the time they leave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Concordance {
    /// The share of comparable pairs in the right order, ties in the score counted half: 0.5 is chance, 1 perfect.
    /// The standard error is the infinitesimal jackknife's, the interval normal.
    pub index: Estimate,
    /// Pairs in the right order.
    pub concordant: u64,
    /// Pairs in the wrong order.
    pub discordant: u64,
    /// Pairs with equal scores.
    pub tied: u64,
}

/// Compares `risk` (higher: leaves earlier) with what happened. A pair can be compared when the earlier time is an
/// event; at equal times an event counts as earlier than a censoring, and two events are not compared.
///
/// ```
/// use science::survival::{Durations, concordance};
///
/// let (times, left) = ([1.0, 2.0, 3.0, 4.0], [true, true, false, true]);
/// let c = concordance(&Durations::new(&times, &left)?, &[0.9, 0.5, 0.6, 0.1])?;
/// // Four of the five comparable pairs are in order; the pair (2, 3) is not.
/// assert_eq!((c.concordant, c.discordant, c.index.value), (4, 1, 0.8));
/// # Ok::<(), science::survival::SurvivalError>(())
/// ```
///
/// # Errors
/// [`SurvivalError`] when the columns do not fit, a risk is not a number, or no pair can be compared.
pub fn concordance(durations: &Durations<'_>, risk: &[f64]) -> Result<Concordance, SurvivalError> {
    let n = durations.customers();
    if risk.len() != n {
        return Err(SurvivalError::Lengths { column: "risk", have: risk.len(), need: n });
    }
    if let Some(row) = risk.iter().position(|r| r.is_nan()) {
        return Err(SurvivalError::Value { column: "risk".into(), row });
    }
    let counts = count_pairs(durations, &ranks(risk));
    // Every pair was counted at both of its ends.
    let total = |of: fn(&Pairs) -> u64| counts.iter().map(of).sum::<u64>() / 2;
    let (concordant, discordant, tied) = (total(|p| p.right), total(|p| p.wrong), total(|p| p.tied));
    let pairs = (concordant + discordant + tied) as f64;
    if pairs == 0.0 {
        return Err(SurvivalError::Events { have: durations.events(), need: durations.events() + 1 });
    }
    let value = (concordant as f64 + tied as f64 / 2.0) / pairs;
    let influence = |p: &Pairs| {
        let own = (p.right + p.wrong + p.tied) as f64;
        (p.right as f64 + p.tied as f64 / 2.0 - value * own) / pairs
    };
    let standard_error = counts.iter().map(|p| influence(p).powi(2)).sum::<f64>().sqrt();
    let (low, high) = ((value - Z * standard_error).max(0.0), (value + Z * standard_error).min(1.0));
    Ok(Concordance { index: Estimate { value, standard_error, low, high }, concordant, discordant, tied })
}

/// The comparable pairs one customer is part of.
#[derive(Debug, Clone, Copy, Default)]
struct Pairs {
    right: u64,
    wrong: u64,
    tied: u64,
}

/// Dense ranks from 1.
fn ranks(values: &[f64]) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup_by(|a, b| a == b);
    values.iter().map(|v| 1 + sorted.partition_point(|s| s < v)).collect()
}

/// Counts of customers by rank, with prefix sums in logarithmic time (Fenwick 1994).
struct Tree {
    sums: Vec<u64>,
    total: u64,
}

impl Tree {
    fn new(ranks: usize) -> Self {
        Self { sums: vec![0; ranks + 1], total: 0 }
    }

    fn add(&mut self, mut rank: usize) {
        self.total += 1;
        while rank < self.sums.len() {
            self.sums[rank] += 1;
            rank += rank & rank.wrapping_neg();
        }
    }

    fn up_to(&self, mut rank: usize) -> u64 {
        let mut sum = 0;
        while rank > 0 {
            sum += self.sums[rank];
            rank &= rank - 1;
        }
        sum
    }

    /// Customers with a lower, the same and a higher rank.
    fn around(&self, rank: usize) -> (u64, u64, u64) {
        let (below, through) = (self.up_to(rank - 1), self.up_to(rank));
        (below, through - below, self.total - through)
    }
}

fn count_pairs(durations: &Durations<'_>, ranks: &[usize]) -> Vec<Pairs> {
    let order = durations.ascending();
    let groups: Vec<&[usize]> = order.chunk_by(|a, b| durations.times[*a] == durations.times[*b]).collect();
    let left = |group: &'_ [usize], event: bool| -> Vec<usize> {
        group.iter().copied().filter(|i| durations.events[*i] == event).collect()
    };
    let highest = ranks.iter().copied().max().unwrap_or(1);
    let mut counts = vec![Pairs::default(); ranks.len()];
    // As the one who left first: against all later ones.
    let mut later = Tree::new(highest);
    for group in groups.iter().rev() {
        left(group, false).into_iter().for_each(|i| later.add(ranks[i]));
        let events = left(group, true);
        for i in &events {
            let (below, same, above) = later.around(ranks[*i]);
            counts[*i] = Pairs { right: below, tied: same, wrong: above };
        }
        events.into_iter().for_each(|i| later.add(ranks[i]));
    }
    // As the one who stayed longer: against all who left before.
    let mut gone = Tree::new(highest);
    for group in &groups {
        let events = left(group, true);
        let compare = |i: &usize, gone: &Tree, counts: &mut Vec<Pairs>| {
            let (below, same, above) = gone.around(ranks[*i]);
            counts[*i].right += above;
            counts[*i].tied += same;
            counts[*i].wrong += below;
        };
        events.iter().for_each(|i| compare(i, &gone, &mut counts));
        events.iter().for_each(|i| gone.add(ranks[*i]));
        left(group, false).iter().for_each(|i| compare(i, &gone, &mut counts));
    }
    counts
}
