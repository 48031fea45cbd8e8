//! Residual lifetime value per customer, with an interval.
//!
//! value = expected discounted residual orders × expected value of an order × margin, the product of a
//! [`LatentAttrition`] model and [`crate::spend::GammaGamma`], which take frequency and value as independent.
//!
//! What the 95 % intervals cover:
//! - P(alive): the uncertainty of the model's parameters (delta method on the log-odds).
//! - Orders and value: what one customer with this history will really do. That is chance in whether and when they
//!   buy, in what they spend, in what we do not know of their own rate and level, and the parameters' uncertainty. It
//!   is wide, because one person's future is; most start at 0. `standard_error` has the parameters' part alone.
//!
//! Where the likelihood has no curvature ([`Fit::covariance`] is `None`) the parameters are unknown, not certain: P(alive)
//! goes from 0 to 1, orders and value from 0 to what a customer sure to be with us may bring when the expectation may
//! be off by its own size.
//!
//! Not covered: that the models themselves may be wrong; see [`crate::validation`].

mod bootstrap;

pub use bootstrap::{Bootstrapped, Valued, bootstrap};

use crate::btyd::{Horizons, LatentAttrition, Leaving, Living as _, Moments};
use crate::fit::Fit;
use crate::linear::{Matrix, dot, quadratic_form};
use crate::predict::{Estimate, Outcome, Z};
use crate::special::logistic;
use crate::spend::SpendForecast;
use crate::summary::{Row, Summary};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a forecast looks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// Weeks in which orders are counted.
    pub orders_weeks: f64,
    /// Continuous discount rate per week.
    pub discount_per_week: f64,
    /// Weeks in which value is counted; what lies beyond is left out.
    pub value_weeks: f64,
}

const WEEKS_PER_YEAR: f64 = 365.25 / 7.0;

impl Default for Outlook {
    /// Orders of 52 weeks; value of ten years at 10 % a year.
    fn default() -> Self {
        Self::new(0.10, 10.0)
    }
}

impl Outlook {
    /// Orders of 52 weeks; value of `years` (at least one) discounted at a yearly rate.
    pub fn new(yearly_discount: f64, years: f64) -> Self {
        Self {
            orders_weeks: 52.0,
            discount_per_week: yearly_discount.max(0.0).ln_1p() / WEEKS_PER_YEAR,
            value_weeks: years.max(1.0) * WEEKS_PER_YEAR,
        }
    }

    fn horizons(&self) -> Horizons {
        let orders = self.orders_weeks.max(0.0);
        Horizons { orders, discount: self.discount_per_week.max(0.0), value: self.value_weeks.max(orders) }
    }
}

/// The forecasts of one distinct history.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RowScore {
    /// Probability that the customer has not left.
    pub p_alive: Estimate,
    /// Orders within the outlook; the interval is in whole orders.
    pub orders: Estimate,
    /// Discounted residual orders, which [`Residual::value`] turns into money.
    pub residual: Residual,
}

/// Discounted orders to come within the outlook.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Residual {
    /// Expected discounted orders.
    pub orders: f64,
    /// Standard error of `orders` from the uncertainty of the parameters.
    pub standard_error: f64,
    /// Probability of not one more order.
    pub none: f64,
    /// E[Σ w²] of the discount weights.
    squares: f64,
    /// E[Σ w_i w_j] over pairs of orders.
    pairs: f64,
    /// P(alive), where the parameters' uncertainty is unknown.
    #[serde(default)]
    unsure: Option<f64>,
}

impl Residual {
    /// The residual lifetime value at a contribution margin between 0 and 1.
    pub fn value(&self, spend: &SpendForecast, margin: f64) -> Estimate {
        let second = self.squares * spend.order_squared + self.pairs * spend.level_squared;
        let error = (spend.mean * self.standard_error).hypot(self.orders * spend.standard_error);
        let outcome = Outcome {
            none: self.none,
            mean: margin * self.orders * spend.mean,
            second_moment: margin * margin * second,
            standard_error: margin.abs() * error,
        };
        self.unsure.map_or_else(|| outcome.estimate(), |alive| outcome.unsure(alive))
    }
}

/// Scores every distinct history, in the order of [`Summary::rows`]; find a customer's by [`Summary::position`].
pub fn score<M: LatentAttrition>(fit: &Fit<M>, summary: &Summary, outlook: &Outlook) -> Vec<RowScore> {
    let scorer = Scorer::new(fit, outlook);
    // What is to come of a living customer depends on x and T only, and rows are sorted by them.
    let groups: Vec<&[Row]> = summary.rows().chunk_by(|a, b| (a.x, a.t) == (b.x, b.t)).collect();
    let score_group = |rows: &&[Row]| -> Vec<RowScore> {
        let living = scorer.living(rows[0].x, summary.weeks(rows[0].t));
        rows.iter().map(|row| scorer.score(&living, summary.weeks(row.t_x))).collect()
    };
    groups.par_iter().flat_map_iter(score_group).collect()
}

