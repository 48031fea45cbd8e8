//! Key accounts: a weighted score of present profit, growth, potential, fit …, and how sure the choice is.
//!
//! Each criterion is put on 0 to 1 between its lowest and highest among the eligible accounts (0.5 for all when they
//! are alike). Nobody knows weights exactly, so the choice is made again under many weights near the owner's: the share
//! in which an account is chosen is its *stability*.

use super::{Reason, ValueError, by_size, shares};
use crate::random::stream;
use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A criterion over all accounts.
#[derive(Debug, Clone, Copy)]
pub struct Criterion<'a> {
    /// Its name.
    pub name: &'a str,
    /// How much it counts; only the proportions of weights matter.
    pub weight: f64,
    /// Whether less is better.
    pub reversed: bool,
    /// Its value for each account; `None` where it is not known.
    pub values: &'a [Option<f64>],
}

/// How the choice is tried out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SensitivityOptions {
    /// Each weight is multiplied by a number between 1 − spread and 1 + spread.
    pub spread: f64,
    /// How often.
    pub draws: u32,
    /// The seed of chance.
    pub seed: u64,
}

impl Default for SensitivityOptions {
    /// Weights within a half, a thousand times.
    fn default() -> Self {
        Self { spread: 0.5, draws: 1_000, seed: 1 }
    }
}

/// An eligible account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountScore {
    /// Position in the input, from 0.
    pub row: usize,
    /// Σ weight × normalised criterion, 0 to 1.
    pub score: f64,
    /// What each criterion added to the score, the largest first.
    pub reasons: Vec<Reason>,
    /// Share of the tries in which the account is among those proposed.
    pub stability: f64,
}

/// An account that cannot be scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Position in the input, from 0.
    pub row: usize,
    /// Criteria not known or not finite.
    pub missing: Vec<String>,
}

/// The proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Screening {
    /// Eligible accounts, the best first; equal scores stay in the order of the input.
    pub ranked: Vec<AccountScore>,
    /// How many of them are proposed.
    pub proposed: usize,
    /// Accounts with too little data.
    pub left_out: Vec<LeftOut>,
}

/// Fewest key accounts proposed, if so many are eligible.
pub const MIN_KEY_ACCOUNTS: usize = 5;
/// Most key accounts proposed.
pub const MAX_KEY_ACCOUNTS: usize = 10;

