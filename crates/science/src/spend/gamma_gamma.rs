//! Gamma-Gamma: Fader & Hardie, "The Gamma-Gamma model of monetary value", note 025 (2013).
//!
//! The value of an order is gamma(p, ν) around a customer's own level, and ν is gamma(q, gamma) over the customers. It
//! assumes that level and frequency are independent: look at [`GammaGammaFit::correlation`].

use crate::fit::{Fit, NotEnoughData, Parametric, Size, chunked_sum, maximise, maximise_from, require};
use crate::linear::quadratic_form;
use crate::special::{digamma, ln_gamma};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The Gamma-Gamma model. The fit keeps q > 1, because the mean over customers is infinite otherwise.
///
/// ```
/// use science::spend::{GammaGammaFit, Spend};
/// let spends: Vec<Spend> = (0..200).map(|i| Spend { x: 1 + i % 5, mean: 20.0 + f64::from(i * 37 % 60) }).collect();
/// let fitted = GammaGammaFit::fit(&spends).unwrap();
/// // One order of 200 is drawn towards what everyone spends, eight of them less so.
/// let [once, often] = [1, 8].map(|x| fitted.fit.model.expected_spend(x, 200.0));
/// assert!(once < often && often < 200.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GammaGamma {
    /// Shape of the order values of one customer.
    pub p: f64,
    /// Shape of the customers' scales.
    pub q: f64,
    /// Scale over the customers, in the currency of the data.
    pub gamma: f64,
}

/// What one customer spent on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spend {
    /// Orders averaged over: the repeat order days.
    pub x: u32,
    /// Mean value of those orders; more than 0.
    pub mean: f64,
}

/// Why no Gamma-Gamma model came about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SpendError {
    /// Too few customers.
    NotEnoughData(NotEnoughData),
    /// A customer without orders, or whose mean is zero, negative or not a number; leave such customers out.
    NotPositive {
        /// Position in the input, from 0.
        index: usize,
        /// What was given.
        spend: Spend,
    },
    /// All customers spend the same, so nothing can be learned about how they differ.
    AllAlike,
}

impl fmt::Display for SpendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEnoughData(reason) => reason.fmt(f),
            Self::NotPositive { index, spend } => write!(
                f,
                "Customer {index} has {} repeat orders of {} on average; leave out customers without a repeat \
                 order or without positive spend.",
                spend.x, spend.mean
            ),
            Self::AllAlike => f.write_str("All customers spend the same; import orders of different values."),
        }
    }
}

impl std::error::Error for SpendError {}

/// A fitted Gamma-Gamma model with the check of its assumption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GammaGammaFit {
    /// The fit; parameters in the order p, q, gamma.
    pub fit: Fit<GammaGamma>,
    /// Pearson correlation of frequency and mean value; the model assumes it is near 0. `None` when all buy equally often.
    pub correlation: Option<f64>,
}

/// The expected value of one future order of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendForecast {
    /// Expected value.
    pub mean: f64,
    /// Standard error of `mean` from the uncertainty of the parameters; as large as `mean` where the likelihood has no
    /// curvature and the uncertainty is unknown.
    pub standard_error: f64,
    /// E[level²]: second moment of the customer's own level.
    pub(crate) level_squared: f64,
    /// E[order²]: second moment of one order's value.
    pub(crate) order_squared: f64,
}

impl GammaGamma {
    /// Expected value of an order of a customer whose x orders averaged `mean`; x = 0 gives the population mean.
    pub fn expected_spend(&self, x: u32, mean: f64) -> f64 {
        let (shape, scale) = self.posterior(x, mean);
        self.p * scale / (shape - 1.0)
    }

    /// Mean order value over all customers, seen or not.
    pub fn population_mean(&self) -> f64 {
        self.expected_spend(0, 0.0)
    }

