//! The log-likelihood of the beta-geometric/NBD models and its gradient over distinct rows.

use super::beta_geometric::BetaGeometric;
use crate::fit::chunked_sum;
use crate::special::{digamma, ln_beta, ln_gamma, softplus_and_slope};
use crate::summary::{Row, Summary};

/// The log-likelihood and its gradient in (r, alpha, a, b).
pub(super) fn log_likelihood<M: BetaGeometric>(model: &M, summary: &Summary) -> (f64, [f64; 4]) {
    let base = CountTerms::new(model, 0, 0.0);
    let times = TimeTerms::new(model, summary);
    let [value, r, alpha, a, b] = chunked_sum(summary.rows(), |rows| chunk(model, &times, &base, rows));
    (value, [r, alpha, a, b])
}

/// (ln((alpha + t) / alpha), 1 / (alpha + t)), tabulated by tick: a million rows share a few hundred days.
struct TimeTerms<'a> {
    alpha: f64,
    summary: &'a Summary,
    table: Vec<(f64, f64)>,
}

/// Ticks worth a table: 22 years of days. Later ones are computed each time.
const TABULATED: u32 = 8_192;

impl<'a> TimeTerms<'a> {
    fn new<M: BetaGeometric>(model: &M, summary: &'a Summary) -> Self {
        let [_, alpha, ..] = model.shapes();
        let last = summary.rows().iter().map(|row| row.t).max().unwrap_or_default();
        let worth_it = last as usize <= 4 * summary.rows().len();
        let ticks = if worth_it { 0..last.saturating_add(1).min(TABULATED) } else { 0..0 };
        let table = ticks.map(|tick| time_terms(alpha, summary.weeks(tick))).collect();
        Self { alpha, summary, table }
    }

    fn at(&self, tick: u32) -> (f64, f64) {
        let compute = || time_terms(self.alpha, self.summary.weeks(tick));
        self.table.get(tick as usize).copied().unwrap_or_else(compute)
    }
}

fn time_terms(alpha: f64, t: f64) -> (f64, f64) {
    ((t / alpha).ln_1p(), 1.0 / (alpha + t))
}

/// Terms that depend on x only; rows are sorted by x, so they are made once for each x.
struct CountTerms {
    x: u32,
    value: f64,
    r: f64,
    a: f64,
    b: f64,
    n: f64,
    ln_alpha: f64,
    /// Whether there was a chance to leave; its log-odds, which silence adds to, and their slopes in a and b.
    may_have_left: bool,
    ln_odds: f64,
    odds_a: f64,
    odds_b: f64,
}

impl CountTerms {
    fn new<M: BetaGeometric>(model: &M, x: u32, k: f64) -> Self {
        let [r, alpha, a, b] = model.shapes();
        let shape = r + f64::from(x);
        let both = digamma(a + b + k);
        Self {
            x,
            value: ln_gamma(shape) + ln_beta(a, b + k),
            r: digamma(shape),
            a: digamma(a) - both,
            b: digamma(b + k) - both,
            n: f64::from(x),
            ln_alpha: alpha.ln(),
            may_have_left: k > 0.0,
            ln_odds: (a / (b + k - 1.0)).ln(),
            odds_a: 1.0 / a,
            odds_b: -1.0 / (b + k - 1.0),
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

fn chunk<M: BetaGeometric>(model: &M, times: &TimeTerms<'_>, base: &CountTerms, rows: &[Row]) -> [f64; 5] {
    let terms_of = |x: u32| CountTerms::new(model, x, M::chances(x)).beyond(base);
    let Some(first) = rows.first() else { return [0.0; 5] };
    let mut terms = terms_of(first.x);
    let mut sums = [0.0; 5];
    for row in rows {
        if row.x != terms.x {
            terms = terms_of(row.x);
        }
        let weight = row.weight as f64;
        let part = row_terms(model, &terms, times.at(row.t_x), times.at(row.t));
        for (sum, value) in sums.iter_mut().zip(part) {
            *sum += weight * value;
        }
    }
    sums
}

/// Value and gradient of one customer: the count's terms, the time's, and ln(1 + odds of having left).
fn row_terms<M: BetaGeometric>(
    model: &M,
    terms: &CountTerms,
    (active, rate_then): (f64, f64),
    (observed, rate_now): (f64, f64),
) -> [f64; 5] {
    let [r, alpha, ..] = model.shapes();
    let shape = r + terms.n;
    let mut value = terms.value - shape * observed - terms.n * terms.ln_alpha;
    let mut slopes = [terms.r - observed, r / alpha - shape * rate_now, terms.a, terms.b];
    if terms.may_have_left {
        let silence = observed - active;
        let (left, probability) = softplus_and_slope(terms.ln_odds + shape * silence);
        value += left;
        slopes[0] += probability * silence;
        slopes[1] += probability * shape * (rate_now - rate_then);
        slopes[2] += probability * terms.odds_a;
        slopes[3] += probability * terms.odds_b;
    }
    [value, slopes[0], slopes[1], slopes[2], slopes[3]]
}
