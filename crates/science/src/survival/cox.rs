//! Proportional hazards (Cox 1972, JRSS B 34:187): the hazard of a customer is h(t) exp(β'x).

use super::dense::Cholesky;
use super::partial::{Partial, Sample};
use super::schoenfeld::{self, ProportionalityTest, TimeTransform};
use super::{Concordance, Durations, SurvivalError, chi_squared_tail, concordance, normal_two_sided};
use crate::fit::Status;
use crate::predict::Z;
use serde::{Deserialize, Serialize};

/// What to do about customers who leave at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// Efron (1977): close to the exact likelihood; what to use.
    #[default]
    Efron,
    /// Breslow (1974): biased towards 0 with many ties; for comparison with older programs.
    Breslow,
}

/// One covariate of all customers. Kinds of things are given as columns of 0 and 1, one kind left out.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its values.
    pub values: &'a [f64],
}

/// What a covariate does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The covariate.
    pub name: String,
    /// β: the log of the factor on the hazard for each unit more.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end of the 95 % interval of β.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Probability of so large a β / standard error by chance when β = 0 (Wald).
    pub p_value: f64,
    /// The mean the baseline stands at.
    pub mean: f64,
}

impl Coefficient {
    /// exp(β) with its 95 % interval: value, low, high.
    pub fn hazard_ratio(&self) -> [f64; 3] {
        [self.value, self.low, self.high].map(bounded_exp)
    }
}

/// A test of all coefficients together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GlobalTest {
    /// The statistic.
    pub chi_squared: f64,
    /// Coefficients that could be told apart.
    pub degrees: u32,
    /// Probability of so large a statistic when all are 0.
    pub p_value: f64,
}

/// A fitted model.
///
/// ```
/// use science::survival::{Column, CoxModel, Durations, Ties};
///
/// // Forty customers; those with a contract (1) stay about twice as long.
/// let contract: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
/// let months: Vec<f64> = (0..40).map(|i| f64::from(1 + i * 7 % 23) * (1.0 + f64::from(i % 2))).collect();
/// let left: Vec<bool> = (0..40).map(|i| i % 5 != 0).collect();
/// let columns = [Column { name: "contract", values: &contract }];
/// let model = CoxModel::fit(&Durations::new(&months, &left)?, &columns, Ties::Efron)?;
/// let [ratio, low, high] = model.coefficients[0].hazard_ratio();
/// assert!(low < ratio && ratio < high && ratio < 1.0);
/// # Ok::<(), science::survival::SurvivalError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoxModel {
    /// The covariates in the order given.
    pub coefficients: Vec<Coefficient>,
    /// Covariance of the β.
    pub covariance: Vec<Vec<f64>>,
    /// Log partial likelihood at the optimum.
    pub log_likelihood: f64,
    /// The same with all β = 0.
    pub null_log_likelihood: f64,
    /// The score test at β = 0.
    pub score_test: GlobalTest,
    /// How far the optimum can be trusted: [`Status::Boundary`] when covariates tell the ones who left from the
    /// others without fault, so that some β has no finite best value.
    pub status: Status,
    /// Newton steps.
    pub iterations: u32,
    /// Customers.
    pub customers: u64,
    /// Customers who left.
    pub events: u64,
    /// Cumulative hazard of a customer with mean covariates: (time, H), Breslow's estimator whatever the ties.
    pub baseline: Vec<(f64, f64)>,
    /// How well β'x orders the customers it was fitted on.
    pub concordance: Concordance,
    /// Whether the effects stay the same over time, one test a covariate, time as it is.
    pub proportionality: Vec<ProportionalityTest>,
}

/// Fewest events for each covariate (Vittinghoff & McCulloch 2007, Am J Epidemiol 165:710).
pub const MIN_EVENTS_PER_COVARIATE: usize = 5;
const MAX_ITERATIONS: u32 = 50;
/// Relative change of the log-likelihood below which the search has ended.
const SETTLED: f64 = 1e-12;
/// A hazard e^20 times another's: no data say so, a β runs away.
const LOG_HAZARD_LIMIT: f64 = 20.0;
/// Above this condition number single coefficients mean nothing.
const RIDGE: f64 = 1e7;
/// Beyond this an exponential leaves the range of numbers.
const LOG_MAX: f64 = 700.0;

fn bounded_exp(x: f64) -> f64 {
    x.clamp(-LOG_MAX, LOG_MAX).exp()
}

