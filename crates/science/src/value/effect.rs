//! What a bond does to retention: those who have it against comparable customers who do not.

use super::ValueError;
use crate::share::{Difference, Share};
use serde::{Deserialize, Serialize};

/// A group and how many of it stayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Customers at the start.
    pub customers: u64,
    /// Those of them still there at the end.
    pub kept: u64,
}

/// Fewest customers in each group.
pub const MIN_GROUP: u64 = 30;

/// The difference a programme or a membership makes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RetentionEffect {
    /// Retention of those with it.
    pub with: Share,
    /// Retention of those without.
    pub without: Share,
    /// With less without.
    pub effect: Difference,
    /// Customers kept beyond what the comparison leads to expect, with the ends of the interval: value, low, high.
    pub kept_beyond: [f64; 3],
    /// Cost of each of them; `None` unless the whole interval is above zero: then nothing shows that anyone was kept.
    pub cost_each: Option<f64>,
}

/// Compares retention. The groups must be alike in all else: drawn by lot, or matched.
///
/// ```
/// use science::value::{Group, retention_effect};
///
/// let members = Group { customers: 400, kept: 320 };
/// let matched = Group { customers: 400, kept: 280 };
/// let club = retention_effect(&members, &matched, 800_000.0)?;
/// // 80 % against 70 %: 40 more than expected, 20,000 each.
/// assert!((club.kept_beyond[0] - 40.0).abs() < 1e-9);
/// assert!((club.cost_each.unwrap() - 20_000.0).abs() < 1e-6);
/// # Ok::<(), science::value::ValueError>(())
/// ```
///
/// # Errors
/// [`ValueError::TooFew`] below [`MIN_GROUP`] in a group; [`ValueError::OutOfRange`] for a cost below zero.
pub fn retention_effect(with: &Group, without: &Group, cost: f64) -> Result<RetentionEffect, ValueError> {
    let cost = super::within("cost", cost, 0.0, f64::MAX)?;
    let share = |group: &Group| {
        let too_few = ValueError::TooFew { have: group.customers, need: MIN_GROUP };
        let share = Share::wilson(group.kept, group.customers);
        share.filter(|share| share.whole >= MIN_GROUP).ok_or(too_few)
    };
    let (treated, control) = (share(with)?, share(without)?);
    let effect = Difference::of(&treated, &control);
    let kept_beyond = [effect.value, effect.low, effect.high].map(|share| share * with.customers as f64);
    let cost_each = (effect.low > 0.0).then(|| cost / kept_beyond[0]);
    Ok(RetentionEffect { with: treated, without: control, effect, kept_beyond, cost_each })
}
