//! Maximum likelihood for the beta-geometric/NBD models: the log-likelihood and its gradient over distinct rows.

use super::LatentAttrition;
use crate::fit::{Fit, NotEnoughData, chunked_sum, covariance_of, maximise, require};
use crate::special::{digamma, ln_beta, ln_gamma, softplus_and_slope};
use crate::summary::{Row, Summary};

/// Fits on log-parameters, with alpha in units of the mean observation time so that days or weeks give the same path.
pub(super) fn fit<M: LatentAttrition>(summary: &Summary) -> Result<Fit<M>, NotEnoughData> {
    require(summary.customers(), summary.repeat_buyers())?;
    let (orders, observed) = totals(summary);
    if observed <= 0.0 {
        return Err(NotEnoughData::ObservationTime);
    }
    let unit = observed / summary.customers() as f64;
    let natural = |log: &[f64; 4]| {
        let [r, alpha, a, b] = log.map(f64::exp);
        [r, alpha * unit, a, b]
    };
    let objective = |log: &[f64; 4]| {
        let parameters = natural(log);
        let (value, slopes) = log_likelihood(&M::from_parameters(parameters), summary);
        (value, std::array::from_fn(|i| slopes[i] * parameters[i]))
    };
    let found = maximise(objective, &starts(orders / summary.customers() as f64), summary.customers());
    let parameters = natural(&found.at);
    Ok(Fit {
        model: M::from_parameters(parameters),
        log_likelihood: found.log_likelihood,
        covariance: found.log_covariance.map(|log| covariance_of(log, &parameters)),
        status: found.status,
        starts: found.starts,
        customers: summary.customers(),
        distinct_rows: summary.rows().len() as u64,
    })
}

/// All parameters alike, and rates that give the mean number of repeat orders if nobody had left.
fn starts(orders_each: f64) -> [[f64; 4]; 2] {
    [[0.0; 4], [0.5, (0.5 / orders_each).clamp(1e-3, 1e3), 0.5, 1.5].map(f64::ln)]
}

/// Repeat orders and weeks of observation, summed over the customers.
fn totals(summary: &Summary) -> (f64, f64) {
    let add = |(orders, weeks): (f64, f64), row: &Row| {
        let weight = row.weight as f64;
        (orders + weight * f64::from(row.x), weeks + weight * summary.weeks(row.t))
    };
    summary.rows().iter().fold((0.0, 0.0), add)
}

/// The log-likelihood and its gradient in (r, alpha, a, b).
pub(super) fn log_likelihood<M: LatentAttrition>(model: &M, summary: &Summary) -> (f64, [f64; 4]) {
    let base = CountTerms::new(model, 0, 0.0);
    let [value, r, alpha, a, b] = chunked_sum(summary.rows(), |rows| chunk(model, summary, &base, rows));
    (value, [r, alpha, a, b])
}

/// Terms that depend on x only; rows are sorted by x, so they are made once for each x.
struct CountTerms {
    x: u32,
    value: f64,
    r: f64,
    a: f64,
    b: f64,
    /// ln alpha, and the log-odds of leaving at the last chance: what silence adds to.
    ln_alpha: f64,
    ln_odds: f64,
}

impl CountTerms {
    fn new<M: LatentAttrition>(model: &M, x: u32, k: f64) -> Self {
        let [r, alpha, a, b] = model.parameters();
        let shape = r + f64::from(x);
        let both = digamma(a + b + k);
        Self {
            x,
            value: ln_gamma(shape) + ln_beta(a, b + k),
            r: digamma(shape),
            a: digamma(a) - both,
            b: digamma(b + k) - both,
            ln_alpha: alpha.ln(),
            ln_odds: (a / (b + k - 1.0)).ln(),
        }
    }

    /// The same less the terms of the priors, `base`.
    fn beyond(mut self, base: &Self) -> Self {
        self.value -= base.value;
        self.r -= base.r;
        self.a -= base.a;
        self.b -= base.b;
        self
    }
}

fn chunk<M: LatentAttrition>(model: &M, summary: &Summary, base: &CountTerms, rows: &[Row]) -> [f64; 5] {
    let terms_of = |x: u32| CountTerms::new(model, x, M::chances(x)).beyond(base);
    let Some(first) = rows.first() else { return [0.0; 5] };
    let mut terms = terms_of(first.x);
    let mut sums = [0.0; 5];
    for row in rows {
        if row.x != terms.x {
            terms = terms_of(row.x);
        }
        let weight = row.weight as f64;
        let part = row_terms(model, &terms, summary.weeks(row.t_x), summary.weeks(row.t));
        for (sum, value) in sums.iter_mut().zip(part) {
            *sum += weight * value;
        }
    }
    sums
}

/// Value and gradient of one customer: the count's terms, the time's, and ln(1 + odds of having left).
fn row_terms<M: LatentAttrition>(model: &M, terms: &CountTerms, t_x: f64, t: f64) -> [f64; 5] {
    let [r, alpha, a, b] = model.parameters();
    let (n, k) = (f64::from(terms.x), M::chances(terms.x));
    let shape = r + n;
    let waited = (t / alpha).ln_1p();
    let mut value = terms.value - shape * waited - n * terms.ln_alpha;
    let mut slopes = [terms.r - waited, r / alpha - shape / (alpha + t), terms.a, terms.b];
    if k > 0.0 {
        let silence = ((t - t_x) / (alpha + t_x)).ln_1p();
        let (left, probability) = softplus_and_slope(terms.ln_odds + shape * silence);
        value += left;
        slopes[0] += probability * silence;
        slopes[1] -= probability * shape * (t - t_x) / ((alpha + t) * (alpha + t_x));
        slopes[2] += probability / a;
        slopes[3] -= probability / (b + k - 1.0);
    }
    [value, slopes[0], slopes[1], slopes[2], slopes[3]]
}
