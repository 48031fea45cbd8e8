//! Forecasts by a fitted model, with the uncertainty its parameters bring (delta method on their logarithms).

use super::{Outlook, Residual, RowScore};
use crate::btyd::{Horizons, LatentAttrition, Leaving, Living as _, Moments, over_times};
use crate::fit::Fit;
use crate::linear::{Matrix, dot, quadratic_form};
use crate::predict::{Estimate, Outcome, Z};
use crate::special::logistic;

pub(super) struct Scorer<M> {
    model: M,
    /// Of the logarithms of the parameters; `None` where it is unknown.
    covariance: Option<Matrix<4>>,
    horizons: Horizons,
}

/// What is to come of a living customer, with slopes in the logarithms of the parameters.
pub(super) struct Living {
    x: u32,
    t: f64,
    moments: Moments,
    slopes: [[f64; 4]; 2],
    silence: [f64; 2],
}

/// Figures of a [`Living`] that change with T.
const FIGURES: usize = 15;

/// Relative error of figures that are interpolated between observation times.
const EXACT: f64 = 1e-13;

impl<M: LatentAttrition> Scorer<M> {
    pub fn new(fit: &Fit<M>, outlook: &Outlook) -> Self {
        let (parameters, natural) = (fit.model.parameters(), fit.covariance_matrix::<4>());
        let log = |rows: Matrix<4>| {
            std::array::from_fn(|i| std::array::from_fn(|j| rows[i][j] / (parameters[i] * parameters[j])))
        };
        Self { model: fit.model, covariance: natural.map(log), horizons: outlook.horizons() }
    }

    /// For x purchases and one observation time.
    pub fn living(&self, x: u32, t: f64) -> Living {
        Living::from_figures(x, t, self.figures(x, t))
    }

    /// For x purchases and each of these observation times, in ascending order.
    pub fn living_over(&self, x: u32, times: &[f64]) -> Vec<Living> {
        let all = over_times(&self.model, times, EXACT, |t| self.figures(x, t));
        times.iter().zip(all).map(|(t, figures)| Living::from_figures(x, *t, figures)).collect()
    }

    fn figures(&self, x: u32, t: f64) -> [f64; FIGURES] {
        let living = self.model.living(x, t);
        let Moments { orders, pairs, discounted, discounted_squares, discounted_pairs } =
            living.moments(&self.horizons);
        let [a, b] = self.slopes_of_means(x, t);
        let [near, far] = [living.silence(self.horizons.orders), living.silence(self.horizons.value)];
        let own = [orders, pairs, discounted, discounted_squares, discounted_pairs, near, far];
        let slopes = a.into_iter().chain(b);
        let mut figures = [0.0; FIGURES];
        figures.iter_mut().zip(own.into_iter().chain(slopes)).for_each(|(figure, value)| *figure = value);
        figures
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

    pub fn score(&self, living: &Living, t_x: f64) -> RowScore {
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

impl Living {
    /// Moments are not negative and silence is a probability, also after interpolation.
    fn from_figures(x: u32, t: f64, figures: [f64; FIGURES]) -> Self {
        let [orders, pairs, discounted, discounted_squares, discounted_pairs] =
            std::array::from_fn(|i| figures[i].max(0.0));
        Self {
            x,
            t,
            moments: Moments { orders, pairs, discounted, discounted_squares, discounted_pairs },
            silence: std::array::from_fn(|i| figures[5 + i].clamp(0.0, 1.0)),
            slopes: std::array::from_fn(|m| std::array::from_fn(|i| figures[7 + 4 * m + i])),
        }
    }
}
