//! BG/NBD: Fader, Hardie & Lee, "Counting your customers the easy way", Marketing Science 24 (2005).

use super::LatentAttrition;
use super::beta_geometric::BetaGeometric;
use serde::{Deserialize, Serialize};

/// The BG/NBD model; times in weeks. A customer may leave only after a repeat purchase, so whoever bought once counts
/// as alive for ever: use [`super::MbgNbd`] to say who has left.
///
/// ```
/// use science::Summary;
/// use science::btyd::{BgNbd, LatentAttrition};
/// // (repeat orders, day of the last, days since the first) of each customer.
/// let histories = (0..400).map(|i| (i % 5, if i % 5 == 0 { 0 } else { 60 + i % 90 }, 180 + i % 40));
/// let fit = BgNbd::fit(&Summary::from_days(histories).unwrap()).unwrap();
/// let [rare, keen] = [1, 4].map(|x| fit.model.expected_transactions(52.0, x, 20.0, 28.0));
/// assert!(rare < keen && fit.log_likelihood < 0.0);
/// // Whoever has not come again yet counts as alive.
/// assert_eq!(fit.model.p_alive(0, 0.0, 28.0), 1.0);
/// ```
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