    /// ν of a customer given the data is gamma with this shape and rate.
    fn posterior(&self, x: u32, mean: f64) -> (f64, f64) {
        let n = f64::from(x);
        let total = if x == 0 { 0.0 } else { n * mean };
        (self.p * n + self.q, self.gamma + total)
    }
}

impl Parametric for GammaGamma {
    const NAMES: &'static [&'static str] = &["p", "q", "gamma"];

    fn values(&self) -> Vec<f64> {
        vec![self.p, self.q, self.gamma]
    }

    fn floor(index: usize) -> f64 {
        if index == 1 { 1.0 } else { 0.0 }
    }
}

impl GammaGammaFit {
    /// Fits by maximum likelihood on customers with at least one repeat order and positive mean.
    ///
    /// # Errors
    /// [`SpendError::NotPositive`] names the first customer without orders or with a mean that is not positive;
    /// [`SpendError::NotEnoughData`] below 50 customers; [`SpendError::AllAlike`] when all means are equal.
    pub fn fit(spends: &[Spend]) -> Result<Self, SpendError> {
        Self::check(spends)?;
        let n = spends.len() as u64;
        require(n, n).map_err(SpendError::NotEnoughData)?;
        let sorted = sorted_spends(spends);
        if sorted.iter().all(|s| s.mean == sorted[0].mean) {
            return Err(SpendError::AllAlike);
        }
        let fit = fit_sorted(&sorted).ok_or(SpendError::AllAlike)?;
        Ok(Self { fit, correlation: correlation(&sorted) })
    }

    /// Refuses spends that no model can have.
    pub(crate) fn check(spends: &[Spend]) -> Result<(), SpendError> {
        let bad = |s: &Spend| s.x == 0 || !(s.mean > 0.0 && s.mean.is_finite());
        match spends.iter().position(bad) {
            Some(index) => Err(SpendError::NotPositive { index, spend: spends[index] }),
            None => Ok(()),
        }
    }

    /// The forecast for a customer whose x orders averaged `mean`, with the error the parameters bring.
    pub fn forecast(&self, x: u32, mean: f64) -> SpendForecast {
        let model = self.fit.model;
        let GammaGamma { p, q, .. } = model;
        let (shape, scale) = model.posterior(x, mean);
        let expected = model.expected_spend(x, mean);
        let n = f64::from(x);
        let slopes =
            [expected / p - expected * n / (shape - 1.0), -expected / (shape - 1.0), p / (shape - 1.0)];
        let error = |covariance| quadratic_form(&covariance, &slopes).max(0.0).sqrt();
        // The second moment exists for shape > 2 only; q close to 1 would make it infinite for new customers.
        let level_squared = (p * scale).powi(2) / ((shape - 1.0) * (shape - 2.0).max(0.1 * q));
        SpendForecast {
            mean: expected,
            standard_error: self.fit.covariance_matrix().map_or(expected, error),
            level_squared,
            order_squared: level_squared * (1.0 + 1.0 / p),
        }
    }
}

/// The spends by x, then by mean, so that no sum depends on their order.
pub(crate) fn sorted_spends(spends: &[Spend]) -> Vec<Spend> {
    let mut sorted = spends.to_vec();
    sorted.sort_unstable_by(|a, b| a.x.cmp(&b.x).then(a.mean.total_cmp(&b.mean)));
    sorted
}

/// The maximum near parameters that are close already, on spends in the order of [`sorted_spends`]; `None` without
/// customers.
pub(crate) fn refit_spend(sorted: &[Spend], near: &GammaGamma) -> Option<GammaGamma> {
    let data = Scaled::new(sorted)?;
    let start = [near.p, near.q - 1.0, near.gamma / data.unit].map(f64::ln);
    Some(data.model(&maximise_from(|log| data.objective(log), start, sorted.len() as u64)))
}

/// Mean orders in units of their mean, sorted by x, and the terms that depend on x alone.
struct Scaled {
    unit: f64,
    rows: Vec<(f64, f64)>,
    groups: Vec<Group>,
}

