//! Importance-performance analysis (Martilla & James 1977): what to work on first.

use crate::quantile::quantile;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One attribute of the offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// How much it matters, on any scale.
    pub importance: f64,
    /// How well it is done, on any scale.
    pub performance: f64,
}

/// Where low ends and high begins. An attribute exactly on a cut counts as high.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum CutRule {
    /// At the means of the attributes: relative, someone is always low.
    Mean,
    /// At the medians, which one odd attribute cannot move.
    Median,
    /// At fixed values, such as the middle of the scale: comparable between waves.
    At {
        /// Cut of importance.
        importance: f64,
        /// Cut of performance.
        performance: f64,
    },
}

/// What to do about an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quadrant {
    /// Important and done badly.
    ConcentrateHere,
    /// Important and done well.
    KeepUp,
    /// Unimportant and done badly.
    LowPriority,
    /// Unimportant and done well.
    PossibleOverkill,
}

/// The attributes in their quadrants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quadrants {
    /// How the cuts were found.
    pub rule: CutRule,
    /// Cut of importance.
    pub importance: f64,
    /// Cut of performance.
    pub performance: f64,
    /// One for each attribute, in their order.
    pub quadrants: Vec<Quadrant>,
}

/// Why attributes cannot be sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuadrantsError {
    /// There are none.
    NoAttributes,
    /// A figure is infinite or not a number.
    NotANumber {
        /// Of this attribute, or of the cut.
        name: String,
    },
}

impl fmt::Display for QuadrantsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAttributes => f.write_str("There are no attributes; give at least one."),
            Self::NotANumber { name } => write!(f, "A figure of {name} is not a number; correct it."),
        }
    }
}

impl std::error::Error for QuadrantsError {}

/// Sorts attributes into quadrants.
///
/// ```
/// use science::survey::{Attribute, CutRule, Quadrant, importance_performance};
///
/// let attribute = |name: &str, importance, performance| Attribute { name: name.into(), importance, performance };
/// let sorted = importance_performance(
///     &[attribute("speed", 9.0, 4.0), attribute("price", 8.0, 8.0), attribute("music", 2.0, 9.0)],
///     CutRule::Mean,
/// )?;
/// assert_eq!(sorted.quadrants, [Quadrant::ConcentrateHere, Quadrant::KeepUp, Quadrant::PossibleOverkill]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`QuadrantsError`] when there are no attributes or a figure is not a number.
pub fn importance_performance(attributes: &[Attribute], rule: CutRule) -> Result<Quadrants, QuadrantsError> {
    let finite = |a: &Attribute| a.importance.is_finite() && a.performance.is_finite();
    if let Some(bad) = attributes.iter().find(|a| !finite(a)) {
        return Err(QuadrantsError::NotANumber { name: bad.name.clone() });
    }
    if attributes.is_empty() {
        return Err(QuadrantsError::NoAttributes);
    }
    let (importance, performance) = match rule {
        CutRule::At { importance, performance } => (importance, performance),
        _ => (cut(attributes, rule, |a| a.importance), cut(attributes, rule, |a| a.performance)),
    };
    if !(importance.is_finite() && performance.is_finite()) {
        return Err(QuadrantsError::NotANumber { name: "the cut".to_owned() });
    }
    let quadrant = |a: &Attribute| match (a.importance >= importance, a.performance >= performance) {
        (true, false) => Quadrant::ConcentrateHere,
        (true, true) => Quadrant::KeepUp,
        (false, false) => Quadrant::LowPriority,
        (false, true) => Quadrant::PossibleOverkill,
    };
    Ok(Quadrants { rule, importance, performance, quadrants: attributes.iter().map(quadrant).collect() })
}

fn cut(attributes: &[Attribute], rule: CutRule, of: impl Fn(&Attribute) -> f64) -> f64 {
    let mut values: Vec<f64> = attributes.iter().map(of).collect();
    values.sort_unstable_by(f64::total_cmp);
    match rule {
        CutRule::Median => quantile(&values, 0.5),
        _ => values.iter().sum::<f64>() / values.len() as f64,
    }
}
