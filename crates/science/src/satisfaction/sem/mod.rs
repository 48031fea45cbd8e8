//! Covariance structure models by maximum likelihood (Jöreskog 1970), specified as in lavaan (Rosseel 2012).
//!
//! In RAM notation (McArdle & McDonald 1984) all variables, items and factors, stand in one vector v = A v + ζ with
//! cov ζ = S, and the items' covariance is Σ = F (I - A)⁻¹ S (I - A)⁻ᵀ Fᵀ. Means are saturated and left out, as are
//! their parameters in AIC and BIC. Covariances have the divisor n, and χ² is n times the fit function, as lavaan's.
//!
//! Free by default: loadings but for the scale, regressions, every (residual) variance, the covariances of all
//! exogenous variables. Not free: covariances of residuals, unless [`CbSem::covary`] says so.
//!
//! ```
//! use science::satisfaction::{Answers, sem::{CbSem, Term}};
//!
//! let answers = Answers::new([
//!     ("a", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 3.0]),
//!     ("b", vec![1.0, 3.0, 2.0, 4.0, 6.0, 5.0, 7.0, 2.0]),
//!     ("c", vec![2.0, 1.0, 4.0, 3.0, 6.0, 7.0, 5.0, 4.0]),
//! ])?;
//! let fit = CbSem::new().measured_by("Satisfaction", ["a", "b", "c"]).fit(&answers)?;
//! assert_eq!(fit.measures.degrees_of_freedom, 0); // Three items leave nothing to test.
//! let loading = fit.parameter(&Term::loading("Satisfaction", "b")).ok_or("no such loading")?;
//! assert!(loading.standardised.is_some_and(|l| (0.8..1.0).contains(&l)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fit;
mod likelihood;
mod measures;
mod parameters;
mod search;
mod standard;

pub use fit::{Parameter, SemFit, Status};
pub use measures::FitMeasures;

use super::{Answers, ModelError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One place in a model that can hold a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Term {
    /// How much an item moves with a factor.
    Loading {
        /// The factor.
        factor: String,
        /// The item.
        item: String,
    },
    /// The effect of one variable on another.
    Regression {
        /// The consequence.
        outcome: String,
        /// The cause.
        cause: String,
    },
    /// The covariance of two variables, or the variance of one; of residuals where a variable has causes.
    Covariance {
        /// One variable.
        a: String,
        /// The other.
        b: String,
    },
}

impl Term {
    /// factor =~ item.
    pub fn loading(factor: &str, item: &str) -> Self {
        Self::Loading { factor: factor.to_owned(), item: item.to_owned() }
    }

    /// outcome ~ cause.
    pub fn regression(outcome: &str, cause: &str) -> Self {
        Self::Regression { outcome: outcome.to_owned(), cause: cause.to_owned() }
    }

    /// a ~~ b.
    pub fn covariance(a: &str, b: &str) -> Self {
        Self::Covariance { a: a.to_owned(), b: b.to_owned() }
    }

    /// a ~~ a.
    pub fn variance(a: &str) -> Self {
        Self::covariance(a, a)
    }

    /// The same place, whichever way round a covariance is written.
    fn is(&self, other: &Self) -> bool {
        let turned = match other {
            Self::Covariance { a, b } => Self::covariance(b, a),
            _ => other.clone(),
        };
        self == other || *self == turned
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loading { factor, item } => write!(f, "{factor} =~ {item}"),
            Self::Regression { outcome, cause } => write!(f, "{outcome} ~ {cause}"),
            Self::Covariance { a, b } => write!(f, "{a} ~~ {b}"),
        }
    }
}

/// What gives a factor its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// The loading of its first item is 1.
    #[default]
    Marker,
    /// Its (residual) variance is 1.
    UnitVariance,
}

/// What the modeller says of one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Constraint {
    Fixed(f64),
    Free,
    /// Equal to all places with the same number.
    Equal(usize),
}

/// A structural equation model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CbSem {
    factors: Vec<(String, Vec<String>)>,
    regressions: Vec<(String, String)>,
    covariances: Vec<(String, String)>,
    constraints: Vec<(Term, Constraint)>,
    groups: usize,
    scaling: Scaling,
}

impl CbSem {
    /// A model of nothing, scaled by markers.
    pub fn new() -> Self {
        Self::default()
    }

    /// factor =~ items.
    pub fn measured_by<I: Into<String>>(mut self, factor: &str, items: impl IntoIterator<Item = I>) -> Self {
        self.factors.push((factor.to_owned(), items.into_iter().map(Into::into).collect()));
        self
    }

    /// outcome ~ causes; items as well as factors.
    pub fn regress<'a>(mut self, outcome: &str, causes: impl IntoIterator<Item = &'a str>) -> Self {
        self.regressions.extend(causes.into_iter().map(|cause| (outcome.to_owned(), cause.to_owned())));
        self
    }

    /// a ~~ others: frees covariances.
    pub fn covary<'a>(mut self, a: &str, others: impl IntoIterator<Item = &'a str>) -> Self {
        self.covariances.extend(others.into_iter().map(|b| (a.to_owned(), b.to_owned())));
        self
    }

    /// Chooses the factors' unit.
    pub fn scaling(self, scaling: Scaling) -> Self {
        Self { scaling, ..self }
    }

    /// Fixes a place that the model has, or one of the covariances it leaves out.
    pub fn fix(self, term: Term, value: f64) -> Self {
        self.constrain(term, Constraint::Fixed(value))
    }

    /// Frees a place the scale would fix.
    pub fn free(self, term: Term) -> Self {
        self.constrain(term, Constraint::Free)
    }

    /// Makes several places one parameter.
    pub fn equal(mut self, terms: impl IntoIterator<Item = Term>) -> Self {
        self.groups += 1;
        let group = self.groups;
        terms.into_iter().fold(self, |model, term| model.constrain(term, Constraint::Equal(group)))
    }

    fn constrain(mut self, term: Term, constraint: Constraint) -> Self {
        self.constraints.push((term, constraint));
        self
    }

    /// Estimates the model.
    ///
    /// # Errors
    /// [`ModelError`] names what is wrong with the model or the answers. A fit that went wrong is no error: look at
    /// [`SemFit::status`].
    pub fn fit(&self, answers: &Answers) -> Result<SemFit, ModelError> {
        let structure = parameters::Structure::new(self)?;
        let covariance = answers.covariance(&structure.items)?;
        if answers.len() <= structure.items.len() {
            return Err(ModelError::NotEnoughAnswers {
                have: answers.len(),
                need: structure.items.len() + 1,
            });
        }
        let sample = likelihood::Sample::new(covariance, answers.len()).ok_or(ModelError::SingularData)?;
        let start = structure.start(self, &sample.covariance);
        let found = search::minimise(&structure, &sample, start).ok_or(ModelError::ImpossibleValues)?;
        Ok(fit::assemble(&structure, &sample, &found))
    }
}