impl Scaled {
    fn new(sorted: &[Spend]) -> Option<Self> {
        let unit = sorted.iter().map(|s| s.mean).sum::<f64>() / sorted.len() as f64;
        let rows: Vec<(f64, f64)> = sorted.iter().map(|s| (f64::from(s.x), s.mean / unit)).collect();
        let groups = Group::all(&rows);
        (!rows.is_empty()).then_some(Self { unit, rows, groups })
    }

    /// The log-likelihood and its gradient in ln p, ln(q - 1) and ln gamma.
    fn objective(&self, log: &[f64; 3]) -> (f64, [f64; 3]) {
        let [p, q_less_1, gamma] = log.map(f64::exp);
        let model = GammaGamma { p, q: q_less_1 + 1.0, gamma };
        let (value, slopes) = log_likelihood(&model, &self.groups, &self.rows);
        (value, [slopes[0] * p, slopes[1] * q_less_1, slopes[2] * gamma])
    }

    fn model(&self, log: &[f64; 3]) -> GammaGamma {
        let [p, q_less_1, gamma] = log.map(f64::exp);
        GammaGamma { p, q: q_less_1 + 1.0, gamma: gamma * self.unit }
    }
}

/// Fits with money in units of the mean, on ln p, ln(q - 1) and ln gamma.
fn fit_sorted(spends: &[Spend]) -> Option<Fit<GammaGamma>> {
    let n = spends.len() as u64;
    let data = Scaled::new(spends)?;
    let starts = [[1.0, 1.0, 1.0], [5.0, 3.0, 0.5]].map(|s: [f64; 3]| s.map(f64::ln));
    let found = maximise(|log| data.objective(log), &starts, n).shifted(-(n as f64) * data.unit.ln());
    let model = data.model(&found.at);
    let size = Size { customers: n, distinct_rows: data.rows.chunk_by(|a, b| a == b).count() as u64 };
    Some(found.fit(model, &[model.p, model.q - 1.0, model.gamma], size))
}

/// Customers with the same number of orders: their gamma functions and logarithms are shared.
struct Group {
    x: f64,
    customers: f64,
    ln_means: f64,
}

impl Group {
    fn all(sorted: &[(f64, f64)]) -> Vec<Self> {
        let group = |rows: &[(f64, f64)]| Self {
            x: rows[0].0,
            customers: rows.len() as f64,
            ln_means: rows.iter().map(|(_, mean)| mean.ln()).sum(),
        };
        sorted.chunk_by(|a, b| a.0 == b.0).map(group).collect()
    }

    /// Value and slopes in (p, q) of the terms that do not depend on single means.
    fn terms(&self, p: f64, q: f64) -> [f64; 3] {
        let (px, ln_x) = (p * self.x, self.x.ln());
        let both = digamma(px + q);
        let each = ln_gamma(px + q) - ln_gamma(px) - ln_gamma(q) + px * ln_x;
        let each_p = self.x * (both - digamma(px) + ln_x);
        [
            self.customers * each + (px - 1.0) * self.ln_means,
            self.customers * each_p + self.x * self.ln_means,
            self.customers * (both - digamma(q)),
        ]
    }
}

/// The log-likelihood and its gradient in (p, q, gamma).
fn log_likelihood(model: &GammaGamma, groups: &[Group], rows: &[(f64, f64)]) -> (f64, [f64; 3]) {
    let GammaGamma { p, q, gamma } = *model;
    let [mut value, mut slope_p, mut slope_q] = [0.0; 3];
    for group in groups {
        let [v, dp, dq] = group.terms(p, q);
        (value, slope_p, slope_q) = (value + v, slope_p + dp, slope_q + dq);
    }
    let n = rows.len() as f64;
    let [logs, logs_by_x, weights] = chunked_sum(rows, |rows| {
        let mut sums = [0.0; 3];
        for (x, mean) in rows {
            let total = gamma + x * mean;
            let ln_total = total.ln();
            sums[0] += ln_total;
            sums[1] += x * ln_total;
            sums[2] += (p * x + q) / total;
        }
        sums
    });
    value += n * q * gamma.ln() - q * logs - p * logs_by_x;
    (value, [slope_p - logs_by_x, slope_q + n * gamma.ln() - logs, n * q / gamma - weights])
}

