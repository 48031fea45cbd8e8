//! Bonds in three levels (Berry & Parasuraman, Marketing Services, 1991): financial, social, structural.

use super::{ValueError, within};
use crate::share::Share;
use serde::{Deserialize, Serialize};

/// The bonds present with a customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bonds {
    /// Points, volume prices, bundles.
    pub financial: bool,
    /// A person who knows them, a club, an association.
    pub social: bool,
    /// Services built into how they work: data links, automatic reorder, own catalogue, training.
    pub structural: bool,
}

/// The highest bond present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BondLevel {
    /// 0: none.
    None,
    /// 1: price only; competitors copy it easily.
    Financial,
    /// 2.
    Social,
    /// 3: the hardest to copy.
    Structural,
}

impl BondLevel {
    /// The levels, lowest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Financial, Self::Social, Self::Structural];

    /// From 0 to 3.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The level to work towards; `None` at the top.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|level| *level > self)
    }
}

impl Bonds {
    /// The level of a customer.
    ///
    /// ```
    /// use science::value::{BondLevel, Bonds};
    ///
    /// let member = Bonds { financial: true, social: true, structural: false };
    /// assert_eq!((member.level(), member.level().number()), (BondLevel::Social, 2));
    /// assert_eq!(member.level().next(), Some(BondLevel::Structural));
    /// ```
    pub fn level(self) -> BondLevel {
        match self {
            Self { structural: true, .. } => BondLevel::Structural,
            Self { social: true, .. } => BondLevel::Social,
            Self { financial: true, .. } => BondLevel::Financial,
            _ => BondLevel::None,
        }
    }

    /// The bonds present: the reasons of the level.
    pub fn present(self) -> Vec<BondLevel> {
        let held = [self.financial, self.social, self.structural];
        BondLevel::ALL[1..].iter().zip(held).filter(|(_, held)| *held).map(|(level, _)| *level).collect()
    }
}

/// How many customers stand at each level, 0 to 3; `None` of nobody.
pub fn level_distribution(customers: &[Bonds]) -> Option<[Share; 4]> {
    let mut counts = [0_u64; 4];
    for bonds in customers {
        counts[usize::from(bonds.level().number())] += 1;
    }
    let whole = customers.len() as u64;
    let none = Share::wilson(0, whole)?;
    Some(counts.map(|count| Share::wilson(count, whole).unwrap_or(none)))
}

/// How much of what a customer base buys is bought only under an incentive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IncentiveUse {
    /// Purchases under an incentive out of all.
    pub share: Share,
    /// Whether the whole interval lies above the threshold: a bond by price alone.
    pub price_only: bool,
}

impl IncentiveUse {
    /// Judges purchases against a threshold between 0 and 1; `None` without a purchase.
    pub fn of(under_incentive: u64, purchases: u64, threshold: f64) -> Option<Self> {
        let share = Share::wilson(under_incentive, purchases)?;
        Some(Self { share, price_only: share.low > threshold })
    }
}

/// A structural service a customer uses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StructuralService {
    /// What it would cost the customer to have the like elsewhere, once.
    pub cost_to_replace: f64,
    /// What it saves or earns the customer in a year beyond what competitors offer.
    pub yearly_gain: f64,
    /// Whether the customer can take all data along at any time.
    pub export_open: bool,
}

/// What holds a customer, and what draws one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Switching {
    /// Cost of leaving us: of the services the customer would have to replace.
    pub cost_of_leaving: f64,
    /// Gain of coming to us: what the services bring over so many years, not discounted.
    pub gain_of_coming: f64,
    /// Services not counted because they hold the customer by their data; open them.
    pub dishonest: Vec<usize>,
}

/// Sums up the structural bond over `years`. What holds customers by their own data is not a bond and is not counted.
///
/// # Errors
/// [`ValueError::OutOfRange`] names an amount that is below 0 or not a number.
pub fn switching(services: &[StructuralService], years: f64) -> Result<Switching, ValueError> {
    const MOST: f64 = 1e15;
    within("years", years, 0.0, 100.0)?;
    let mut sum = Switching { cost_of_leaving: 0.0, gain_of_coming: 0.0, dishonest: Vec::new() };
    for (row, service) in services.iter().enumerate() {
        let cost = within("cost to replace", service.cost_to_replace, 0.0, MOST)?;
        let gain = within("yearly gain", service.yearly_gain, 0.0, MOST)?;
        if service.export_open {
            sum.cost_of_leaving += cost;
            sum.gain_of_coming += gain * years;
        } else {
            sum.dishonest.push(row);
        }
    }
    Ok(sum)
}