/// Scores accounts and proposes min(eligible, `wanted` held within 5 and 10) of them.
///
/// ```
/// use science::value::{Criterion, SensitivityOptions, screen};
///
/// let profit: Vec<Option<f64>> = (0..30).map(|i| Some(f64::from(i))).collect();
/// let growth: Vec<Option<f64>> = (0..30).map(|i| Some(f64::from(i * 7 % 30))).collect();
/// let criteria = [
///     Criterion { name: "profit", weight: 3.0, reversed: false, values: &profit },
///     Criterion { name: "growth", weight: 1.0, reversed: false, values: &growth },
/// ];
/// let proposal = screen(&criteria, 3, &SensitivityOptions::default())?;
/// assert_eq!(proposal.proposed, 5);
/// assert!(proposal.ranked[0].stability > 0.9);
/// # Ok::<(), science::value::ValueError>(())
/// ```
///
/// # Errors
/// [`ValueError::Weights`] for useless weights, [`ValueError::Lengths`] for criteria of different length.
pub fn screen(
    criteria: &[Criterion<'_>],
    wanted: usize,
    options: &SensitivityOptions,
) -> Result<Screening, ValueError> {
    let weights = shares(&criteria.iter().map(|c| c.weight).collect::<Vec<_>>())?;
    let need = criteria.first().map_or(0, |c| c.values.len());
    if let Some(other) = criteria.iter().find(|c| c.values.len() != need) {
        return Err(ValueError::Lengths { have: other.values.len(), need });
    }
    let (eligible, left_out) = divide(criteria, need);
    let table = normalised(criteria, &eligible);
    let proposed = wanted.clamp(MIN_KEY_ACCOUNTS, MAX_KEY_ACCOUNTS).min(eligible.len());
    let stability = stability(&table, &weights, proposed, options);
    let mut ranked: Vec<AccountScore> = (0..eligible.len())
        .map(|i| AccountScore {
            row: eligible[i],
            score: score(&table[i], &weights),
            reasons: reasons(criteria, &table[i], &weights),
            stability: stability[i],
        })
        .collect();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(Screening { ranked, proposed, left_out })
}

/// Accounts left out of the proposal, or not scored, whose actual business is at least `threshold` (1.2 is usual) times
/// the forecast; their rows, ascending.
///
/// # Errors
/// [`ValueError::Lengths`] when the columns differ in length.
pub fn extra_candidates(
    screening: &Screening,
    actual: &[Option<f64>],
    forecast: &[Option<f64>],
    threshold: f64,
) -> Result<Vec<usize>, ValueError> {
    if actual.len() != forecast.len() {
        return Err(ValueError::Lengths { have: actual.len(), need: forecast.len() });
    }
    let watched = screening.ranked.iter().skip(screening.proposed).map(|account| account.row);
    let mut rows: Vec<usize> = watched.chain(screening.left_out.iter().map(|account| account.row)).collect();
    rows.retain(|row| match (actual.get(*row), forecast.get(*row)) {
        (Some(Some(actual)), Some(Some(forecast))) => *forecast > 0.0 && *actual >= threshold * forecast,
        _ => false,
    });
    rows.sort_unstable();
    Ok(rows)
}

fn divide(criteria: &[Criterion<'_>], accounts: usize) -> (Vec<usize>, Vec<LeftOut>) {
    let (mut eligible, mut left_out) = (Vec::new(), Vec::new());
    for row in 0..accounts {
        let unknown = criteria.iter().filter(|c| !c.values[row].is_some_and(f64::is_finite));
        let missing: Vec<String> = unknown.map(|c| c.name.into()).collect();
        if missing.is_empty() {
            eligible.push(row);
        } else {
            left_out.push(LeftOut { row, missing });
        }
    }
    (eligible, left_out)
}

/// The criteria of each eligible account on 0 to 1.
fn normalised(criteria: &[Criterion<'_>], eligible: &[usize]) -> Vec<Vec<f64>> {
    // Halves, so that the range of the largest numbers is a number.
    let half = |c: &Criterion<'_>, row: usize| c.values[row].unwrap_or_default() / 2.0;
    let ends = |c: &Criterion<'_>| {
        let values = || eligible.iter().map(|row| half(c, *row));
        (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
    };
    let ends: Vec<(f64, f64)> = criteria.iter().map(ends).collect();
    let place = |c: &Criterion<'_>, (low, high): (f64, f64), row: usize| {
        let share = if high > low { (half(c, row) - low) / (high - low) } else { 0.5 };
        if c.reversed { 1.0 - share } else { share }
    };
    let account = |row: &usize| criteria.iter().zip(&ends).map(|(c, ends)| place(c, *ends, *row)).collect();
    eligible.iter().map(account).collect()
}

fn score(account: &[f64], weights: &[f64]) -> f64 {
    account.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

fn reasons(criteria: &[Criterion<'_>], account: &[f64], weights: &[f64]) -> Vec<Reason> {
    let parts = criteria.iter().zip(account.iter().zip(weights));
    by_size(parts.map(|(c, (v, w))| Reason { input: c.name.into(), contribution: v * w }).collect())
}

/// The share of draws in which each account is chosen.
fn stability(table: &[Vec<f64>], weights: &[f64], proposed: usize, options: &SensitivityOptions) -> Vec<f64> {
    let spread = if options.spread.is_finite() { options.spread.clamp(0.0, 1.0) } else { 0.0 };
    let draws = options.draws.max(1);
    let chosen = |draw: u32| -> Vec<usize> {
        let mut chance = stream(options.seed, u64::from(draw));
        let tried: Vec<f64> =
            weights.iter().map(|w| w * (1.0 + spread * (2.0 * chance.random::<f64>() - 1.0))).collect();
        let scores: Vec<f64> = table.iter().map(|account| score(account, &tried)).collect();
        let mut order: Vec<usize> = (0..table.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        order.truncate(proposed);
        order
    };
    let mut times = vec![0_u32; table.len()];
    let all: Vec<Vec<usize>> = (0..draws).into_par_iter().map(chosen).collect();
    all.iter().flatten().for_each(|i| times[*i] += 1);
    times.into_iter().map(|t| f64::from(t) / f64::from(draws)).collect()
}
