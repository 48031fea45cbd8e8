//! Residual lifetime value where customers can buy once a period: BG/BB with Gamma-Gamma.
//!
//! value = expected discounted residual purchases × expected value of one × margin, as in continuous time; over all the
//! future the purchases are [`BgBb::dert`] (Fader, Hardie & Shang 2010, equation 14). Intervals cover what
//! [`super::score`]'s cover.

use super::{Residual, RowScore};
use crate::btyd::{BgBb, MAX_PERIODS, OccasionHistory, Occasional, Occasions};
use crate::fit::Fit;
use crate::linear::{Matrix, quadratic_form};
use crate::predict::{Estimate, Outcome, Z};
use crate::special::logistic;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a forecast in periods looks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PeriodOutlook {
    /// Periods in which purchases are counted.
    pub orders_periods: u32,
    /// Discount of a period: 0.1 makes a purchase in the next one worth 1 / 1.1.
    pub discount_per_period: f64,
    /// Periods in which value is counted; what lies beyond is left out.
    pub value_periods: u32,
}

impl PeriodOutlook {
    fn orders(&self) -> u32 {
        self.orders_periods.min(MAX_PERIODS)
    }

    fn value(&self) -> u32 {
        self.value_periods.clamp(self.orders(), MAX_PERIODS)
    }

    fn discount(&self) -> f64 {
        self.discount_per_period.max(0.0)
    }
}

/// Scores every distinct history, in the order of [`Occasions::rows`].
///
/// ```
/// use science::btyd::{BgBb, Occasions};
/// use science::clv::{PeriodOutlook, score_occasions};
/// use science::spend::{GammaGammaFit, Spend};
///
/// // Members who came to none, some or all of six yearly events.
/// let rows = [(0, 0, 6, 300), (1, 1, 6, 120), (1, 6, 6, 30), (3, 4, 6, 90), (4, 6, 6, 80), (6, 6, 6, 60)];
/// let occasions = Occasions::new(rows).unwrap();
/// let fit = BgBb::fit(&occasions).unwrap();
/// let outlook = PeriodOutlook { orders_periods: 1, discount_per_period: 0.1, value_periods: 20 };
/// let scores = score_occasions(&fit, &occasions, &outlook);
/// assert!(scores[0].p_alive.value < scores[5].p_alive.value);
/// let spends: Vec<Spend> = (0..380).map(|i| Spend { x: 1 + i % 6, mean: 20.0 + f64::from(i * 7 % 31) }).collect();
/// let spend = GammaGammaFit::fit(&spends).unwrap();
/// let value = scores[5].residual.value(&spend.forecast(6, 30.0), 0.3);
/// assert!(value.low < value.value && value.value < value.high);
/// ```
pub fn score_occasions(fit: &Fit<BgBb>, occasions: &Occasions, outlook: &PeriodOutlook) -> Vec<RowScore> {
    let scorer = Scorer::new(fit, outlook);
    occasions.rows().par_iter().map(|row| scorer.score(row.history)).collect()
}

struct Scorer<'a> {
    model: BgBb,
    /// Of the logarithms of the parameters; `None` where it is unknown.
    covariance: Option<Matrix<4>>,
    outlook: &'a PeriodOutlook,
}

/// What depends on the parameters: the log-odds of being there, expected and discounted purchases.
type Figures = [f64; 3];

impl<'a> Scorer<'a> {
    fn new(fit: &Fit<BgBb>, outlook: &'a PeriodOutlook) -> Self {
        let (parameters, natural) = (fit.model.parameters(), fit.covariance_matrix::<4>());
        let log = |rows: Matrix<4>| {
            std::array::from_fn(|i| std::array::from_fn(|j| rows[i][j] / (parameters[i] * parameters[j])))
        };
        Self { model: fit.model, covariance: natural.map(log), outlook }
    }

