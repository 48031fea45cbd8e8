//! Shares of people, and the difference of two shares, with 95 % intervals that hold for small groups too.

use crate::predict::Z;
use serde::{Deserialize, Serialize};

/// A share with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// People with the trait.
    pub part: u64,
    /// People asked about.
    pub whole: u64,
    /// part / whole.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Share {
    /// The score interval of Wilson (1927); `None` of nobody. A part above the whole counts as the whole.
    ///
    /// ```
    /// let one_of_ten = science::share::Share::wilson(1, 10).unwrap();
    /// // Between 1.8 % and 40.4 %: one of ten says little.
    /// assert!((one_of_ten.low - 0.018).abs() < 5e-4 && (one_of_ten.high - 0.404).abs() < 5e-4);
    /// ```
    pub fn wilson(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 {
            return None;
        }
        let part = part.min(whole);
        let (n, value) = (whole as f64, part as f64 / whole as f64);
        let z2 = Z * Z / n;
        let centre = value + z2 / 2.0;
        let width = (z2 * (value * (1.0 - value) + z2 / 4.0)).sqrt();
        let low = if part == 0 { 0.0 } else { ((centre - width) / (1.0 + z2)).max(0.0) };
        let high = if part == whole { 1.0 } else { ((centre + width) / (1.0 + z2)).min(1.0) };
        Some(Self { part, whole, value, low, high })
    }
}

/// The difference of two shares with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// First share minus second.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Difference {
    /// Newcombe's hybrid of two Wilson intervals (1998, Statistics in Medicine 17:873, method 10).
    pub fn of(first: &Share, second: &Share) -> Self {
        let value = first.value - second.value;
        let down = (first.value - first.low).hypot(second.high - second.value);
        let up = (first.high - first.value).hypot(second.value - second.low);
        Self { value, low: (value - down).max(-1.0), high: (value + up).min(1.0) }
    }

    /// Whether the interval leaves zero out.
    pub fn is_clear(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcombe_1998_table_ii() {
        // 56/70 - 48/80: 0.2000 within 0.0524 and 0.3339; 10/10 - 0/10: 1 within 0.6075 and 1.
        let of = |a, m, b, n| Difference::of(&Share::wilson(a, m).unwrap(), &Share::wilson(b, n).unwrap());
        for (got, want) in
            [(of(56, 70, 48, 80), [0.2, 0.0524, 0.3339]), (of(10, 10, 0, 10), [1.0, 0.6075, 1.0])]
        {
            for (g, w) in [got.value, got.low, got.high].into_iter().zip(want) {
                assert!((g - w).abs() < 5e-5, "{got:?}");
            }
        }
        assert!(of(56, 70, 48, 80).is_clear() && !of(5, 10, 4, 10).is_clear());
    }

    #[test]
    fn nobody_has_no_share_and_the_ends_are_exact() {
        assert_eq!(Share::wilson(0, 0), None);
        assert_eq!(Share::wilson(0, 9).unwrap().low, 0.0);
        assert_eq!(Share::wilson(u64::MAX, u64::MAX).unwrap().high, 1.0);
        assert_eq!(Share::wilson(9, 3).unwrap().value, 1.0);
    }
}
