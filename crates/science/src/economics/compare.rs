//! What winning and what keeping a customer costs, and how sure their ratio is (Fornell & Wernerfelt 1987).

use super::{EconomicsError, ratio, require};
use crate::predict::Z;
use crate::share::{Difference, Share};
use serde::{Deserialize, Serialize};

/// The multiple books name for winning over keeping a customer; for reference only.
pub const REFERENCE_RATIO: f64 = 6.0;
/// What studies found.
pub const REFERENCE_RANGE: [f64; 2] = [5.0, 7.0];

/// What winning and what keeping a customer costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostComparison {
    /// Offensive cost per customer gained.
    pub per_gained: Option<f64>,
    /// Defensive cost per customer kept beyond what the comparison group leads to expect.
    pub per_kept: Option<f64>,
    /// The first over the second.
    pub ratio: Option<f64>,
}

/// Offensive against defensive cost (Fornell & Wernerfelt 1987). `kept_beyond_control` may be negative when the
/// programme did harm; then nothing was bought and there is no ratio.
///
/// ```
/// let costs = science::economics::compare_costs(6_000_000.0, 100.0, 2_000_000.0, 200.0);
/// assert_eq!((costs.per_gained, costs.per_kept, costs.ratio), (Some(60_000.0), Some(10_000.0), Some(6.0)));
/// ```
pub fn compare_costs(
    offensive: f64,
    gained: f64,
    defensive: f64,
    kept_beyond_control: f64,
) -> CostComparison {
    let per_gained = ratio(offensive, gained);
    let per_kept = ratio(defensive, kept_beyond_control);
    let both = per_gained.zip(per_kept);
    CostComparison { per_gained, per_kept, ratio: both.and_then(|(gain, keep)| ratio(gain, keep)) }
}

/// What was spent and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Campaigns {
    /// Spent on winning.
    pub offensive: f64,
    /// Customers won by it.
    pub gained: u64,
    /// Spent on keeping.
    pub defensive: f64,
    /// Customers in the care of it.
    pub treated: u64,
    /// Those of them who stayed.
    pub treated_kept: u64,
    /// Customers of the comparison group.
    pub control: u64,
    /// Those of them who stayed.
    pub control_kept: u64,
}

/// Cost of a gained customer over that of a kept one, with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CostRatio {
    /// Customers gained.
    pub gained: u64,
    /// Customers kept beyond control.
    pub kept_beyond_control: f64,
    /// Cost of each gained; `None` when nobody was.
    pub per_gained: Option<f64>,
    /// Cost of each kept beyond control; `None` when nobody was.
    pub per_kept: Option<f64>,
    /// The first over the second.
    pub ratio: Option<f64>,
    /// 95 % interval of the ratio by Fieller's theorem (1954), never below 0; `None` where it has no end: too few
    /// were gained. A lower end of 0 says that keeping may have kept nobody.
    pub interval: Option<[f64; 2]>,
}

impl Campaigns {
    /// The ratio. The number gained is taken as Poisson, the number kept beyond control from two shares.
    ///
    /// ```
    /// use science::economics::Campaigns;
    ///
    /// // 900 of 1,000 stayed against 700 of 1,000: 200 kept beyond control.
    /// let year = Campaigns {
    ///     offensive: 6_000_000.0, gained: 100, defensive: 2_000_000.0,
    ///     treated: 1_000, treated_kept: 900, control: 1_000, control_kept: 700,
    /// };
    /// let cost = year.ratio()?;
    /// assert!((cost.ratio.unwrap() - 6.0).abs() < 1e-9);
    /// let [low, high] = cost.interval.unwrap();
    /// assert!(4.0 < low && low < 6.0 && 6.0 < high && high < 8.5);
    /// # Ok::<(), science::economics::EconomicsError>(())
    /// ```
    ///
    /// # Errors
    /// [`EconomicsError::NotANumber`] for a cost that is no number, an empty group, or one that kept more than it had.
    pub fn ratio(&self) -> Result<CostRatio, EconomicsError> {
        require("The offensive cost", self.offensive)?;
        require("The defensive cost", self.defensive)?;
        let treated = group("The group in care", self.treated, self.treated_kept)?;
        let control = group("The comparison group", self.control, self.control_kept)?;
        let kept = Difference::of(&treated, &control).value * self.treated as f64;
        let spread = |s: &Share| s.value * (1.0 - s.value) / s.whole as f64;
        let variance = (self.treated as f64).powi(2) * (spread(&treated) + spread(&control));
        let gained = self.gained as f64;
        let costs = compare_costs(self.offensive, gained, self.defensive, kept);
        let scale = ratio(self.offensive, self.defensive);
        let ends = scale.zip(fieller(kept, variance, gained, gained));
        let interval = ends.map(|(scale, ends)| ends.map(|end| (scale * end).max(0.0)));
        Ok(CostRatio {
            gained: self.gained,
            kept_beyond_control: kept,
            per_gained: costs.per_gained,
            per_kept: costs.per_kept,
            ratio: costs.ratio,
            interval: interval.filter(|ends| ends.iter().all(|end| end.is_finite())),
        })
    }
}

fn group(field: &'static str, customers: u64, kept: u64) -> Result<Share, EconomicsError> {
    let sound = customers > 0 && kept <= customers;
    let share = Share::wilson(kept, customers).filter(|_| sound);
    share.ok_or(EconomicsError::NotANumber { field })
}

/// The 95 % interval of a / b of two independent normal figures; `None` when b may be 0.
fn fieller(a: f64, variance_a: f64, b: f64, variance_b: f64) -> Option<[f64; 2]> {
    let square = b * b - Z * Z * variance_b;
    let root = (a * b).powi(2) - square * (a * a - Z * Z * variance_a);
    let ends = [-1.0, 1.0].map(|sign| (a * b + sign * root.max(0.0).sqrt()) / square);
    (square > 0.0 && ends.iter().all(|end| end.is_finite())).then_some(ends)
}
