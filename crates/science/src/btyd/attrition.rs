//! What every latent-attrition model in continuous time answers.

use super::engine::{Engine, fit};
use super::living::Living;
use crate::fit::{Fit, NotEnoughData};
use crate::special::{logistic, softplus};
use crate::summary::Summary;
use std::fmt;

/// A model of customers who buy at their own rate until, unseen, they leave for good. All times are in weeks.
///
/// A history is (x, t_x, t): x repeat purchases, the last t_x after the first purchase, observed until t.
pub trait LatentAttrition: Engine + Copy + Send + Sync {
    /// The model with its parameters in the order of its fields.
    fn from_parameters(parameters: [f64; 4]) -> Self;

    /// The parameters in the order of the fields.
    fn parameters(&self) -> [f64; 4];

    /// Maximum likelihood from two deterministic starts, which are followed on a few thousand of very many customers; the
    /// maximum is that of all.
    ///
    /// # Errors
    /// [`NotEnoughData`] below 50 customers or 20 repeat buyers, or when nothing was observed after the first day.
    fn fit(summary: &Summary) -> Result<Fit<Self>, NotEnoughData> {
        fit(summary)
    }

    /// The log-likelihood of all customers.
    fn log_likelihood(&self, summary: &Summary) -> f64 {
        self.likelihood(summary).0
    }

    /// The log-likelihood of one customer; see [`Self::log_likelihood`].
    fn customer_log_likelihood(&self, x: u32, t_x: f64, t: f64) -> f64 {
        self.history_likelihood(x, t_x, t)
    }

    /// The probability that a customer with this history has not left.
    fn p_alive(&self, x: u32, t_x: f64, t: f64) -> f64 {
        self.leaving(x, t_x, t).map_or(1.0, |leaving| logistic(-leaving.log_odds))
    }

    /// Expected orders in the next `horizon` weeks of a customer with this history.
    fn expected_transactions(&self, horizon: f64, x: u32, t_x: f64, t: f64) -> f64 {
        self.residual_transactions(0.0, horizon, x, t_x, t)
    }

    /// Expected repeat orders of a new customer in the `t` weeks after the first order.
    fn expected_transactions_new_customer(&self, t: f64) -> f64 {
        self.expected_transactions(t, 0, 0.0, 0.0)
    }

    /// Expected orders in the next `horizon` weeks, each discounted continuously at `discount` per week.
    fn residual_transactions(&self, discount: f64, horizon: f64, x: u32, t_x: f64, t: f64) -> f64 {
        self.p_alive(x, t_x, t) * self.living(x, t).expected(discount, horizon)
    }

    /// DERT: expected orders of all the future, each discounted continuously at `discount` per week.
    ///
    /// # Errors
    /// [`Diverges`] where the sum is infinite: without a discount, when dropout is heavy-tailed (s <= 1 in Pareto/NBD,
    /// a <= 1 in the beta-geometric models), and for a discount that is negative or not a number.
    fn dert(&self, discount: f64, x: u32, t_x: f64, t: f64) -> Result<f64, Diverges> {
        let orders = if discount >= 0.0 { self.living(x, t).forever(discount) } else { None };
        orders.map(|orders| self.p_alive(x, t_x, t) * orders).ok_or(Diverges { discount })
    }

    /// P(X(t) = n): the probability that a new customer makes n repeat orders in the first `t` weeks.
    fn probability_of_n(&self, n: u32, t: f64) -> f64 {
        self.count_probability(n, t)
    }

    /// The probability that a customer with this history makes no order in the next `horizon` weeks.
    fn p_zero_purchases(&self, horizon: f64, x: u32, t_x: f64, t: f64) -> f64 {
        1.0 - self.p_alive(x, t_x, t) * (1.0 - self.living(x, t).silence(horizon))
    }
}

/// A sum over all the future that is infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Diverges {
    /// The discount rate asked for.
    pub discount: f64,
}

impl fmt::Display for Diverges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Orders of all the future, discounted at {}, have no finite expected sum under this model; give a discount \
             rate above 0 or a horizon.",
            self.discount
        )
    }
}

impl std::error::Error for Diverges {}

/// ln(L) of a customer from the ln(L) of one who stayed: plus ln(1 + odds of having left).
pub(super) fn with_leaving(stayed: f64, log_odds: Option<f64>) -> f64 {
    stayed + log_odds.map_or(0.0, softplus)
}
