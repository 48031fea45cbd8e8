//! The product-limit estimate of Kaplan & Meier (1958, JASA 53:457).

use super::Durations;
use crate::Estimate;
use crate::predict::Z;
use serde::{Deserialize, Serialize};

/// One distinct time of a survival curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurvivalRow {
    /// t.
    pub time: f64,
    /// Customers watched just before t.
    pub at_risk: u64,
    /// Customers who left at t.
    pub events: u64,
    /// Customers last seen at t.
    pub censored: u64,
    /// S(t) from here to the next time; its standard error is Greenwood's (1926), its 95 % interval on the scale of
    /// ln(-ln S), so that it stays within 0 and 1. At S = 0 no variance can be estimated: the error is 0 and the
    /// upper end stays where it was.
    pub survival: Estimate,
}

/// A survival curve.
///
/// ```
/// use science::survival::{Durations, KaplanMeier};
///
/// // Five customers: one left after 2 months, one after 3; three are still here.
/// let times = [2.0, 3.0, 3.0, 5.0, 6.0];
/// let left = [true, true, false, false, false];
/// let curve = KaplanMeier::fit(&Durations::new(&times, &left)?);
/// // (4/5) (3/4) of them stay beyond the third month.
/// assert!((curve.survival_at(4.0).unwrap().value - 0.6).abs() < 1e-12);
/// // Fewer than half have left, so the median lies beyond what was watched.
/// assert_eq!(curve.median().value, None);
/// # Ok::<(), science::survival::SurvivalError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KaplanMeier {
    /// n.
    pub customers: u64,
    /// Customers whose leaving was seen.
    pub events: u64,
    /// The distinct times, ascending.
    pub rows: Vec<SurvivalRow>,
}

/// A time by which a share of customers has left; a bound that is `None` lies beyond what was watched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantile {
    /// The first time at which the curve is at or below 1 - the share.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval, from the lower band (Brookmeyer & Crowley 1982).
    pub low: Option<f64>,
    /// Upper end, from the upper band.
    pub high: Option<f64>,
}

const SURE: Estimate = Estimate { value: 1.0, standard_error: 0.0, low: 1.0, high: 1.0 };

impl KaplanMeier {
    /// The curve of all customers given.
    pub fn fit(durations: &Durations<'_>) -> Self {
        let order = durations.ascending();
        let same = |a: &usize, b: &usize| durations.times[*a] == durations.times[*b];
        Self::from_counts(order.chunk_by(same).map(|tied| {
            let events = tied.iter().filter(|i| durations.events[**i]).count() as u64;
            (durations.times[tied[0]], events, tied.len() as u64 - events)
        }))
    }

    /// The curve of (time, events, censored) with times ascending and distinct.
    pub(crate) fn from_counts(counts: impl Iterator<Item = (f64, u64, u64)>) -> Self {
        let counts: Vec<(f64, u64, u64)> = counts.collect();
        let customers = counts.iter().map(|(_, events, censored)| events + censored).sum();
        let (mut at_risk, mut survival, mut greenwood, mut high) = (customers, 1.0, 0.0, 1.0);
        let mut row = |&(time, events, censored): &(f64, u64, u64)| {
            let (n, d) = (at_risk as f64, events as f64);
            survival *= if at_risk == events { 0.0 } else { 1.0 - d / n };
            greenwood += if at_risk == events { 0.0 } else { d / (n * (n - d)) };
            let estimate = band(survival, greenwood, high);
            high = estimate.high;
            let row = SurvivalRow { time, at_risk, events, censored, survival: estimate };
            at_risk -= events + censored;
            row
        };
        let rows: Vec<SurvivalRow> = counts.iter().map(&mut row).collect();
        Self { customers, events: rows.iter().map(|row| row.events).sum(), rows }
    }

    /// S(t); `None` beyond the last time at which anybody was watched, unless nobody was left.
    pub fn survival_at(&self, t: f64) -> Option<Estimate> {
        let reached = self.rows.partition_point(|row| row.time <= t);
        let last = self.rows.last()?;
        let known = t <= last.time || last.survival.value == 0.0;
        known.then(|| reached.checked_sub(1).map_or(SURE, |i| self.rows[i].survival))
    }

    /// The time by which half of the customers have left.
    pub fn median(&self) -> Quantile {
        self.quantile(0.5)
    }

    /// The time by which the share `p` of customers has left, 0 < p < 1.
    pub fn quantile(&self, p: f64) -> Quantile {
        let first = |curve: fn(&Estimate) -> f64| {
            // A sum of roundings must not push S(t) = 1 - p to the next time.
            self.rows.iter().find(|row| curve(&row.survival) <= 1.0 - p + 1e-12).map(|row| row.time)
        };
        Quantile { value: first(|s| s.value), low: first(|s| s.low), high: first(|s| s.high) }
    }

    /// The mean time within the first `until`, the area under the curve, with a normal 95 % interval; `None` where the
    /// curve is not known as far as that.
    pub fn restricted_mean(&self, until: f64) -> Option<Estimate> {
        self.survival_at(until).filter(|_| until >= 0.0)?;
        let steps = self.rows.iter().take_while(|row| row.time < until);
        let (mut area, mut variance, mut end) = (0.0, 0.0, until);
        for row in steps.collect::<Vec<_>>().into_iter().rev() {
            area += row.survival.value * (end - row.time);
            let (n, d) = (row.at_risk as f64, row.events as f64);
            variance += if row.at_risk > row.events { area * area * d / (n * (n - d)) } else { 0.0 };
            end = row.time;
        }
        let (value, standard_error) = (area + end, variance.sqrt());
        let (low, high) = ((value - Z * standard_error).max(0.0), (value + Z * standard_error).min(until));
        Some(Estimate { value, standard_error, low: low.min(value), high: high.max(value) })
    }
}

/// S with Greenwood's error and the interval on the scale of ln(-ln S).
fn band(survival: f64, greenwood: f64, high_before: f64) -> Estimate {
    if survival >= 1.0 {
        return SURE;
    }
    if survival <= 0.0 {
        return Estimate { value: 0.0, standard_error: 0.0, low: 0.0, high: high_before };
    }
    let width = Z * greenwood.sqrt() / survival.ln().abs();
    let at = |exponent: f64| survival.powf(exponent.exp()).clamp(0.0, 1.0);
    Estimate {
        value: survival,
        standard_error: survival * greenwood.sqrt(),
        low: at(width).min(survival),
        high: at(-width).max(survival),
    }
}
