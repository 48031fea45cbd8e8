//! What every model of contractual retention answers.

use crate::btyd::Diverges;
use crate::fit::Fit;
use crate::predict::{Estimate, Z};
use crate::special::{GAUSS_LEGENDRE, logistic};

/// A model of how long subscribers stay.
pub trait Retention: Clone {
    /// The parameters in the order of the fields.
    fn parameters(&self) -> Vec<f64>;

    /// The model with these parameters.
    fn with_parameters(&self, parameters: &[f64]) -> Self;

    /// ln S(t) for t >= 0, also between renewals.
    fn ln_survivor(&self, t: f64) -> f64;

    /// The power with which S falls at great age: S(t) ~ t^-power.
    fn tail(&self) -> f64;

    /// S(t): the probability that a new customer survives t renewals.
    fn survivor(&self, t: u32) -> f64 {
        self.ln_survivor(f64::from(t)).exp()
    }

    /// r(t) = S(t) / S(t - 1), the retention rate at renewal t, from 1.
    fn retention_rate(&self, t: u32) -> f64 {
        let t = f64::from(t.max(1));
        (self.ln_survivor(t) - self.ln_survivor(t - 1.0)).exp()
    }

    /// P(T = t): the probability that a new customer leaves at renewal t, from 1.
    fn probability_of_leaving(&self, t: u32) -> f64 {
        if t == 0 { 0.0 } else { self.survivor(t - 1) * (1.0 - self.retention_rate(t)) }
    }

    /// DERL: expected further renewals of a customer who has renewed `renewals` times, each discounted at `discount` a
    /// period, the next one not discounted (Fader & Hardie 2010, "Customer-base valuation in a contractual setting").
    ///
    /// # Errors
    /// [`Diverges`] without a discount while lifetimes have no finite mean, and for a discount that is negative or not
    /// a number.
    fn derl(&self, discount: f64, renewals: u32) -> Result<f64, Diverges> {
        if !(discount >= 0.0 && discount.is_finite()) || (discount == 0.0 && self.tail() <= 1.0) {
            return Err(Diverges { discount });
        }
        let (n, rate) = (f64::from(renewals), discount.ln_1p());
        let here = self.ln_survivor(n);
        let term = |k: f64| (self.ln_survivor(n + 1.0 + k) - here - rate * k).exp();
        let mut sum = 0.0;
        for k in 0..SUMMED {
            let next = term(f64::from(k));
            sum += next;
            if next <= 1e-16 * sum {
                return Ok(sum);
            }
        }
        Ok(sum + rest(f64::from(SUMMED), n + 1.0, self.tail() - 1.0, rate, term))
    }

    /// The mean number of further renewals.
    ///
    /// # Errors
    /// [`Diverges`] where it is infinite.
    fn expected_renewals(&self, renewals: u32) -> Result<f64, Diverges> {
        self.derl(0.0, renewals)
    }
}

/// Terms that are summed one by one.
const SUMMED: u32 = 2_048;

/// The sum of the terms from k on: Euler and Maclaurin's integral and half of the first term (the next correction is
/// below 1e-7 of the first term), in u = ln((k + age) / age).
fn rest(k: f64, age: f64, power: f64, rate: f64, term: impl Fn(f64) -> f64) -> f64 {
    let (fast, slow) = (46.0 / (rate * (k + age)), 46.0 / power.max(1e-3));
    let width = fast.ln_1p().min(slow) / 64.0;
    let at = |u: f64| {
        let later = (k + age) * u.exp_m1();
        (k + age + later) * term(k + later)
    };
    let panel = |p: u32| -> f64 {
        GAUSS_LEGENDRE.iter().map(|(node, weight)| weight * at(width * (f64::from(p) + node))).sum()
    };
    width * (0..64).map(panel).sum::<f64>() + term(k) / 2.0
}

