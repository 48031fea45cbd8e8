//! BG/NBD: Fader, Hardie & Lee, "Counting your customers the easy way", Marketing Science 24 (2005).

use super::LatentAttrition;
use super::beta_geometric::BetaGeometric;
use serde::{Deserialize, Serialize};

/// The BG/NBD model; times in weeks. A customer may leave only after a repeat purchase, so whoever bought once counts
/// as alive for ever: use [`super::MbgNbd`] to say who has left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BgNbd {
    /// Shape of the purchase rates over customers.
    pub r: f64,
    /// Rate parameter of the purchase rates, in weeks.
    pub alpha: f64,
    /// First shape of the leaving probabilities.
    pub a: f64,
    /// Second shape of the leaving probabilities.
    pub b: f64,
}

impl LatentAttrition for BgNbd {
    fn from_parameters([r, alpha, a, b]: [f64; 4]) -> Self {
        Self { r, alpha, a, b }
    }

    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }
}

impl BetaGeometric for BgNbd {
    const CHANCE_AT_FIRST: f64 = 0.0;

    fn shapes(&self) -> [f64; 4] {
        self.parameters()
    }
}
