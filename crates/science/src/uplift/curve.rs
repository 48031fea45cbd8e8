//! Qini and uplift curves: Radcliffe 2007, "Using control groups to target on predicted lift"; AUUC as in Gutierrez &
//! Gérardy 2017, "Causal inference and uplift modelling: a review of the literature".
//!
//! At a depth of the n best, of whom N_t treated brought Y_t and N_c control brought Y_c:
//! Qini(n) = Y_t - Y_c N_t / N_c (extra outcomes among those treated), uplift(n) = (Y_t/N_t - Y_c/N_c) n (extra outcomes if
//! all n were treated). Customers with equal scores enter together, so their order in the input does not matter.

use super::{Case, UpliftError, check};
use crate::predict::Estimate;
use crate::quantile::{TooFewDraws, percentile_interval};
use crate::random::stream;
use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A depth of the ranking.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Share of customers, the best first, 0 to 1.
    pub depth: f64,
    /// Extra outcomes among those treated.
    pub qini: f64,
    /// Extra outcomes if all of these were treated.
    pub uplift: f64,
}

/// The curves and what they amount to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QiniCurve {
    /// At most 101 depths, from nobody to everybody.
    pub points: Vec<Point>,
    /// Area between the Qini curve and the straight line of a random choice, over customers treated: extra outcomes per
    /// treated customer. Bootstrap percentile interval over customers.
    pub qini: Estimate,
    /// Area under the uplift curve over customers: mean of extra outcomes per customer over all depths.
    pub auuc: Estimate,
    /// The same of a random choice: half of the average effect.
    pub auuc_random: f64,
    /// Customers.
    pub n: u64,
}

/// Customers needed on each side.
const FEWEST: u64 = 10;

/// Judges a ranking on customers split by chance, with `draws` bootstrap draws (stream i of `seed` for draw i).
///
/// # Errors
/// [`UpliftError::TooFew`] below 10 customers on a side, [`UpliftError::NotANumber`] names the customer,
/// [`UpliftError::TooFewDraws`] below 200 draws.
pub fn qini_curve(cases: &[Case], draws: u32, seed: u64) -> Result<QiniCurve, UpliftError> {
    check(cases, FEWEST)?;
    TooFewDraws::asked(draws).map_err(UpliftError::TooFewDraws)?;
    let mut sorted = cases.to_vec();
    // Equal scores by outcome too, so that sums do not depend on the order of the input.
    sorted.sort_unstable_by(|a, b| {
        b.score.total_cmp(&a.score).then(a.treated.cmp(&b.treated)).then(a.outcome.total_cmp(&b.outcome))
    });
    let all = vec![1; sorted.len()];
    let steps = steps(&sorted, &all);
    let [qini, auuc, auuc_random] = areas(&steps);
    let one = |draw: u32| {
        let mut random = stream(seed, u64::from(draw));
        let mut times = vec![0_u32; sorted.len()];
        (0..sorted.len()).for_each(|_| times[random.random_range(0..sorted.len())] += 1);
        areas(&self::steps(&sorted, &times))
    };
    let drawn: Vec<[f64; 3]> = (0..draws).into_par_iter().map(one).collect();
    let interval = |value: f64, of: usize| {
        percentile_interval(value, draws, drawn.iter().map(|d| d[of])).map_err(UpliftError::TooFewDraws)
    };
    Ok(QiniCurve {
        points: points(&steps),
        qini: interval(qini, 0)?,
        auuc: interval(auuc, 1)?,
        auuc_random,
        n: cases.len() as u64,
    })
}

/// Sums down to a depth: customers and outcomes, treated and control.
#[derive(Clone, Copy, Default)]
struct Step {
    treated: f64,
    control: f64,
    of_treated: f64,
    of_control: f64,
}

impl Step {
    fn n(&self) -> f64 {
        self.treated + self.control
    }

    fn qini(&self) -> f64 {
        let scale = if self.control > 0.0 { self.treated / self.control } else { 0.0 };
        self.of_treated - self.of_control * scale
    }

    fn uplift(&self) -> f64 {
        let rate = |sum: f64, n: f64| if n > 0.0 { sum / n } else { 0.0 };
        // Without one side there is nothing to compare yet.
        let both = self.treated > 0.0 && self.control > 0.0;
        let difference = rate(self.of_treated, self.treated) - rate(self.of_control, self.control);
        if both { difference * self.n() } else { 0.0 }
    }
}

/// One step a distinct score, the best first; each case counts `times` times.
fn steps(sorted: &[Case], times: &[u32]) -> Vec<Step> {
    let mut at = Step::default();
    let mut steps = vec![at];
    for (i, case) in sorted.iter().enumerate() {
        let weight = f64::from(times[i]);
        if case.treated {
            at.treated += weight;
            at.of_treated += weight * case.outcome;
        } else {
            at.control += weight;
            at.of_control += weight * case.outcome;
        }
        let last_of_score = sorted.get(i + 1).is_none_or(|next| next.score != case.score);
        if last_of_score && at.n() > steps[steps.len() - 1].n() {
            steps.push(at);
        }
    }
    steps
}

/// Qini coefficient, AUUC, AUUC of a random choice.
fn areas(steps: &[Step]) -> [f64; 3] {
    let end = steps[steps.len() - 1];
    let n = end.n().max(1.0);
    let area = |value: fn(&Step) -> f64| -> f64 {
        steps.windows(2).map(|w| (w[1].n() - w[0].n()) / n * (value(&w[0]) + value(&w[1])) / 2.0).sum()
    };
    let qini = (area(Step::qini) - end.qini() / 2.0) / end.treated.max(1.0);
    [qini, area(Step::uplift) / n, end.uplift() / n / 2.0]
}

/// At most 101 of the steps, evenly deep.
fn points(steps: &[Step]) -> Vec<Point> {
    let n = steps[steps.len() - 1].n().max(1.0);
    let mut points: Vec<Point> = Vec::with_capacity(101);
    for step in steps {
        let depth = step.n() / n;
        if depth * 100.0 >= points.len() as f64 - 1e-9 {
            points.push(Point { depth, qini: step.qini(), uplift: step.uplift() });
        }
    }
    points
}