    fn score(&self, history: OccasionHistory) -> RowScore {
        let living = self.model.living(history);
        let alive = self.model.p_alive(history);
        let near = Sums::new(&living, 0.0, self.outlook.orders());
        let far = Sums::new(&living, self.outlook.discount(), self.outlook.value());
        let errors = self.errors(history);
        let none = |horizon: u32| 1.0 - alive * (1.0 - living.silence(horizon));
        let mean = alive * near.first;
        let outcome = Outcome {
            none: none(self.outlook.orders()),
            mean,
            second_moment: alive * (near.squares + near.pairs),
            standard_error: errors.map_or(mean, |errors| errors[1]),
        };
        let unsure = errors.is_none().then_some(alive);
        let discounted = alive * far.first;
        let residual = Residual {
            orders: discounted,
            standard_error: errors.map_or(discounted, |errors| errors[2]),
            none: none(self.outlook.value()),
            squares: alive * far.squares,
            pairs: alive * far.pairs,
            unsure,
        };
        let estimate = unsure.map_or_else(|| outcome.estimate(), |alive| outcome.unsure(alive));
        let odds_error = errors.map(|errors| errors[0]);
        RowScore { p_alive: probability(alive, odds_error), orders: estimate.whole(), residual }
    }

    /// Standard errors of the figures by the delta method; `None` where the parameters' uncertainty is unknown.
    fn errors(&self, history: OccasionHistory) -> Option<Figures> {
        const STEP: f64 = 1e-4;
        let covariance = self.covariance.as_ref()?;
        let moved = |i: usize, step: f64| {
            let mut parameters = self.model.parameters();
            parameters[i] *= step.exp();
            self.figures(&BgBb::from(parameters), history)
        };
        let slopes: [Figures; 4] = std::array::from_fn(|i| {
            let (up, down) = (moved(i, STEP), moved(i, -STEP));
            std::array::from_fn(|figure| (up[figure] - down[figure]) / (2.0 * STEP))
        });
        Some(std::array::from_fn(|figure| {
            let of_figure = std::array::from_fn(|i| slopes[i][figure]);
            quadratic_form(covariance, &of_figure).max(0.0).sqrt()
        }))
    }

    fn figures(&self, model: &BgBb, history: OccasionHistory) -> Figures {
        let (alive, living) = (model.p_alive(history), model.living(history));
        let near = Sums::new(&living, 0.0, self.outlook.orders());
        let far = Sums::new(&living, self.outlook.discount(), self.outlook.value());
        [alive.ln() - (-alive).ln_1p(), alive * near.first, alive * far.first]
    }
}

/// P(alive) with its interval, normal on the log-odds.
fn probability(value: f64, odds_error: Option<f64>) -> Estimate {
    let toss = value * (1.0 - value);
    let Some(error) = odds_error.filter(|error| error.is_finite()) else {
        return Estimate { value, standard_error: toss.sqrt(), low: 0.0, high: 1.0 };
    };
    let odds = value.ln() - (-value).ln_1p();
    let (low, high) = (logistic(odds - Z * error), logistic(odds + Z * error));
    Estimate { value, standard_error: toss * error, low: low.min(value), high: high.max(value) }
}

/// Moments of the purchases of a living customer, with weights w_k = (1 + discount)^-k.
struct Sums {
    /// E[Σ w_k].
    first: f64,
    /// E[Σ w_k²].
    squares: f64,
    /// E[Σ w_j w_k, j ≠ k].
    pairs: f64,
}

impl Sums {
    fn new(living: &Occasional, discount: f64, horizon: u32) -> Self {
        let once = 1.0 / (1.0 + discount);
        let mut sums = Self { first: 0.0, squares: 0.0, pairs: 0.0 };
        let (mut weight, mut earlier) = (once, 0.0);
        for there in living.stays(discount).take(horizon as usize) {
            sums.first += living.buys * there;
            sums.squares += living.buys * there * weight;
            sums.pairs += 2.0 * living.buys_twice * there * earlier;
            earlier += weight;
            weight *= once;
        }
        sums
    }
}
