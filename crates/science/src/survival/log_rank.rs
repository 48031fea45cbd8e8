//! Tests of whether groups leave at the same speed (Mantel 1966; Gehan 1965; Tarone & Ware 1977).

use super::dense::Cholesky;
use super::{Durations, SurvivalError, chi_squared_tail};
use serde::{Deserialize, Serialize};

/// How much a time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weighting {
    /// All times alike: best when one group's hazard is a constant multiple of the other's.
    #[default]
    LogRank,
    /// By the number at risk (Gehan, Breslow; the generalised Wilcoxon test): early differences count more.
    Gehan,
    /// By its square root.
    TaroneWare,
}

/// What was seen of one group and what equal hazards lead to expect.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GroupCount {
    /// Customers.
    pub customers: u64,
    /// Events seen.
    pub observed: u64,
    /// Events expected, unweighted.
    pub expected: f64,
}

/// The result of a comparison of groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupTest {
    /// The statistic.
    pub chi_squared: f64,
    /// Degrees of freedom: groups that could be compared, less one.
    pub degrees: u32,
    /// Probability of so large a statistic when hazards are equal.
    pub p_value: f64,
    /// The groups, by number.
    pub groups: Vec<GroupCount>,
}

/// Compares groups, numbered from 0, by a weighted log-rank test with the hypergeometric variance.
///
/// ```
/// use science::survival::{Durations, Weighting, log_rank};
///
/// let times = [3.0, 5.0, 7.0, 2.0, 18.0, 16.0, 2.0, 9.0, 16.0, 4.0];
/// let left = [true; 10];
/// let group = [0, 0, 0, 0, 1, 1, 0, 1, 1, 1];
/// let test = log_rank(&Durations::new(&times, &left)?, &group, Weighting::LogRank)?;
/// assert_eq!(test.degrees, 1);
/// assert!(test.p_value < 0.05);
/// # Ok::<(), science::survival::SurvivalError>(())
/// ```
///
/// # Errors
/// [`SurvivalError`] when the columns do not fit, fewer than two groups have customers, or nobody left.
pub fn log_rank(
    durations: &Durations<'_>,
    groups: &[usize],
    weighting: Weighting,
) -> Result<GroupTest, SurvivalError> {
    let numbered = number(durations, groups)?;
    let mut tally = Tally::new(&numbered);
    let order = durations.ascending();
    for tied in order.chunk_by(|a, b| durations.times[*a] == durations.times[*b]) {
        tally.step(tied, &numbered.of, durations.events, weighting);
    }
    let factor = Cholesky::of(&tally.variance);
    let score: Vec<f64> = factor.kept.iter().map(|g| tally.score[*g]).collect();
    let chi_squared = factor.quadratic(&score);
    let degrees = u32::try_from(score.len()).unwrap_or(u32::MAX);
    Ok(GroupTest {
        chi_squared,
        degrees,
        p_value: chi_squared_tail(chi_squared, degrees),
        groups: numbered.spread(&tally.counts),
    })
}

/// Groups that have customers, numbered without gaps.
struct Numbered {
    /// The number of each customer's group.
    of: Vec<usize>,
    /// Customers of each.
    sizes: Vec<u64>,
    /// What the caller calls each.
    names: Vec<usize>,
}

impl Numbered {
    /// Counts under the caller's numbers; a group without customers has none.
    fn spread(&self, counts: &[GroupCount]) -> Vec<GroupCount> {
        let none = GroupCount { customers: 0, observed: 0, expected: 0.0 };
        // Numbers far beyond the number of customers would only fill memory.
        let last = self.names.last().copied().unwrap_or_default();
        if last > self.of.len() {
            return counts.to_vec();
        }
        let mut spread = vec![none; last + 1];
        for (name, count) in self.names.iter().zip(counts) {
            spread[*name] = *count;
        }
        spread
    }
}

fn number(durations: &Durations<'_>, groups: &[usize]) -> Result<Numbered, SurvivalError> {
    if groups.len() != durations.customers() {
        let (have, need) = (groups.len(), durations.customers());
        return Err(SurvivalError::Lengths { column: "groups", have, need });
    }
    let mut names = groups.to_vec();
    names.sort_unstable();
    names.dedup();
    if names.len() < 2 {
        return Err(SurvivalError::OneGroup);
    }
    if durations.events() == 0 {
        return Err(SurvivalError::Events { have: 0, need: 1 });
    }
    let of: Vec<usize> = groups.iter().map(|g| names.partition_point(|name| name < g)).collect();
    let mut sizes = vec![0; names.len()];
    for g in &of {
        sizes[*g] += 1;
    }
    Ok(Numbered { of, sizes, names })
}

/// The sums of the test over the times so far.
struct Tally {
    at_risk: Vec<u64>,
    score: Vec<f64>,
    variance: Vec<Vec<f64>>,
    counts: Vec<GroupCount>,
}

impl Tally {
    fn new(numbered: &Numbered) -> Self {
        let k = numbered.sizes.len();
        let count = |customers: &u64| GroupCount { customers: *customers, observed: 0, expected: 0.0 };
        Self {
            at_risk: numbered.sizes.clone(),
            score: vec![0.0; k],
            variance: vec![vec![0.0; k]; k],
            counts: numbered.sizes.iter().map(count).collect(),
        }
    }

    /// Takes in all customers whose time is the same.
    fn step(&mut self, tied: &[usize], group: &[usize], event: &[bool], weighting: Weighting) {
        let mut left = vec![0_u64; self.at_risk.len()];
        for i in tied.iter().filter(|i| event[**i]) {
            left[group[*i]] += 1;
        }
        if left.iter().any(|d| *d > 0) {
            self.compare(&left, weighting);
        }
        for i in tied {
            self.at_risk[group[*i]] -= 1;
        }
    }

    fn compare(&mut self, left: &[u64], weighting: Weighting) {
        let n = self.at_risk.iter().sum::<u64>() as f64;
        let d = left.iter().sum::<u64>() as f64;
        let weight = match weighting {
            Weighting::LogRank => 1.0,
            Weighting::Gehan => n,
            Weighting::TaroneWare => n.sqrt(),
        };
        let spread = if n > 1.0 { weight * weight * d * (n - d) / (n - 1.0) } else { 0.0 };
        let share: Vec<f64> = self.at_risk.iter().map(|at_risk| *at_risk as f64 / n).collect();
        for g in 0..left.len() {
            self.score[g] += weight * (left[g] as f64 - d * share[g]);
            self.counts[g].observed += left[g];
            self.counts[g].expected += d * share[g];
            for h in 0..left.len() {
                self.variance[g][h] += spread * share[g] * (f64::from(u8::from(g == h)) - share[h]);
            }
        }
    }
}