/// The forecasts of one customer with x repeat orders, the last `t_x` weeks after the first, observed for `t` weeks.
pub fn score_one<M: LatentAttrition>(fit: &Fit<M>, outlook: &Outlook, x: u32, t_x: f64, t: f64) -> RowScore {
    let scorer = Scorer::new(fit, outlook);
    scorer.score(&scorer.living(x, t), t_x)
}

struct Scorer<M> {
    model: M,
    /// Of the logarithms of the parameters; `None` where it is unknown.
    covariance: Option<Matrix<4>>,
    horizons: Horizons,
}

/// What is to come of a living customer, with slopes in the logarithms of the parameters.
struct Living {
    x: u32,
    t: f64,
    moments: Moments,
    slopes: [[f64; 4]; 2],
    silence: [f64; 2],
}

impl<M: LatentAttrition> Scorer<M> {
    fn new(fit: &Fit<M>, outlook: &Outlook) -> Self {
        let (parameters, natural) = (fit.model.parameters(), fit.covariance_matrix::<4>());
        let log = |rows: Matrix<4>| {
            std::array::from_fn(|i| std::array::from_fn(|j| rows[i][j] / (parameters[i] * parameters[j])))
        };
        Self { model: fit.model, covariance: natural.map(log), horizons: outlook.horizons() }
    }

    fn living(&self, x: u32, t: f64) -> Living {
        let living = self.model.living(x, t);
        Living {
            x,
            t,
            moments: living.moments(&self.horizons),
            slopes: self.slopes_of_means(x, t),
            silence: [living.silence(self.horizons.orders), living.silence(self.horizons.value)],
        }
    }

    /// Central differences of expected and discounted orders.
    fn slopes_of_means(&self, x: u32, t: f64) -> [[f64; 4]; 2] {
        const STEP: f64 = 1e-3;
        let means_at = |i: usize, step: f64| {
            let mut parameters = self.model.parameters();
            parameters[i] *= step.exp();
            M::from_parameters(parameters).living(x, t).means(&self.horizons)
        };
        let slopes: [[f64; 2]; 4] = std::array::from_fn(|i| {
            let (up, down) = (means_at(i, STEP), means_at(i, -STEP));
            std::array::from_fn(|m| (up[m] - down[m]) / (2.0 * STEP))
        });
        std::array::from_fn(|m| std::array::from_fn(|i| slopes[i][m]))
    }

    fn score(&self, living: &Living, t_x: f64) -> RowScore {
        let (alive, slopes) = self.alive(living.x, t_x, living.t);
        let Moments { orders, pairs, discounted, discounted_squares, discounted_pairs } = living.moments;
        let error = |mean: f64, of_mean: &[f64; 4]| {
            let slope = std::array::from_fn(|i| alive.value * of_mean[i] + mean * slopes[i]);
            self.standard_error(&slope).unwrap_or(mean)
        };
        let unsure = self.covariance.is_none().then_some(alive.value);
        let none = |silence: f64| 1.0 - alive.value * (1.0 - silence);
        let outcome = Outcome {
            none: none(living.silence[0]),
            mean: alive.value * orders,
            second_moment: alive.value * (orders + pairs),
            standard_error: error(orders, &living.slopes[0]),
        };
        let residual = Residual {
            orders: alive.value * discounted,
            standard_error: error(discounted, &living.slopes[1]),
            none: none(living.silence[1]),
            squares: alive.value * discounted_squares,
            pairs: alive.value * discounted_pairs,
            unsure,
        };
        let estimate = unsure.map_or_else(|| outcome.estimate(), |alive| outcome.unsure(alive));
        RowScore { p_alive: alive, orders: estimate.whole(), residual }
    }

    /// P(alive) with its interval, and its slopes in the logarithms of the parameters.
    fn alive(&self, x: u32, t_x: f64, t: f64) -> (Estimate, [f64; 4]) {
        let Some(Leaving { log_odds: odds, slopes: of_odds }) = self.model.leaving(x, t_x, t) else {
            return (Estimate { value: 1.0, standard_error: 0.0, low: 1.0, high: 1.0 }, [0.0; 4]);
        };
        let value = logistic(-odds);
        let slopes = of_odds.map(|s| -value * (1.0 - value) * s);
        let interval = |error: f64| (logistic(-odds - Z * error), logistic(Z * error - odds));
        let (low, high) = self.standard_error(&of_odds).map_or((0.0, 1.0), interval);
        // Nothing between 0 and 1 varies more about its mean than a toss.
        let toss = (value * (1.0 - value)).sqrt();
        let alive =
            Estimate { value, standard_error: self.standard_error(&slopes).unwrap_or(toss), low, high };
        (alive, slopes)
    }

    /// `None` where the parameters' uncertainty is unknown.
    fn standard_error(&self, slopes: &[f64; 4]) -> Option<f64> {
        let covariance = self.covariance.as_ref()?;
        let still = dot(slopes, slopes) == 0.0;
        Some(if still { 0.0 } else { quadratic_form(covariance, slopes).max(0.0).sqrt() })
    }
}
