//! What a fit returns, and the one way all models are fitted: several starts, the best optimum, its curvature.

use crate::linear::{Matrix, inverse};
use crate::optimise::{Optimum, Stop, minimise};
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

/// One start of the optimiser.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// Log-likelihood at its end.
    pub log_likelihood: f64,
    /// Iterations used.
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

    /// Covariance as a matrix of known size; zero where it is absent, so that intervals fall back to purchase chance.
    pub(crate) fn covariance_matrix<const N: usize>(&self) -> Matrix<N> {
        let entry = |i: usize, j: usize| {
            self.covariance.as_ref().and_then(|m| m.get(i)?.get(j).copied()).unwrap_or_default()
        };
        std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j)))
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

/// Maximises a log-likelihood (value, gradient) of log-parameters over `n` customers from each start.
pub(crate) fn maximise<const N: usize>(
    log_likelihood: impl Fn(&[f64; N]) -> (f64, [f64; N]),
    starts: &[[f64; N]],
    n: u64,
) -> Found<N> {
    let scale = -1.0 / n as f64;
    let objective = |at: &[f64; N]| {
        let (value, gradient) = log_likelihood(at);
        (value * scale, gradient.map(|g| g * scale))
    };
    let ends: Vec<Optimum<N>> = starts.iter().map(|start| minimise(objective, *start)).collect();
    let start_of = |end: &Optimum<N>| Start { log_likelihood: end.value / scale, iterations: end.iterations };
    let best = ends.iter().min_by(|a, b| a.value.total_cmp(&b.value)).expect("every model gives a start");
    let curvature = inverse(hessian(objective, &best.at));
    Found {
        at: best.at,
        log_likelihood: best.value / scale,
        log_covariance: curvature.map(|(inverse, _)| inverse.map(|row| row.map(|v| v / n as f64))),
        status: status(best.stop, curvature.map(|(_, condition)| condition)),
        starts: ends.iter().map(start_of).collect(),
    }
}

/// The maximum near one start, without what a report needs: for refits by the thousand.
pub(crate) fn maximise_from<const N: usize>(
    log_likelihood: impl Fn(&[f64; N]) -> (f64, [f64; N]),
    start: [f64; N],
    n: u64,
) -> [f64; N] {
    let scale = -1.0 / n as f64;
    let objective = |at: &[f64; N]| {
        let (value, gradient) = log_likelihood(at);
        (value * scale, gradient.map(|g| g * scale))
    };
    minimise(objective, start).at
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
pub(crate) fn covariance_of<const N: usize>(log: Matrix<N>, slopes: &[f64; N]) -> Vec<Vec<f64>> {
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
