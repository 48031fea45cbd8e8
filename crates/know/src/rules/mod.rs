//! Rules of law as settings with the day from which they are in force.
//!
//! Invariants:
//! - When a law is amended somebody adds a row; nothing that was in force is changed, so that what was done can be judged
//!   by the rule of its day.
//! - The rule in force is the one that began last, unless its end is over. Where a row leaves a parameter out, the
//!   default of the program counts.

mod api;
mod store;

pub use api::register;
pub use store::{in_force, in_force_on};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A rule's parameters, with their defaults.
pub trait Parameters: DeserializeOwned + Serialize + Default + Send {
    /// Whose law.
    const JURISDICTION: &'static str;
    /// The rule.
    const RULE: &'static str;

    /// Whether its numbers make sense.
    fn is_sound(&self) -> bool;
}

/// The notice of a consent, a refusal or a withdrawal (K10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Notice {
    /// Days within which it goes out.
    pub days: i64,
    /// The day from which Today says that it has not.
    pub alarm_day: i64,
}

impl Default for Notice {
    fn default() -> Self {
        Self { days: 14, alarm_day: 10 }
    }
}

impl Parameters for Notice {
    const JURISDICTION: &'static str = "kr";
    const RULE: &'static str = "notice";

    fn is_sound(&self) -> bool {
        (1..=366).contains(&self.days) && (0..=self.days).contains(&self.alarm_day)
    }
}

/// Confirming a consent again (K11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reconfirm {
    /// Years after which.
    pub years: i64,
    /// Days before that on which the notice goes out.
    pub lead_days: i64,
}

impl Default for Reconfirm {
    fn default() -> Self {
        Self { years: 2, lead_days: 30 }
    }
}

impl Parameters for Reconfirm {
    const JURISDICTION: &'static str = "kr";
    const RULE: &'static str = "reconfirm";

    fn is_sound(&self) -> bool {
        (1..=20).contains(&self.years) && (1..=366).contains(&self.lead_days)
    }
}

/// Words that make a notice an advertisement (K10-3, K14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lint {
    /// The words.
    pub words: Vec<String>,
}

impl Default for Lint {
    fn default() -> Self {
        Self { words: ["할인", "쿠폰", "이벤트", "특가", "증정"].map(str::to_owned).into() }
    }
}

impl Parameters for Lint {
    const JURISDICTION: &'static str = "kr";
    const RULE: &'static str = "lint";

    fn is_sound(&self) -> bool {
        self.words.len() <= 200 && self.words.iter().all(|word| (1..=40).contains(&word.chars().count()))
    }
}

/// Whether `parameters` fit the rule; none when there is no such rule.
fn fits(jurisdiction: &str, rule: &str, parameters: &serde_json::Value) -> Option<bool> {
    fn of<P: Parameters>(parameters: &serde_json::Value) -> bool {
        serde_json::from_value::<P>(parameters.clone()).is_ok_and(|read| read.is_sound())
    }
    match (jurisdiction, rule) {
        ("kr", Notice::RULE) => Some(of::<Notice>(parameters)),
        ("kr", Reconfirm::RULE) => Some(of::<Reconfirm>(parameters)),
        ("kr", Lint::RULE) => Some(of::<Lint>(parameters)),
        _ => None,
    }
}