impl CoxModel {
    /// Fits by Newton's method on standardised covariates.
    ///
    /// # Errors
    /// [`SurvivalError`] for columns that do not fit, are no numbers, constant or collinear, and for fewer events than
    /// [`MIN_EVENTS_PER_COVARIATE`] a covariate.
    pub fn fit(durations: &Durations<'_>, columns: &[Column<'_>], ties: Ties) -> Result<Self, SurvivalError> {
        let need = MIN_EVENTS_PER_COVARIATE * columns.len().max(1);
        if durations.events() < need {
            return Err(SurvivalError::Events { have: durations.events(), need });
        }
        let scales = scales(columns, durations.customers())?;
        let sample = Sample::new(durations, standardised(columns, &scales), columns.len());
        let null = sample.partial(&vec![0.0; columns.len()], ties);
        let start = Cholesky::of(&null.information);
        if let Some(column) = (0..columns.len()).find(|k| !start.kept.contains(k)) {
            return Err(SurvivalError::Collinear { column: columns[column].name.into() });
        }
        let score_test = global(start.quadratic(&null.gradient), columns.len());
        let found = search(&sample, &null, ties);
        Self::assemble(durations, columns, &scales, &sample, &null, found, score_test)
    }

    fn assemble(
        durations: &Durations<'_>,
        columns: &[Column<'_>],
        scales: &[Scale],
        sample: &Sample,
        null: &Partial,
        found: Found,
        score_test: GlobalTest,
    ) -> Result<Self, SurvivalError> {
        let factor = Cholesky::of(&found.partial.information);
        let standard = full_inverse(&factor, columns.len());
        let entry = |i: usize, j: usize| standard[i][j] / (scales[i].deviation * scales[j].deviation);
        let covariance: Vec<Vec<f64>> =
            (0..columns.len()).map(|i| (0..columns.len()).map(|j| entry(i, j)).collect()).collect();
        let coefficient = |k: usize| {
            let (value, se) = (found.beta[k] / scales[k].deviation, covariance[k][k].max(0.0).sqrt());
            Coefficient {
                name: columns[k].name.into(),
                value,
                standard_error: se,
                low: value - Z * se,
                high: value + Z * se,
                p_value: if se > 0.0 { normal_two_sided(value / se) } else { 1.0 },
                mean: scales[k].mean,
            }
        };
        let scores: Vec<f64> = (0..durations.customers()).map(|i| sample.score(&found.beta, i)).collect();
        Ok(Self {
            coefficients: (0..columns.len()).map(coefficient).collect(),
            log_likelihood: found.partial.value,
            null_log_likelihood: null.value,
            score_test,
            status: status(&found, &factor, &scores, columns.len()),
            iterations: found.iterations,
            customers: durations.customers() as u64,
            events: durations.events() as u64,
            baseline: baseline(sample, &found.beta),
            concordance: concordance(durations, &scores)?,
            proportionality: schoenfeld::test(
                sample,
                &found.beta,
                &standard,
                durations,
                TimeTransform::Identity,
            ),
            covariance,
        })
    }

    /// Tests proportionality on another scale of time than the one kept with the model, with the data it was fitted on.
    ///
    /// # Errors
    /// As [`CoxModel::fit`] for columns that do not fit.
    pub fn test_proportionality(
        &self,
        durations: &Durations<'_>,
        columns: &[Column<'_>],
        transform: TimeTransform,
    ) -> Result<Vec<ProportionalityTest>, SurvivalError> {
        if columns.len() != self.coefficients.len() {
            let (have, need) = (columns.len(), self.coefficients.len());
            return Err(SurvivalError::Lengths { column: "covariates", have, need });
        }
        let scales = scales(columns, durations.customers())?;
        let sample = Sample::new(durations, standardised(columns, &scales), columns.len());
        let scaled = |k: usize| self.coefficients[k].value * scales[k].deviation;
        let beta: Vec<f64> = (0..columns.len()).map(scaled).collect();
        let entry = |i: usize, j: usize| self.covariance[i][j] * scales[i].deviation * scales[j].deviation;
        let row = |i: usize| (0..columns.len()).map(|j| entry(i, j)).collect();
        let covariance: Vec<Vec<f64>> = (0..columns.len()).map(row).collect();
        Ok(schoenfeld::test(&sample, &beta, &covariance, durations, transform))
    }

    /// The likelihood-ratio test of all coefficients, with as many degrees as could be told apart at the optimum.
    pub fn likelihood_ratio_test(&self) -> GlobalTest {
        let told_apart = Cholesky::of(&self.covariance).kept.len();
        global(2.0 * (self.log_likelihood - self.null_log_likelihood).max(0.0), told_apart)
    }

    /// The Wald test of all coefficients.
    pub fn wald_test(&self) -> GlobalTest {
        let factor = Cholesky::of(&self.covariance);
        let beta: Vec<f64> = factor.kept.iter().map(|k| self.coefficients[*k].value).collect();
        global(factor.quadratic(&beta), factor.kept.len())
    }

    /// The hazard of a customer over that of one with mean covariates; a value left out counts as its mean.
    pub fn relative_hazard(&self, values: &[f64]) -> f64 {
        let terms = self.coefficients.iter().zip(values).map(|(c, x)| c.value * (x - c.mean));
        let score: f64 = terms.sum();
        if score.is_nan() { 1.0 } else { bounded_exp(score) }
    }

    /// S(t) of a customer with the covariates `values`: exp(-H(t) exp(β'(x - mean))).
    pub fn survival(&self, values: &[f64], t: f64) -> f64 {
        let reached = self.baseline.partition_point(|(time, _)| *time <= t);
        let hazard = reached.checked_sub(1).map_or(0.0, |i| self.baseline[i].1);
        (-hazard * self.relative_hazard(values)).exp()
    }
}

/// Where a column lies and how far it spreads.
struct Scale {
    mean: f64,
    deviation: f64,
}

impl Scale {
    fn of(column: &Column<'_>, need: usize) -> Result<Self, SurvivalError> {
        let values = column.values;
        if values.len() != need {
            return Err(SurvivalError::Lengths { column: "of a covariate", have: values.len(), need });
        }
        // Squares of what lies beyond would leave the range of numbers.
        if let Some(row) = values.iter().position(|v| !v.is_finite() || v.abs() > 1e100) {
            return Err(SurvivalError::Value { column: column.name.into(), row });
        }
        let n = need as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        let size = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let deviation = variance.sqrt();
        // Below this the spread is the rounding of the values themselves.
        if deviation <= 1e-12 * size || deviation < 1e-100 {
            return Err(SurvivalError::Constant { column: column.name.into() });
        }
        Ok(Self { mean, deviation })
    }
}

fn scales(columns: &[Column<'_>], customers: usize) -> Result<Vec<Scale>, SurvivalError> {
    columns.iter().map(|column| Scale::of(column, customers)).collect()
}

fn standardised(columns: &[Column<'_>], scales: &[Scale]) -> Vec<f64> {
    let rows = columns.first().map_or(0, |c| c.values.len());
    let value = |i: usize, k: usize| (columns[k].values[i] - scales[k].mean) / scales[k].deviation;
    (0..rows).flat_map(|i| (0..columns.len()).map(move |k| (i, k))).map(|(i, k)| value(i, k)).collect()
}

struct Found {
    beta: Vec<f64>,
    partial: Partial,
    iterations: u32,
    settled: bool,
}

/// Newton's method, steps halved until the likelihood rises.
fn search(sample: &Sample, null: &Partial, ties: Ties) -> Found {
    let mut beta = vec![0.0; sample.width];
    let mut partial = null.clone();
    for iteration in 0..MAX_ITERATIONS {
        let factor = Cholesky::of(&partial.information);
        let slopes: Vec<f64> = factor.kept.iter().map(|k| partial.gradient[*k]).collect();
        let mut step = vec![0.0; sample.width];
        factor.kept.iter().zip(factor.solve(&slopes)).for_each(|(k, s)| step[*k] = s);
        let Some((next, better)) = climb(sample, &beta, &step, partial.value, ties) else {
            return Found { beta, partial, iterations: iteration, settled: true };
        };
        let gain = better.value - partial.value;
        (beta, partial) = (next, better);
        if gain <= SETTLED * partial.value.abs().max(1.0) {
            return Found { beta, partial, iterations: iteration + 1, settled: true };
        }
    }
    Found { beta, partial, iterations: MAX_ITERATIONS, settled: false }
}

/// The first of the halved steps at which the likelihood is not lower.
fn climb(sample: &Sample, beta: &[f64], step: &[f64], value: f64, ties: Ties) -> Option<(Vec<f64>, Partial)> {
    let trial = |halvings: i32| {
        let share = 0.5_f64.powi(halvings);
        let at: Vec<f64> = beta.iter().zip(step).map(|(b, s)| b + share * s).collect();
        let partial = sample.partial(&at, ties);
        let rows = partial.information.iter().flatten().chain(&partial.gradient);
        let sound = partial.value.is_finite() && rows.into_iter().all(|v| v.is_finite());
        (sound && partial.value >= value).then_some((at, partial))
    };
    (0..30).find_map(trial)
}

fn status(found: &Found, factor: &Cholesky, scores: &[f64], width: usize) -> Status {
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = scores.iter().copied().fold(f64::INFINITY, f64::min);
    if highest - lowest > LOG_HAZARD_LIMIT || factor.kept.len() < width {
        Status::Boundary
    } else if !found.settled {
        Status::MaxIterations
    } else if factor.condition() > RIDGE {
        Status::Ridge { condition: factor.condition() }
    } else {
        Status::Converged
    }
}

/// The inverse with zeros where a direction has no curvature left.
fn full_inverse(factor: &Cholesky, width: usize) -> Vec<Vec<f64>> {
    let mut full = vec![vec![0.0; width]; width];
    for (i, row) in factor.kept.iter().zip(factor.inverse()) {
        for (j, value) in factor.kept.iter().zip(row) {
            full[*i][*j] = value;
        }
    }
    full
}

fn baseline(sample: &Sample, beta: &[f64]) -> Vec<(f64, f64)> {
    let shift = sample.shift(beta);
    let mut steps = Vec::new();
    sample.visit(beta, |moment, all, _| {
        let ln = (moment.events.len() as f64).ln() - all.zero.ln() - shift;
        steps.push((moment.time, bounded_exp(ln)));
    });
    let mut hazard = 0.0;
    let add = |(time, step): (f64, f64)| {
        hazard = f64::min(hazard + step, f64::MAX);
        (time, hazard)
    };
    steps.into_iter().rev().map(add).collect()
}

fn global(chi_squared: f64, coefficients: usize) -> GlobalTest {
    let degrees = u32::try_from(coefficients).unwrap_or(u32::MAX);
    GlobalTest { chi_squared, degrees, p_value: chi_squared_tail(chi_squared, degrees) }
}
