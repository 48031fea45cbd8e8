//! The rules of tiers, as the owner writes them.

use kernel::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Tiers at most.
const TIERS: usize = 8;
/// Characters of a tier's name.
const NAME: usize = 40;
/// A weight at most: only proportions matter.
const WEIGHT: f64 = 100.0;
/// The colours a tier may have: tokens of the interface.
pub const COLOURS: [&str; 6] = ["persimmon", "jade", "amber", "crimson", "indigo", "ink"];

/// What a tier's line is drawn by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TierBy {
    /// A score at least.
    Score,
    /// The best so many percent.
    Top,
}

/// A tier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tier {
    /// Its code, for good: small letters, digits and `_`.
    #[schema(example = "gold")]
    pub code: String,
    /// What people call it.
    #[schema(example = "골드")]
    pub name: String,
    /// A colour of the interface.
    pub colour: String,
    /// What its line is drawn by.
    pub by: TierBy,
    /// The score from 0 to 100, or the percent.
    pub at: f64,
    /// The first day of the tier.
    #[schema(value_type = Option<String>)]
    pub starts: Option<Day>,
    /// The last day of the tier.
    #[schema(value_type = Option<String>)]
    pub ends: Option<Day>,
}

impl Tier {
    /// Whether the tier is given on `day`.
    pub fn is_open(&self, day: Day) -> bool {
        self.starts.is_none_or(|starts| starts <= day) && self.ends.is_none_or(|ends| day <= ends)
    }
}

/// How much each part of a score counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct VipWeights {
    /// Of how lately they ordered.
    pub recency: f64,
    /// Of on how many days they ordered.
    pub frequency: f64,
    /// Of the margin they brought.
    pub margin: f64,
    /// Of how long they have been customers.
    pub tenure: f64,
    /// Of speaking for the company unasked.
    pub advocacy: f64,
}

impl Default for VipWeights {
    fn default() -> Self {
        Self { recency: 2.0, frequency: 3.0, margin: 3.0, tenure: 1.0, advocacy: 1.0 }
    }
}

impl VipWeights {
    /// In the order of the parts of a score.
    pub fn all(&self) -> [f64; 5] {
        [self.recency, self.frequency, self.margin, self.tenure, self.advocacy]
    }
}

/// The rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct VipRules {
    /// The lowest first; without any there are none.
    pub tiers: Vec<Tier>,
    /// How much each part counts.
    pub weights: VipWeights,
    /// Only what happened in so many months counts.
    pub window_months: i64,
    /// Days between the notice and the fall.
    pub grace_days: i64,
}

impl Default for VipRules {
    fn default() -> Self {
        Self { tiers: Vec::new(), weights: VipWeights::default(), window_months: 12, grace_days: 30 }
    }
}

impl VipRules {
    /// The tier of this code and its rank, from 1.
    pub fn tier(&self, code: &str) -> Option<(usize, &Tier)> {
        self.tiers.iter().enumerate().find(|(_, tier)| tier.code == code).map(|(at, tier)| (at + 1, tier))
    }

    /// The rank of a tier, 0 for none and for one that is not there any more.
    pub fn rank(&self, code: Option<&str>) -> usize {
        code.and_then(|code| self.tier(code)).map_or(0, |(rank, _)| rank)
    }

    /// The first day of the window that ends on `today`.
    pub fn since(&self, today: Day) -> Day {
        today.plus(1 - self.window_months * 365 / 12)
    }

    /// The fields that cannot be so, each with its code.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let codes: BTreeSet<&str> = self.tiers.iter().map(|tier| tier.code.as_str()).collect();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let is_code = |tier: &Tier| (1..=NAME).contains(&tier.code.len()) && tier.code.bytes().all(plain);
        let named = |tier: &Tier| (1..=NAME).contains(&tier.name.trim().chars().count());
        let line = |tier: &Tier| match tier.by {
            TierBy::Score => (0.0..=100.0).contains(&tier.at),
            TierBy::Top => tier.at > 0.0 && tier.at <= 100.0,
        };
        // A higher tier is harder to reach than a lower one of the same kind.
        let rises = |by: TierBy| {
            let at: Vec<f64> = self.tiers.iter().filter(|tier| tier.by == by).map(|tier| tier.at).collect();
            at.windows(2).all(|pair| if by == TierBy::Score { pair[0] < pair[1] } else { pair[0] > pair[1] })
        };
        let days = |tier: &Tier| tier.starts.zip(tier.ends).is_none_or(|(starts, ends)| starts <= ends);
        let weights = self.weights.all();
        let checks = [
            ("tiers", self.tiers.len() <= TIERS, "tier_count"),
            ("tiers", self.tiers.iter().all(is_code) && codes.len() == self.tiers.len(), "tier_code"),
            ("tiers", self.tiers.iter().all(named), "tier_name"),
            ("tiers", self.tiers.iter().all(|tier| COLOURS.contains(&tier.colour.as_str())), "tier_colour"),
            ("tiers", self.tiers.iter().all(line), "tier_line"),
            ("tiers", rises(TierBy::Score) && rises(TierBy::Top), "tier_order"),
            ("tiers", self.tiers.iter().all(days), "tier_days"),
            (
                "weights",
                weights.iter().all(|weight| (0.0..=WEIGHT).contains(weight))
                    && weights.iter().any(|w| *w > 0.0),
                "weights_range",
            ),
            ("window_months", (1..=60).contains(&self.window_months), "window_range"),
            ("grace_days", (0..=365).contains(&self.grace_days), "grace_range"),
        ];
        checks.into_iter().filter(|(_, sound, _)| !sound).map(|(field, _, code)| (field, code)).collect()
    }
}