/// A positive figure of a fitted model with its 95 % interval: the delta method on its logarithm, over the logarithms of
/// the parameters. `None` where the figure is not a positive number and where the likelihood has no curvature. A share
/// belongs into [`forecast_share`], whose interval cannot exceed 1.
///
/// ```
/// use science::contractual::{Cohorts, Retention, ShiftedBetaGeometric, forecast};
/// let cohorts = Cohorts::from_survivors(&[[1000, 869, 743, 653, 593, 551, 517, 491]]).unwrap();
/// let fit = ShiftedBetaGeometric::fit(&cohorts).unwrap();
/// let lifetime = forecast(&fit, |model| model.derl(0.1, 7).ok()).unwrap();
/// assert!(lifetime.low < lifetime.value && lifetime.value < lifetime.high);
/// ```
pub fn forecast<M: Retention>(fit: &Fit<M>, figure: impl Fn(&M) -> Option<f64>) -> Option<Estimate> {
    let log = |model: &M| figure(model).filter(|v| *v > 0.0 && v.is_finite()).map(f64::ln);
    let value = log(&fit.model)?.exp();
    let error = error_of(fit, log)?;
    let (low, high) = (value * (-Z * error).exp(), value * (Z * error).exp());
    high.is_finite().then_some(Estimate { value, standard_error: value * error, low, high })
}

/// A share, such as S(t) or r(t), of a fitted model with its 95 % interval: the delta method on the log-odds, so that it
/// stays between 0 and 1. From 0 to 1 where the likelihood has no curvature; `None` where the figure is no share.
///
/// ```
/// use science::contractual::{Cohorts, Retention, ShiftedBetaGeometric, forecast_share};
/// let cohorts = Cohorts::from_survivors(&[[1000, 869, 743, 653, 593, 551, 517, 491]]).unwrap();
/// let fit = ShiftedBetaGeometric::fit(&cohorts).unwrap();
/// let twelve = forecast_share(&fit, |model| Some(model.survivor(12))).unwrap();
/// assert!((twelve.value - 0.378).abs() < 0.001);
/// assert!(0.0 < twelve.low && twelve.low < twelve.value && twelve.value < twelve.high && twelve.high < 1.0);
/// ```
pub fn forecast_share<M: Retention>(fit: &Fit<M>, share: impl Fn(&M) -> Option<f64>) -> Option<Estimate> {
    let value = share(&fit.model).filter(|v| (0.0..=1.0).contains(v))?;
    // Nothing between 0 and 1 varies more about its mean than a toss.
    let toss = value * (1.0 - value);
    if toss == 0.0 {
        return Some(Estimate { value, standard_error: 0.0, low: value, high: value });
    }
    let logit = |model: &M| share(model).filter(|v| *v > 0.0 && *v < 1.0).map(|v| v.ln() - (-v).ln_1p());
    let error = fit.covariance.as_ref().and_then(|_| error_of(fit, logit));
    let Some(error) = error else {
        return Some(Estimate { value, standard_error: toss.sqrt(), low: 0.0, high: 1.0 });
    };
    let odds = value.ln() - (-value).ln_1p();
    let (low, high) = (logistic(odds - Z * error), logistic(odds + Z * error));
    Some(Estimate { value, standard_error: toss * error, low: low.min(value), high: high.max(value) })
}

/// The standard error of a figure by the delta method over the logarithms of the parameters.
fn error_of<M: Retention>(fit: &Fit<M>, figure: impl Fn(&M) -> Option<f64>) -> Option<f64> {
    const STEP: f64 = 1e-4;
    let covariance = fit.covariance.as_ref()?;
    let parameters = fit.model.parameters();
    let moved = |i: usize, step: f64| {
        let mut changed = parameters.clone();
        changed[i] *= f64::exp(step);
        figure(&fit.model.with_parameters(&changed))
    };
    let slope = |i| Some((moved(i, STEP)? - moved(i, -STEP)?) / (2.0 * STEP) / parameters[i]);
    let slopes: Vec<f64> = (0..parameters.len()).map(slope).collect::<Option<_>>()?;
    let pairs = (0..slopes.len()).flat_map(|i| (0..slopes.len()).map(move |j| (i, j)));
    let variance: f64 = pairs.map(|(i, j)| slopes[i] * slopes[j] * covariance[i][j]).sum();
    variance.is_finite().then(|| variance.max(0.0).sqrt())
}
