//! Change between two waves of a survey of different respondents, told from chance.

use super::nps::variance;
use super::{Interval, Mean, Nps, Proportion};
use crate::experiment::welch;
use serde::{Deserialize, Serialize};
use statrs::function::erf::erfc;

/// A change from one wave to the next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Respondents before and after.
    pub n: (u64, u64),
    /// After less before.
    pub difference: f64,
    /// 95 % interval of the difference: Newcombe's (1998) hybrid of the two waves' score intervals; Welch's (1947) of means.
    pub interval: Interval,
    /// Two-sided p-value of no change: the z-test with the variance of both waves together; Welch's t-test of means.
    pub p_value: f64,
    /// Whether every group is large enough for the p-value's approximation: at least 5 expected answers of a kind, for means
    /// 30 respondents in each wave.
    pub large_enough: bool,
}

/// Fewest expected answers of a kind for the normal approximation (Cochran 1954).
const MIN_EXPECTED: f64 = 5.0;

/// Fewest ratings a wave for Welch's test of answers on a scale, which are far from normal but bounded.
const MIN_RATINGS: u64 = 30;

/// Compares two shares.
///
/// ```
/// use science::survey::{Proportion, compare_shares};
///
/// let (before, after) = (Proportion::new(48, 80).ok_or("empty")?, Proportion::new(56, 70).ok_or("empty")?);
/// let change = compare_shares(&before, &after);
/// assert!((change.difference - 0.2).abs() < 1e-12 && change.p_value < 0.01);
/// # Ok::<(), &str>(())
/// ```
pub fn compare_shares(before: &Proportion, after: &Proportion) -> Change {
    let (n, m) = (before.n as f64, after.n as f64);
    let pooled = (before.yes as f64 + after.yes as f64) / (n + m);
    Change {
        n: (before.n, after.n),
        difference: after.value - before.value,
        interval: hybrid((before.value, before.wilson), (after.value, after.wilson)),
        p_value: p_value(after.value - before.value, pooled * (1.0 - pooled), n, m),
        large_enough: n.min(m) * pooled.min(1.0 - pooled) >= MIN_EXPECTED,
    }
}

/// Compares two net promoter scores.
pub fn compare_nps(before: &Nps, after: &Nps) -> Change {
    let (n, m) = (before.n as f64, after.n as f64);
    let promoters = (before.promoters as f64 + after.promoters as f64) / (n + m);
    let detractors = (before.detractors as f64 + after.detractors as f64) / (n + m);
    Change {
        n: (before.n, after.n),
        difference: after.value - before.value,
        interval: hybrid((before.value, before.interval), (after.value, after.interval)),
        p_value: p_value(after.value - before.value, variance(promoters, detractors), n, m),
        large_enough: n.min(m) * promoters.min(detractors) >= MIN_EXPECTED,
    }
}

/// Compares two means: effort scores, ratings, or the scores of a construct on one scale
/// ([`crate::satisfaction::pls::PlsFit::indices`]).
///
/// ```
/// use science::survey::{Mean, compare_means};
///
/// let wave = |shift: f64| Mean::new(&(0..60).map(|i| f64::from(i % 5) + shift).collect::<Vec<_>>());
/// let change = compare_means(&wave(1.0).ok_or("few")?, &wave(2.0).ok_or("few")?);
/// assert!((change.difference - 1.0).abs() < 1e-12 && change.p_value < 0.001 && change.large_enough);
/// # Ok::<(), &str>(())
/// ```
pub fn compare_means(before: &Mean, after: &Mean) -> Change {
    let side = |mean: &Mean| (mean.standard_error.powi(2), mean.n as f64);
    let (difference, p_value) = welch(after.value - before.value, side(after), side(before));
    Change {
        n: (before.n, after.n),
        difference: difference.value,
        interval: Interval { low: difference.low, high: difference.high },
        p_value,
        large_enough: before.n.min(after.n) >= MIN_RATINGS && p_value.is_finite(),
    }
}

/// Each end moves by what both waves allow, as the lengths of a right triangle's sides.
fn hybrid((before, b): (f64, Interval), (after, a): (f64, Interval)) -> Interval {
    let difference = after - before;
    Interval {
        low: difference - (after - a.low).hypot(b.high - before),
        high: difference + (a.high - after).hypot(before - b.low),
    }
}

fn p_value(difference: f64, variance: f64, n: f64, m: f64) -> f64 {
    let error = (variance * (1.0 / n + 1.0 / m)).sqrt();
    // Without variance all answered alike in both waves.
    if error > 0.0 { erfc((difference / error).abs() / std::f64::consts::SQRT_2).min(1.0) } else { 1.0 }
}

/// A figure measured in both waves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Figure {
    /// A share, before and after.
    Share(Proportion, Proportion),
    /// A net promoter score, before and after.
    Nps(Nps, Nps),
    /// A mean, before and after.
    Mean(Mean, Mean),
}

/// A change among several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedChange {
    /// Of what.
    pub name: String,
    /// The change by itself.
    pub change: Change,
    /// Its p-value, corrected for all that were looked at (Holm 1979).
    pub adjusted_p_value: f64,
    /// Whether that is below .05.
    pub significant: bool,
}

/// Compares many figures of two waves at once; with Holm's correction the chance of even one false alarm is 5 %.
pub fn compare_waves(figures: &[(String, Figure)]) -> Vec<NamedChange> {
    let compare = |(_, figure): &(String, Figure)| match figure {
        Figure::Share(before, after) => compare_shares(before, after),
        Figure::Nps(before, after) => compare_nps(before, after),
        Figure::Mean(before, after) => compare_means(before, after),
    };
    let changes: Vec<Change> = figures.iter().map(compare).collect();
    let adjusted = holm(&changes.iter().map(|change| change.p_value).collect::<Vec<f64>>());
    let named = figures.iter().zip(changes).zip(adjusted);
    named
        .map(|(((name, _), change), adjusted_p_value)| NamedChange {
            name: name.clone(),
            change,
            adjusted_p_value,
            significant: adjusted_p_value < 0.05,
        })
        .collect()
}

/// Holm's (1979) step-down correction of p-values, in their order.
///
/// ```
/// let adjusted = science::survey::holm(&[0.01, 0.04, 0.03, 0.005]);
/// assert!(adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]).all(|(a, b)| (a - b).abs() < 1e-12));
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let (mut adjusted, mut highest) = (vec![1.0; p_values.len()], 0.0_f64);
    for (rank, at) in order.into_iter().enumerate() {
        highest = highest.max(p_values[at] * (p_values.len() - rank) as f64).min(1.0);
        adjusted[at] = highest;
    }
    adjusted
}
