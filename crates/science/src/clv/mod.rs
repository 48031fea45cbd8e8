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
//! be off by its own size; where that is no number either, to infinity ([`Estimate::interval`] is `None`).
//!
//! Not covered: that the models themselves may be wrong; see [`crate::validation`].

mod bootstrap;
mod discrete;
mod scorer;

pub use bootstrap::{BootstrapError, Bootstrapped, Fitted, Valued, bootstrap};
pub use discrete::{PeriodOutlook, score_occasions};

use crate::btyd::{Horizons, LatentAttrition};
use crate::fit::Fit;
use crate::predict::{Estimate, Outcome};
use crate::spend::SpendForecast;
use crate::summary::{Row, Summary};
use rayon::prelude::*;
use scorer::{Living, Scorer};
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
    let by_count: Vec<&[Row]> = summary.rows().chunk_by(|a, b| a.x == b.x).collect();
    let living_of = |rows: &&[Row]| {
        let times = rows.chunk_by(|a, b| a.t == b.t).map(|rows| summary.weeks(rows[0].t));
        scorer.living_over(rows[0].x, &times.collect::<Vec<f64>>())
    };
    let living: Vec<Living> = by_count.par_iter().flat_map_iter(living_of).collect();
    let groups: Vec<&[Row]> = summary.rows().chunk_by(|a, b| (a.x, a.t) == (b.x, b.t)).collect();
    let score_group = |(rows, living): (&&[Row], &Living)| -> Vec<RowScore> {
        rows.iter().map(|row| scorer.score(living, summary.weeks(row.t_x))).collect()
    };
    groups.par_iter().zip(&living).flat_map_iter(score_group).collect()
}

/// The forecasts of one customer with x repeat orders, the last `t_x` weeks after the first, observed for `t` weeks.
pub fn score_one<M: LatentAttrition>(fit: &Fit<M>, outlook: &Outlook, x: u32, t_x: f64, t: f64) -> RowScore {
    let scorer = Scorer::new(fit, outlook);
    scorer.score(&scorer.living(x, t), t_x)
}
