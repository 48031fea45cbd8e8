//! What a fit returns, and the one way all models are fitted: several starts, the best optimum, its curvature.

use crate::linear::{Matrix, inverse};
use crate::optimise::{Optimum, Stop, minimise, minimise_curved};
use crate::predict::Estimate;
use crate::special::normal_quantile;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A fitted model with what is needed to trust it or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fit<M> {
    /// The parameters.
    pub model: M,
    /// Maximised log-likelihood.
    pub log_likelihood: f64,
    /// Covariance of the parameters in the order of the model's fields; absent where the likelihood has no curvature.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// How far the optimum can be trusted.
    pub status: Status,
    /// What each deterministic start reached.
    pub starts: Vec<Start>,
    /// Customers fitted on.
    pub customers: u64,
    /// Distinct rows after merging equal customers.
    pub distinct_rows: u64,
}

/// How a fit ended. Parameters are returned whatever the status.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Status {
    /// A stationary point with clear curvature.
    Converged,
    /// Stationary but nearly flat in some direction: trust the likelihood and the forecasts, not single parameters.
    Ridge {
        /// Condition number of the Hessian on log-parameters.
        condition: f64,
    },
    /// A parameter runs to zero or infinity: the customers are too alike for this model.
    Boundary,
    /// The iteration limit came first.
    MaxIterations,
}

/// One start of the optimiser. Where customers are so many that the starts were followed on every n-th of them alone, the
/// log-likelihood is what these say of all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// Log-likelihood at its end.
    pub log_likelihood: f64,
    /// Iterations used; those on all customers after a few are not among them.
    pub iterations: u32,
}

/// Too little data to fit a model; better said than guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum NotEnoughData {
    /// Too few customers.
    Customers {
        /// Customers given.
        have: u64,
        /// Customers needed.
        need: u64,
    },
    /// Too few customers who came back.
    RepeatBuyers {
        /// Repeat buyers given.
        have: u64,
        /// Repeat buyers needed.
        need: u64,
    },
    /// Too few customers who left.
    Losses {
        /// Customers lost.
        have: u64,
        /// Losses needed.
        need: u64,
    },
    /// All first orders lie on the last day: nothing has been observed yet.
    ObservationTime,
}

impl fmt::Display for NotEnoughData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customers { have, need } => {
                write!(f, "Not enough data: {have} customers, the model needs {need}; import more orders.")
            }
            Self::RepeatBuyers { have, need } => write!(
                f,
                "Not enough data: {have} customers came back, the model needs {need}; import a longer period."
            ),
            Self::Losses { have, need } => {
                write!(
                    f,
                    "Not enough data: {have} customers left, the model needs {need}; import a longer period."
                )
            }
            Self::ObservationTime => {
                f.write_str("Not enough data: all orders fall on one day; import a longer period.")
            }
        }
    }
}

impl std::error::Error for NotEnoughData {}

/// Fewest customers any model is fitted on.
pub const MIN_CUSTOMERS: u64 = 50;
/// Fewest customers with a repeat purchase any model is fitted on.
pub const MIN_REPEAT_BUYERS: u64 = 20;

impl<M> Fit<M> {
    /// Standard errors in the order of the model's fields.
    pub fn standard_errors(&self) -> Option<Vec<f64>> {
        let rows = self.covariance.as_ref()?;
        Some(rows.iter().enumerate().map(|(i, row)| row[i].sqrt()).collect())
    }

    /// Covariance as a matrix of known size; `None` where it is absent or not of finite numbers: the parameters then are
    /// unknown, not certain.
    pub(crate) fn covariance_matrix<const N: usize>(&self) -> Option<Matrix<N>> {
        let rows = self.covariance.as_ref()?;
        let mut matrix = [[0.0; N]; N];
        for (i, row) in matrix.iter_mut().enumerate() {
            for (j, cell) in row.iter_mut().enumerate() {
                *cell = rows.get(i)?.get(j).copied().filter(|v| v.is_finite())?;
            }
        }
        Some(matrix)
    }
}

/// A model that can list its parameters.
pub trait Parametric {
    /// Their names, in the order of the fields.
    const NAMES: &'static [&'static str];

    /// Their values in the same order.
    fn values(&self) -> Vec<f64>;

    /// What a parameter must exceed: its logarithm is taken from there. 0 but for the q of Gamma-Gamma.
    fn floor(_index: usize) -> f64 {
        0.0
    }
}

macro_rules! parametric {
    ($($model:path: $($name:ident),+;)+) => {
        $(impl Parametric for $model {
            const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            fn values(&self) -> Vec<f64> {
                vec![$(self.$name),+]
            }
        })+
    };
}

parametric! {
    crate::btyd::BgNbd: r, alpha, a, b;
    crate::btyd::MbgNbd: r, alpha, a, b;
    crate::btyd::ParetoNbd: r, alpha, s, beta;
    crate::btyd::Nbd: r, alpha;
    crate::btyd::BgBb: alpha, beta, gamma, delta;
    crate::contractual::ShiftedBetaGeometric: alpha, beta;
    crate::contractual::BetaDiscreteWeibull: gamma, delta, c;
}

