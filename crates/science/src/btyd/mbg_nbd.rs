//! MBG/NBD: Batislam, Denizel & Filiztekin, "Empirical validation and comparison of models for customer base
//! analysis", International Journal of Research in Marketing 24 (2007).

use super::LatentAttrition;
use super::beta_geometric::BetaGeometric;
use serde::{Deserialize, Serialize};

/// The modified BG/NBD model; times in weeks. A customer may leave after any purchase, the first too, so it can say
/// of one-time buyers how likely they are to return.
///
/// ```
/// use science::btyd::{LatentAttrition, MbgNbd};
/// // The published fit of the CDNOW sample.
/// let model = MbgNbd { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 };
/// let [young, old] = [4.0, 39.0].map(|weeks| model.p_alive(0, 0.0, weeks));
/// assert!(old < young && young < 1.0);
/// assert!(model.expected_transactions(39.0, 0, 0.0, 39.0) < model.expected_transactions(39.0, 2, 30.43, 38.86));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MbgNbd {
    /// Shape of the purchase rates over customers.
    pub r: f64,
    /// Rate parameter of the purchase rates, in weeks.
    pub alpha: f64,
    /// First shape of the leaving probabilities.
    pub a: f64,
    /// Second shape of the leaving probabilities.
    pub b: f64,
}

impl LatentAttrition for MbgNbd {
    fn from_parameters([r, alpha, a, b]: [f64; 4]) -> Self {
        Self { r, alpha, a, b }
    }

    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }
}

impl BetaGeometric for MbgNbd {
    const CHANCE_AT_FIRST: f64 = 1.0;

    fn shapes(&self) -> [f64; 4] {
        self.parameters()
    }
}
