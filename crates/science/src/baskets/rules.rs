//! Rules "who buys the antecedent buys the consequent too", measured and tested.
//!
//! The family of tests is every rule that could have been reported, all splits of all frequent sets, not only those
//! that pass the confidence: choosing by the data first and correcting after would promise too much.

use super::growth::ItemSets;
use super::significance::{benjamini_hochberg, bonferroni, fisher_exact_greater};
use super::{BasketError, ItemSet};
use crate::predict::Z;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Which rules are reported.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RuleOptions {
    /// The least share of the antecedent's baskets that hold the consequent, from 0 to 1.
    pub min_confidence: f64,
    /// The largest q-value (false discovery rate) reported; 1 reports all.
    pub max_q_value: f64,
}

impl Default for RuleOptions {
    /// Confidence of one half, whatever the significance.
    fn default() -> Self {
        Self { min_confidence: 0.5, max_q_value: 1.0 }
    }
}

/// antecedent → consequent. A, C and AC are the baskets with the antecedent, the consequent and both, of n.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The items bought, ascending.
    pub antecedent: Vec<u32>,
    /// The item bought with them.
    pub consequent: u32,
    /// AC, in baskets.
    pub count: u64,
    /// A, in baskets: n of the confidence.
    pub antecedent_count: u64,
    /// P(AC).
    pub support: f64,
    /// P(C | A).
    pub confidence: f64,
    /// 95 % Wilson interval of the confidence.
    pub confidence_interval: (f64, f64),
    /// P(AC) / (P(A) P(C)) (Brin et al. 1997, there "interest"): 1 when independent.
    pub lift: f64,
    /// P(AC) − P(A) P(C) (Piatetsky-Shapiro 1991).
    pub leverage: f64,
    /// (1 − P(C)) / (1 − confidence) (Brin et al. 1997); `None` for a rule without an exception, where it is infinite.
    pub conviction: Option<f64>,
    /// Zhang's (2000) measure, from −1 (never together) to 1; 0 when independent or undefined.
    pub zhang: f64,
    /// Fisher's exact test, one-sided, of this rule alone.
    pub p_value: f64,
    /// After Benjamini & Hochberg over all rules tested.
    pub q_value: f64,
    /// After Bonferroni over all rules tested.
    pub p_bonferroni: f64,
}

/// What [`rules`] found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// By falling lift, then by falling count, then by items.
    pub rules: Vec<Rule>,
    /// Rules tested, reported or not: what the corrections count.
    pub tested: u64,
    /// Baskets, n of every support.
    pub baskets: u64,
}

/// One split of a frequent set, in baskets.
struct Split<'a> {
    set: ItemSet<'a>,
    consequent: u32,
    antecedent_count: u64,
    consequent_count: u64,
}

/// All rules with one consequent item that reach the confidence and the q-value. `sets` must not be cut in length by
/// more than the rules wanted: antecedents are one item shorter than the longest set.
///
/// # Errors
/// [`BasketError::Share`] when the confidence or the q-value is not within 0 and 1.
pub fn rules(sets: &ItemSets, options: &RuleOptions) -> Result<Rules, BasketError> {
    for (option, value) in [("confidence", options.min_confidence), ("q-value", options.max_q_value)] {
        if !(0.0..=1.0).contains(&value) {
            return Err(BasketError::Share { option, value });
        }
    }
    let n = sets.baskets();
    let splits = splits(sets);
    let p_of = |s: &Split<'_>| fisher_exact_greater(n, s.antecedent_count, s.consequent_count, s.set.count);
    let p_values: Vec<f64> = splits.par_iter().map(p_of).collect();
    let (q_values, corrected) = (benjamini_hochberg(&p_values), bonferroni(&p_values));
    let measured = |(i, split): (usize, &Split<'_>)| {
        let share = split.set.count as f64 / split.antecedent_count as f64;
        let wanted = share >= options.min_confidence && q_values[i] <= options.max_q_value;
        wanted.then(|| measure(split, n, [p_values[i], q_values[i], corrected[i]]))
    };
    let mut rules: Vec<Rule> = splits.iter().enumerate().filter_map(measured).collect();
    rules.sort_by(|a, b| {
        let by_measure = b.lift.total_cmp(&a.lift).then(b.count.cmp(&a.count));
        by_measure.then_with(|| (&a.antecedent, a.consequent).cmp(&(&b.antecedent, b.consequent)))
    });
    Ok(Rules { rules, tested: splits.len() as u64, baskets: n })
}

/// Every frequent set of two items or more with each of its items as the consequent.
fn splits(sets: &ItemSets) -> Vec<Split<'_>> {
    let counts: HashMap<&[u32], u64> = sets.iter().map(|set| (set.items, set.count)).collect();
    let mut splits = Vec::new();
    let mut rest = Vec::new();
    for set in sets.iter().filter(|set| set.items.len() > 1) {
        for (position, &consequent) in set.items.iter().enumerate() {
            without(set.items, position, &mut rest);
            splits.push(Split {
                set,
                consequent,
                antecedent_count: counts[rest.as_slice()],
                consequent_count: counts[&[consequent][..]],
            });
        }
    }
    splits
}

fn without(items: &[u32], position: usize, rest: &mut Vec<u32>) {
    rest.clear();
    rest.extend_from_slice(&items[..position]);
    rest.extend_from_slice(&items[position + 1..]);
}

fn measure(split: &Split<'_>, n: u64, [p_value, q_value, p_bonferroni]: [f64; 3]) -> Rule {
    let share = |count: u64| count as f64 / n as f64;
    let (a, c, both) = (share(split.antecedent_count), share(split.consequent_count), share(split.set.count));
    let confidence = split.set.count as f64 / split.antecedent_count as f64;
    let exceptions = split.antecedent_count - split.set.count;
    let leverage = both - a * c;
    Rule {
        antecedent: split.set.items.iter().copied().filter(|item| *item != split.consequent).collect(),
        consequent: split.consequent,
        count: split.set.count,
        antecedent_count: split.antecedent_count,
        support: both,
        confidence,
        confidence_interval: wilson(split.set.count, split.antecedent_count),
        lift: confidence / c,
        leverage,
        conviction: (exceptions > 0).then(|| (1.0 - c) / (1.0 - confidence)),
        zhang: zhang(a, c, both, leverage),
        p_value,
        q_value,
        p_bonferroni,
    }
}

/// Leverage divided by the largest it could be, given which of the two directions it has (Zhang 2000).
fn zhang(a: f64, c: f64, both: f64, leverage: f64) -> f64 {
    let most = (both * (1.0 - a)).max(a * (c - both));
    if most > 0.0 { leverage / most } else { 0.0 }
}

/// Wilson's (1927) 95 % interval of a share.
fn wilson(count: u64, n: u64) -> (f64, f64) {
    let (n, p) = (n as f64, count as f64 / n as f64);
    let (z2, scale) = (Z * Z / n, 1.0 / (1.0 + Z * Z / n));
    let centre = (p + z2 / 2.0) * scale;
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n)).sqrt() * scale;
    ((centre - half).max(0.0), (centre + half).min(1.0))
}
