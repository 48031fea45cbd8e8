//! A fitted covariance structure model, by name.

use super::Term;
use super::likelihood::Sample;
use super::measures::{FitMeasures, measure};
use super::parameters::{Place, Slot, Structure};
use super::search::Found;
use super::standard::{errors, standardise};
use crate::predict::Z;
use serde::{Deserialize, Serialize};
use statrs::function::erf::erfc;

/// How far a fit can be trusted. Estimates are returned whatever the status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Status {
    /// The likelihood has a maximum there and everything is possible.
    Converged,
    /// A maximum, but an impossible one: a variance is negative or factors correlate beyond 1. The model is wrong in a
    /// part, or respondents are too few for it.
    Heywood {
        /// Variables with a negative variance, and factors whose covariances are impossible.
        variables: Vec<String>,
    },
    /// Some parameters can stand in for each other; fix one of them. There are no standard errors.
    NotIdentified {
        /// The parameters that cannot be told apart.
        terms: Vec<Term>,
    },
    /// The search ended before it found a maximum.
    NotConverged,
}

/// One place of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Which.
    pub term: Term,
    /// Whether it was estimated; equal parameters share one estimate.
    pub free: bool,
    /// Its value.
    pub estimate: f64,
    /// From the expected information; absent for fixed parameters and where the model is not identified.
    pub standard_error: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Of being zero (Wald's test).
    pub p_value: Option<f64>,
    /// With all variables at variance 1; absent where a variance is not positive.
    pub standardised: Option<f64>,
    /// Its standard error by the delta method.
    pub standardised_error: Option<f64>,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SemFit {
    /// Respondents.
    pub n: u64,
    /// How far it can be trusted.
    pub status: Status,
    /// Steps of the search.
    pub iterations: u32,
    /// Every place of the model, loadings first.
    pub parameters: Vec<Parameter>,
    /// Share of variance explained, of every variable with causes or factors behind it.
    pub r_squared: Vec<(String, f64)>,
    /// How well the model fits.
    pub measures: FitMeasures,
}

impl SemFit {
    /// A place of the model.
    pub fn parameter(&self, term: &Term) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.term.is(term))
    }

    /// The effect of a cause on an outcome.
    pub fn regression(&self, outcome: &str, cause: &str) -> Option<&Parameter> {
        self.parameter(&Term::regression(outcome, cause))
    }
}

/// Puts names to what the search found.
pub fn assemble(structure: &Structure, sample: &Sample, found: &Found) -> SemFit {
    let at = &found.point.parameters;
    let standard = standardise(structure, at);
    let standard_errors = found.covariance.as_ref().and_then(|covariance| errors(structure, at, covariance));
    let finite =
        |values: &Option<Vec<f64>>, i: usize| values.as_ref().map(|v| v[i]).filter(|v| v.is_finite());
    let parameter = |(i, estimate): (usize, f64)| {
        let cell = &structure.cells[i];
        let error = match (cell.slot, &found.covariance) {
            (Slot::Free(k), Some(covariance)) => Some(covariance[(k, k)].sqrt()),
            _ => None,
        };
        let z = |error: f64| (estimate / error).abs() / std::f64::consts::SQRT_2;
        Parameter {
            term: cell.term.clone(),
            free: matches!(cell.slot, Slot::Free(_)),
            estimate,
            standard_error: error,
            low: error.map(|error| estimate - Z * error),
            high: error.map(|error| estimate + Z * error),
            p_value: error.filter(|error| *error > 0.0).map(|error| erfc(z(error))),
            standardised: finite(&standard, i),
            standardised_error: finite(&standard_errors, i),
        }
    };
    SemFit {
        n: sample.n as u64,
        status: status(structure, found),
        iterations: found.steps,
        parameters: structure.values(at).into_iter().enumerate().map(parameter).collect(),
        r_squared: r_squared(structure, found),
        measures: measure(sample, &found.point, structure.free),
    }
}

fn status(structure: &Structure, found: &Found) -> Status {
    let in_doubt = |slot: Slot| matches!(slot, Slot::Free(k) if found.unidentified.contains(&k));
    let terms: Vec<Term> =
        structure.cells.iter().filter(|cell| in_doubt(cell.slot)).map(|cell| cell.term.clone()).collect();
    let variables = impossible(structure, found);
    match (terms.is_empty(), found.converged, variables.is_empty()) {
        (false, _, _) => Status::NotIdentified { terms },
        (true, false, _) => Status::NotConverged,
        (true, true, false) => Status::Heywood { variables },
        (true, true, true) => Status::Converged,
    }
}

/// Variables with negative variances; all factors when their covariances are impossible together.
fn impossible(structure: &Structure, found: &Found) -> Vec<String> {
    let (_, symmetric) = structure.matrices(&found.point.parameters);
    let covariance = &found.point.implied.covariance;
    let negative = |i: &usize| symmetric[(*i, *i)] < 0.0 || covariance[(*i, *i)] < 0.0;
    let named = |i: usize| structure.variables[i].clone();
    let variables: Vec<String> = (0..structure.variables.len()).filter(negative).map(named).collect();
    let factors: Vec<usize> = (structure.items.len()..structure.variables.len()).collect();
    if variables.is_empty() && !factors.is_empty() && covariance.principal(&factors).cholesky().is_none() {
        return factors.into_iter().map(named).collect();
    }
    variables
}

/// 1 - residual variance / variance.
fn r_squared(structure: &Structure, found: &Found) -> Vec<(String, f64)> {
    let (_, symmetric) = structure.matrices(&found.point.parameters);
    let covariance = &found.point.implied.covariance;
    let caused = |i: &usize| {
        structure.cells.iter().any(|cell| matches!(cell.place, Place::Directed { to, .. } if to == *i))
    };
    let share = |i: usize| 1.0 - symmetric[(i, i)] / covariance[(i, i)];
    (0..structure.variables.len())
        .filter(caused)
        .map(|i| (structure.variables[i].clone(), share(i)))
        .filter(|(_, share)| share.is_finite())
        .collect()
}