fn correlation(spends: &[Spend]) -> Option<f64> {
    let n = spends.len() as f64;
    let mean_of = |f: fn(&Spend) -> f64| spends.iter().map(f).sum::<f64>() / n;
    let (mean_x, mean_m) = (mean_of(|s| f64::from(s.x)), mean_of(|s| s.mean));
    let add = |(xx, xm, mm): (f64, f64, f64), s: &Spend| {
        let (dx, dm) = (f64::from(s.x) - mean_x, s.mean - mean_m);
        (xx + dx * dx, xm + dx * dm, mm + dm * dm)
    };
    let (xx, xm, mm) = spends.iter().fold((0.0, 0.0, 0.0), add);
    (xx > 0.0 && mm > 0.0).then(|| xm / (xx * mm).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditional_means_of_the_first_cdnow_customers() {
        let model = GammaGamma { p: 6.24877, q: 3.74459, gamma: 15.44784 };
        assert!((model.population_mean() - 35.171).abs() < 1e-3);
        // (x, mean) of the first ten customers, from lifetimes' tests.
        let customers = [(2, 22.35), (1, 11.77), (0, 0.0), (7, 73.74), (1, 11.77)];
        for ((x, mean), want) in customers.into_iter().zip([24.65, 18.91, 35.17, 71.46, 18.91]) {
            assert!((model.expected_spend(x, mean) - want).abs() < 0.01, "{x} {mean}");
        }
    }

    /// Money is counted in units of its mean inside; what the starts reached is told in the units of the data.
    #[test]
    fn the_best_start_reached_the_likelihood_of_the_fit() {
        let spends: Vec<Spend> =
            (1..80).map(|i| Spend { x: 1 + i % 4, mean: 1_000.0 + f64::from(i * 37 % 50) }).collect();
        let fit = GammaGammaFit::fit(&spends).unwrap().fit;
        let best = fit.starts.iter().map(|start| start.log_likelihood).fold(f64::MIN, f64::max);
        assert_eq!(best, fit.log_likelihood);
    }

    #[test]
    fn gradients_are_the_slopes_of_the_likelihood() {
        let rows = [(1.0, 0.4), (1.0, 2.0), (3.0, 0.9), (12.0, 1.3)];
        let groups = Group::all(&rows);
        let value = |[p, q, gamma]: [f64; 3]| log_likelihood(&GammaGamma { p, q, gamma }, &groups, &rows);
        let at = [2.5, 3.1, 0.7];
        let slopes = value(at).1;
        for i in 0..3 {
            let moved = |step: f64| {
                let mut parameters = at;
                parameters[i] += step;
                value(parameters).0
            };
            assert!((slopes[i] - (moved(1e-6) - moved(-1e-6)) / 2e-6).abs() < 1e-6);
        }
    }

    #[test]
    fn free_and_negative_spend_is_refused_by_name() {
        let good = Spend { x: 1, mean: 10.0 };
        for bad in [Spend { x: 1, mean: 0.0 }, Spend { x: 2, mean: -3.0 }, Spend { x: 0, mean: 4.0 }] {
            let error = GammaGammaFit::fit(&[good, bad]).unwrap_err();
            assert_eq!(error, SpendError::NotPositive { index: 1, spend: bad });
        }
        assert_eq!(GammaGammaFit::fit(&[good; 60]).unwrap_err(), SpendError::AllAlike);
        assert!(matches!(GammaGammaFit::fit(&[good; 9]), Err(SpendError::NotEnoughData(_))));
    }
}
