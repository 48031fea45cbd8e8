//! What answers to a survey say, with 95 % intervals.
//!
//! - [`Nps`] with a score interval, [`Proportion`] (CSAT, top boxes) with Wilson's and the exact
//!   interval, [`customer_effort_score`] (CES), [`Mean`] of any rating;
//! - [`importance_performance`] sorts attributes into four quadrants by a stated cut;
//! - [`relative_weights`] says which drivers explain an outcome (Johnson 2000), with bootstrap intervals;
//! - [`compare_waves`] tells change from chance between two waves, corrected for looking at many figures;
//! - [`cronbach_alpha`] says whether items measure one thing.
//!
//! All take respondents as a random sample; who does not answer is not in them.

mod drivers;
mod effort;
mod exact;
mod mean;
mod nps;
mod quadrants;
mod reliability;
mod share;
mod waves;

pub use drivers::{Driver, Drivers, relative_weights};
pub use effort::{CustomerEffortScore, ScoreOutOfRange, customer_effort_score};
pub use mean::Mean;
pub use nps::Nps;
pub use quadrants::{Attribute, CutRule, Quadrant, Quadrants, QuadrantsError, importance_performance};
pub(crate) use reliability::alpha_of;
pub use reliability::{Alpha, cronbach_alpha};
pub use share::Proportion;
pub use waves::{
    Change, Figure, NamedChange, compare_means, compare_nps, compare_shares, compare_waves, holm,
};

use serde::{Deserialize, Serialize};

/// A 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Where a function that is positive at `inside` and not at `outside` changes sign, to the last bits.
pub(crate) fn bisect(mut inside: f64, mut outside: f64, positive: impl Fn(f64) -> bool) -> f64 {
    /// Halvings that take an interval of length 2 below the spacing of numbers near 1.
    const HALVINGS: u32 = 56;
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(inside, outside);
        if positive(middle) { inside = middle } else { outside = middle }
    }
    f64::midpoint(inside, outside)
}