impl<M: Parametric> Fit<M> {
    /// The parameters in the order of [`Parametric::NAMES`] with intervals of this level, such as 0.95: normal on the
    /// logarithm (of q - 1 in Gamma-Gamma), so that no end is negative. `None` where the likelihood has no curvature,
    /// and for a level outside 0 to 1. On a [`Status::Ridge`] they are wide and rough.
    ///
    /// ```
    /// use science::contractual::{Cohorts, ShiftedBetaGeometric};
    /// let cohorts = Cohorts::from_survivors(&[[1000, 631, 468, 382, 326]]).unwrap();
    /// let fit = ShiftedBetaGeometric::fit(&cohorts).unwrap();
    /// let alpha = fit.intervals(0.95).unwrap()[0];
    /// assert!(0.5 < alpha.low && alpha.low < alpha.value && alpha.value < alpha.high && alpha.high < 1.1);
    /// ```
    pub fn intervals(&self, level: f64) -> Option<Vec<Estimate>> {
        if !(level > 0.0 && level < 1.0) {
            return None;
        }
        let width = normal_quantile((1.0 + level) / 2.0);
        let errors = self.standard_errors()?;
        let interval = |(i, (value, standard_error)): (usize, (f64, f64))| {
            let above = value - M::floor(i);
            let factor = (width * standard_error / above).exp();
            let (low, high) = (M::floor(i) + above / factor, M::floor(i) + above * factor);
            (high.is_finite() && low <= value).then_some(Estimate { value, standard_error, low, high })
        };
        self.model.values().into_iter().zip(errors).enumerate().map(interval).collect()
    }

    /// Akaike's criterion, 2k - 2 ln L: less is better, between models of the same data.
    pub fn aic(&self) -> f64 {
        2.0 * M::NAMES.len() as f64 - 2.0 * self.log_likelihood
    }

    /// Schwarz's criterion, k ln n - 2 ln L, with n customers: less is better, between models of the same data.
    pub fn bic(&self) -> f64 {
        M::NAMES.len() as f64 * (self.customers.max(1) as f64).ln() - 2.0 * self.log_likelihood
    }
}

/// Above this condition number single parameters mean nothing.
const RIDGE: f64 = 1e7;

/// What the search found, on the logarithmic scale.
pub(crate) struct Found<const N: usize> {
    pub at: [f64; N],
    pub log_likelihood: f64,
    pub log_covariance: Option<Matrix<N>>,
    pub status: Status,
    pub starts: Vec<Start>,
}

/// What a model was fitted on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub customers: u64,
    pub distinct_rows: u64,
}

impl<const N: usize> Found<N> {
    /// The report on `model`; `slopes` are d parameter / d log at the optimum.
    pub fn fit<M>(self, model: M, slopes: &[f64; N], size: Size) -> Fit<M> {
        Fit {
            model,
            log_likelihood: self.log_likelihood,
            covariance: self.log_covariance.map(|log| covariance_of(log, slopes)),
            status: self.status,
            starts: self.starts,
            customers: size.customers,
            distinct_rows: size.distinct_rows,
        }
    }

    /// The same search, its log-likelihoods counted from another origin: that of data in other units.
    pub fn shifted(mut self, by: f64) -> Self {
        self.log_likelihood += by;
        self.starts.iter_mut().for_each(|start| start.log_likelihood += by);
        self
    }
}

/// Maximises a log-likelihood (value, gradient) of log-parameters over `n` customers from each start.
pub(crate) fn maximise<const N: usize>(
    log_likelihood: impl Fn(&[f64; N]) -> (f64, [f64; N]),
    starts: &[[f64; N]],
    n: u64,
) -> Found<N> {
    let objective = mean_loss(log_likelihood, n);
    let ends: Vec<Optimum<N>> = starts.iter().map(|start| minimise(&objective, *start)).collect();
    found(&objective, best(&ends), &ends, n)
}

/// The same for very many customers: the starts are followed on a few of them, which show the same hills, and all are
/// asked only from that end which is best for all, with the curvature found there. So a dozen passes over all the data do
/// what takes seventy otherwise. `None` where a start does not settle on the few, or the rest does not.
pub(crate) fn maximise_by_few<const N: usize>(
    (of_few, few): (impl Fn(&[f64; N]) -> (f64, [f64; N]), u64),
    (of_all, all): (impl Fn(&[f64; N]) -> (f64, [f64; N]), u64),
    starts: &[[f64; N]],
) -> Option<Found<N>> {
    let sketch = mean_loss(of_few, few);
    let ends: Vec<Optimum<N>> = starts.iter().map(|start| minimise(&sketch, *start)).collect();
    let settled = |end: &Optimum<N>| end.stop == Stop::Converged;
    if !ends.iter().all(settled) {
        return None;
    }
    let objective = mean_loss(of_all, all);
    let near = ends.iter().map(|end| (objective(&end.at).0, end.at)).min_by(|a, b| a.0.total_cmp(&b.0))?.1;
    let (curvature, _) = inverse(hessian(&sketch, &near))?;
    let end = minimise_curved(&objective, near, curvature);
    settled(&end).then(|| found(&objective, &end, &ends, all))
}

