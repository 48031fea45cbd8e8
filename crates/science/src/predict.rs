//! Forecasts with a 95 % interval.

use crate::special::normal_quantile;
use serde::{Deserialize, Serialize};

/// An expected value with its 95 % interval. What the interval covers is said where it is made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The expected value.
    pub value: f64,
    /// Standard error of `value` that comes from the uncertainty of the model's parameters alone; it is shared by all
    /// customers, so the error of a sum over a segment is at most the sum of the errors.
    pub standard_error: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end; infinite where nothing bounds the value (see [`Estimate::interval`]), in serialised form nothing.
    #[serde(with = "unbounded")]
    pub high: f64,
}

/// The share of outcomes left out on each side.
const TAIL: f64 = 0.025;

/// The 95 % normal quantile.
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// The distribution of an outcome that is often nothing: P(0), the mean and the second moment of all of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    pub none: f64,
    pub mean: f64,
    pub second_moment: f64,
    /// Of the mean, from the parameters.
    pub standard_error: f64,
}

impl Outcome {
    /// The interval that holds 95 % of outcomes of customers with this history: nothing with its exact probability,
    /// else log-normal with the right mean and variance, the parameters' uncertainty added to the variance. Widened,
    /// where nearly nobody buys, to hold the mean.
    pub(crate) fn estimate(&self) -> Estimate {
        let some = (1.0 - self.none).max(f64::MIN_POSITIVE);
        let mean = self.mean / some;
        let second = (self.second_moment + self.standard_error.powi(2)) / some;
        let spread = (second.ln() - 2.0 * mean.ln()).max(0.0);
        let quantile = |p: f64| {
            let above = (p - self.none) / some;
            if above > 0.0 && above < 1.0 && mean > 0.0 {
                mean * (normal_quantile(above) * spread.sqrt() - spread / 2.0).exp()
            } else {
                0.0
            }
        };
        if mean > 0.0 && !spread.is_finite() {
            // So rarely anything that no log-normal says how much: the moments alone are left.
            let (value, standard_error) = (self.mean, self.standard_error);
            let reach = Z * (self.second_moment + standard_error.powi(2)).sqrt();
            return Estimate { value, standard_error, low: 0.0, high: value + reach };
        }
        Estimate {
            value: self.mean,
            standard_error: self.standard_error,
            low: quantile(TAIL).min(self.mean),
            high: quantile(1.0 - TAIL).max(self.mean),
        }
    }
}

impl Outcome {
    /// The interval where the parameters' uncertainty is unknown and P(alive) may be anything: from 0 to what a customer
    /// sure to be alive may bring, their mean off by as much as itself.
    pub(crate) fn unsure(&self, alive: f64) -> Estimate {
        let alive = alive.clamp(f64::MIN_POSITIVE, 1.0);
        let mean = self.mean / alive;
        let sure = Self {
            none: (1.0 - (1.0 - self.none) / alive).clamp(0.0, 1.0),
            mean,
            second_moment: self.second_moment / alive,
            standard_error: mean.abs(),
        };
        let high = sure.estimate().high;
        Estimate { value: self.mean, standard_error: sure.standard_error, low: self.mean.min(0.0), high }
    }
}

impl Estimate {
    /// Both ends; `None` where nothing bounds the value from above: the likelihood has no curvature, and the customer's
    /// value may be anything.
    pub fn interval(&self) -> Option<(f64, f64)> {
        (self.low.is_finite() && self.high.is_finite()).then_some((self.low, self.high))
    }

    /// The interval of a count: whole numbers, outwards.
    pub(crate) fn whole(self) -> Self {
        Self { low: self.low.floor(), high: self.high.ceil(), ..self }
    }
}

/// An end that may be infinite: serialised as nothing, because JSON has no infinity.
mod unbounded {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(end: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        end.is_finite().then_some(*end).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(Option::deserialize(deserializer)?.unwrap_or(f64::INFINITY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What nothing bounds has no upper end, and no large number that could pass for one.
    #[test]
    fn what_is_unbounded_says_so_also_in_json() {
        let vast = Outcome { none: 0.0, mean: 1e200, second_moment: f64::INFINITY, standard_error: 0.0 };
        for estimate in [vast.estimate(), vast.unsure(0.5)] {
            assert_eq!((estimate.low, estimate.high, estimate.interval()), (0.0, f64::INFINITY, None));
            let text = serde_json::to_string(&estimate).unwrap();
            assert!(text.contains("\"high\":null"), "{text}");
            assert_eq!(serde_json::from_str::<Estimate>(&text).unwrap(), estimate);
        }
        let tiny = Outcome { none: 0.0, mean: 1e-200, second_moment: 0.0, standard_error: 0.0 };
        assert_eq!(tiny.estimate().interval(), Some((1e-200, 1e-200)));
    }

    #[test]
    fn a_certain_outcome_has_no_width() {
        let sure = Outcome { none: 0.0, mean: 7.0, second_moment: 49.0, standard_error: 0.0 };
        let Estimate { low, high, .. } = sure.estimate();
        assert!((low - 7.0).abs() < 1e-9 && (high - 7.0).abs() < 1e-9);
    }

    #[test]
    fn the_unsure_may_be_gone_or_with_us() {
        let rare = Outcome { none: 0.99, mean: 0.02, second_moment: 0.06, standard_error: 0.0 };
        let Estimate { value, standard_error, low, high } = rare.unsure(0.01);
        assert_eq!((value, low), (0.02, 0.0));
        assert!((standard_error - 2.0).abs() < 1e-12 && high > 4.0 && high < 100.0, "{high}");
        let nothing = Outcome { none: 1.0, mean: 0.0, second_moment: 0.0, standard_error: 0.0 };
        assert_eq!(nothing.unsure(0.0), Estimate { value: 0.0, standard_error: 0.0, low: 0.0, high: 0.0 });
    }

    #[test]
    fn who_most_likely_buys_nothing_starts_at_nothing() {
        let rare = Outcome { none: 0.99, mean: 0.02, second_moment: 0.06, standard_error: 0.0 };
        let Estimate { low, high, value, .. } = rare.estimate();
        assert_eq!((low, high), (0.0, value));
    }

    #[test]
    fn a_log_normal_outcome_has_its_own_quantiles() {
        // ln Y ~ N(0, 1): mean e^0.5, second moment e^2.
        let y = Outcome { none: 0.0, mean: 0.5_f64.exp(), second_moment: 2.0_f64.exp(), standard_error: 0.0 };
        assert!((y.estimate().low.ln() + Z).abs() < 1e-6 && (y.estimate().high.ln() - Z).abs() < 1e-6);
    }
}
