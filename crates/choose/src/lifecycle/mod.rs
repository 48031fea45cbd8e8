//! Life-cycle states (단골이 되는 길): prospect, new, active, regular, dormant, lost, returned.
//!
//! Invariants:
//! - [`judge`] is the only place that decides a state; facts, previews, reports and the leak all ask it or its cheaper
//!   siblings [`state_on`] and [`is_live`].

mod model;
#[cfg(test)]
mod model_tests;
mod settings;

pub use model::{Judged, State, is_live, judge, state_on};
pub use settings::StateSettings;