/// The maximum near one start, without what a report needs: for refits by the thousand.
pub(crate) fn maximise_from<const N: usize>(
    log_likelihood: impl Fn(&[f64; N]) -> (f64, [f64; N]),
    start: [f64; N],
    n: u64,
) -> [f64; N] {
    minimise(mean_loss(log_likelihood, n), start).at
}

/// The mean negative log-likelihood of `n` customers.
fn mean_loss<const N: usize>(
    log_likelihood: impl Fn(&[f64; N]) -> (f64, [f64; N]),
    n: u64,
) -> impl Fn(&[f64; N]) -> (f64, [f64; N]) {
    let scale = -1.0 / n as f64;
    move |at| {
        let (value, gradient) = log_likelihood(at);
        (value * scale, gradient.map(|g| g * scale))
    }
}

fn best<const N: usize>(ends: &[Optimum<N>]) -> &Optimum<N> {
    ends.iter().min_by(|a, b| a.value.total_cmp(&b.value)).expect("every model gives a start")
}

/// The report on the optimum of a mean loss, and on what the starts came to.
fn found<const N: usize>(
    objective: impl Fn(&[f64; N]) -> (f64, [f64; N]),
    optimum: &Optimum<N>,
    ends: &[Optimum<N>],
    n: u64,
) -> Found<N> {
    let log_likelihood = |end: &Optimum<N>| -(n as f64) * end.value;
    let curvature = inverse(hessian(objective, &optimum.at));
    Found {
        at: optimum.at,
        log_likelihood: log_likelihood(optimum),
        log_covariance: curvature.map(|(inverse, _)| inverse.map(|row| row.map(|v| v / n as f64))),
        status: status(optimum.stop, curvature.map(|(_, condition)| condition)),
        starts: ends
            .iter()
            .map(|end| Start { log_likelihood: log_likelihood(end), iterations: end.iterations })
            .collect(),
    }
}

fn status(stop: Stop, condition: Option<f64>) -> Status {
    match (stop, condition) {
        (Stop::Boundary, _) | (_, None) => Status::Boundary,
        (Stop::MaxIterations | Stop::Stalled, _) => Status::MaxIterations,
        (Stop::Converged, Some(condition)) if condition > RIDGE => Status::Ridge { condition },
        (Stop::Converged, Some(_)) => Status::Converged,
    }
}

/// Central differences of the analytic gradient, made symmetric.
fn hessian<const N: usize>(objective: impl Fn(&[f64; N]) -> (f64, [f64; N]), at: &[f64; N]) -> Matrix<N> {
    const STEP: f64 = 1e-4;
    let gradient_at = |i: usize, step: f64| {
        let mut moved = *at;
        moved[i] += step;
        objective(&moved).1
    };
    let rows: Matrix<N> = std::array::from_fn(|i| {
        let (up, down) = (gradient_at(i, STEP), gradient_at(i, -STEP));
        std::array::from_fn(|j| (up[j] - down[j]) / (2.0 * STEP))
    });
    std::array::from_fn(|i| std::array::from_fn(|j| (rows[i][j] + rows[j][i]) / 2.0))
}

/// Maps a covariance of log-parameters to the parameters by the delta method; `slopes` are d parameter / d log.
fn covariance_of<const N: usize>(log: Matrix<N>, slopes: &[f64; N]) -> Vec<Vec<f64>> {
    (0..N).map(|i| (0..N).map(|j| log[i][j] * slopes[i] * slopes[j]).collect()).collect()
}

/// Rows a thread takes at a time. Fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 4096;

/// Sums N figures over the rows: within fixed chunks in parallel, then over the chunks in order.
pub(crate) fn chunked_sum<T: Sync, const N: usize>(
    rows: &[T],
    chunk_sum: impl Fn(&[T]) -> [f64; N] + Send + Sync,
) -> [f64; N] {
    let add = |a: [f64; N], b: [f64; N]| std::array::from_fn(|i| a[i] + b[i]);
    let parts: Vec<[f64; N]> = rows.par_chunks(CHUNK).map(chunk_sum).collect();
    parts.into_iter().fold([0.0; N], add)
}

/// Refuses data no model should be fitted on.
pub(crate) fn require(customers: u64, repeat_buyers: u64) -> Result<(), NotEnoughData> {
    if customers < MIN_CUSTOMERS {
        Err(NotEnoughData::Customers { have: customers, need: MIN_CUSTOMERS })
    } else if repeat_buyers < MIN_REPEAT_BUYERS {
        Err(NotEnoughData::RepeatBuyers { have: repeat_buyers, need: MIN_REPEAT_BUYERS })
    } else {
        Ok(())
    }
}
