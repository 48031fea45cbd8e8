//! How many customers, and how many days, a test needs.
//!
//! Two-sided tests by the normal approximation (Fleiss, Levin & Paik 2003, "Statistical Methods for Rates and Proportions",
//! chapter 4; for means with Guenther's 1981 correction z²/4 for the estimated variance). `holdout` is the share of
//! customers left untreated.

use super::{ExperimentError, two_sided};
use crate::special::normal_quantile;
use serde::{Deserialize, Serialize};

/// What is asked of a test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Design {
    /// Chance of calling a difference that is none; usually 0.05.
    pub alpha: f64,
    /// Chance of finding the difference if it is there; usually 0.8.
    pub power: f64,
    /// Share of customers in the control; 0.5 needs the fewest.
    pub holdout: f64,
}

impl Default for Design {
    fn default() -> Self {
        Self { alpha: 0.05, power: 0.8, holdout: 0.5 }
    }
}

/// Customers a test needs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SampleSize {
    /// Treated, rounded up.
    pub treated: u64,
    /// Control, rounded up.
    pub control: u64,
    /// The control's size before rounding.
    pub exact_control: f64,
}

impl SampleSize {
    /// Customers on both sides.
    pub fn total(&self) -> u64 {
        self.treated.saturating_add(self.control)
    }

    /// Days until enough came, at `customers_per_day` on both sides together; whole weeks, because weekdays differ.
    /// `None` when nobody comes.
    pub fn days(&self, customers_per_day: f64) -> Option<u64> {
        let weeks = (self.total() as f64 / customers_per_day / 7.0).ceil();
        (customers_per_day > 0.0 && weeks.is_finite()).then_some(7 * (weeks.max(1.0) as u64))
    }
}

/// More customers than there are people: beyond it a plan is refused.
const MOST: f64 = 1e11;

impl Design {
    /// Customers needed to tell the shares `control` and `treated` apart.
    ///
    /// # Errors
    /// [`ExperimentError::Setting`] names what is out of range; equal shares cannot be told apart.
    ///
    /// ```
    /// use science::experiment::plan::Design;
    /// // R: power.prop.test(p1 = .50, p2 = .75, power = .90) gives n = 76.7 a side.
    /// let size = Design { power: 0.9, ..Design::default() }.for_rates(0.5, 0.75).unwrap();
    /// assert_eq!((size.treated, size.control), (77, 77));
    /// ```
    pub fn for_rates(&self, control: f64, treated: f64) -> Result<SampleSize, ExperimentError> {
        let (z_alpha, z_power, k) = self.checked()?;
        for (name, share) in [("The control's share", control), ("The treated share", treated)] {
            if !(0.0..=1.0).contains(&share) {
                return Err(ExperimentError::Setting { name, need: "between 0 and 1" });
            }
        }
        let pooled = (control + k * treated) / (1.0 + k);
        let under_none = (pooled * (1.0 - pooled) * (1.0 + 1.0 / k)).sqrt();
        let under_some = (control * (1.0 - control) + treated * (1.0 - treated) / k).sqrt();
        let n = ((z_alpha * under_none + z_power * under_some) / (treated - control)).powi(2);
        size(n, k)
    }

    /// Customers needed to find a difference of `difference` in a mean whose standard deviation a customer is `deviation`.
    ///
    /// # Errors
    /// [`ExperimentError::Setting`] names what is out of range.
    pub fn for_means(&self, difference: f64, deviation: f64) -> Result<SampleSize, ExperimentError> {
        let (z_alpha, z_power, k) = self.checked()?;
        if !(deviation > 0.0 && deviation.is_finite()) {
            return Err(ExperimentError::Setting {
                name: "The standard deviation",
                need: "a positive number",
            });
        }
        let n = (1.0 + 1.0 / k) * ((z_alpha + z_power) * deviation / difference).powi(2);
        size(n + z_alpha * z_alpha / 4.0, k)
    }

    /// The smallest rise of the share `control` that `n` customers on both sides together can find; `None` when even a rise
    /// to 1 is too small.
    ///
    /// # Errors
    /// As [`Design::for_rates`].
    pub fn detectable_rate(&self, control: f64, n: u64) -> Result<Option<f64>, ExperimentError> {
        let enough = |treated: f64| Ok(self.for_rates(control, treated)?.total() <= n);
        self.checked()?;
        if control >= 1.0 || !enough(1.0)? {
            return Ok(None);
        }
        let (mut low, mut high) = (control, 1.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            // Differences too small to count are refused: they are not enough.
            if enough(middle).unwrap_or(false) { high = middle } else { low = middle }
        }
        Ok(Some(high - control))
    }

    /// The chance that a test with these sizes finds the difference between two shares (both tails counted).
    ///
    /// # Errors
    /// As [`Design::for_rates`], and for a side without customers.
    pub fn power_for_rates(&self, control: (f64, u64), treated: (f64, u64)) -> Result<f64, ExperimentError> {
        let (z_alpha, ..) = self.checked()?;
        let ((p2, n2), (p1, n1)) = (control, treated);
        if n1 == 0 || n2 == 0 || !(0.0..=1.0).contains(&p1) || !(0.0..=1.0).contains(&p2) {
            return Err(ExperimentError::Setting {
                name: "A side",
                need: "of at least one customer and a share",
            });
        }
        let (n1, n2) = (n1 as f64, n2 as f64);
        let pooled = (n1 * p1 + n2 * p2) / (n1 + n2);
        let under_none = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
        let under_some = (p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2).sqrt();
        if under_some <= 0.0 {
            return Ok(if p1 == p2 { 0.0 } else { 1.0 });
        }
        let above = |z: f64| if z >= 0.0 { two_sided(z) / 2.0 } else { 1.0 - two_sided(z) / 2.0 };
        let gap = (p1 - p2).abs();
        Ok(above((z_alpha * under_none - gap) / under_some)
            + above((z_alpha * under_none + gap) / under_some))
    }

    /// z of alpha, z of power, and treated customers for each of the control.
    fn checked(&self) -> Result<(f64, f64, f64), ExperimentError> {
        let inside = |p: f64| p > 0.0 && p < 1.0;
        for (name, value) in
            [("The level alpha", self.alpha), ("The power", self.power), ("The holdout", self.holdout)]
        {
            if !inside(value) {
                return Err(ExperimentError::Setting { name, need: "between 0 and 1" });
            }
        }
        let k = (1.0 - self.holdout) / self.holdout;
        Ok((normal_quantile(1.0 - self.alpha / 2.0), normal_quantile(self.power), k))
    }
}

fn size(control: f64, k: f64) -> Result<SampleSize, ExperimentError> {
    let total = control * (1.0 + k);
    if total.is_nan() || total >= MOST {
        return Err(ExperimentError::Setting {
            name: "The difference",
            need: "larger: no test could find it",
        });
    }
    let up = |n: f64| n.ceil().max(2.0) as u64;
    Ok(SampleSize { treated: up(control * k), control: up(control), exact_control: control })
}
