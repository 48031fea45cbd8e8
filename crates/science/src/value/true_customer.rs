//! The true customer: who wants to go on, does come again and speaks for us unasked, each shown by evidence.

use serde::{Deserialize, Serialize};

/// What is known about one sign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// It was seen.
    Shown,
    /// It was looked for and is not there.
    Absent,
    /// Nobody has looked, or it is too early.
    #[default]
    Unknown,
}

impl Evidence {
    /// Evidence of an answer that may not be there.
    pub fn of(seen: Option<bool>) -> Self {
        match seen {
            Some(true) => Self::Shown,
            Some(false) => Self::Absent,
            None => Self::Unknown,
        }
    }
}

/// A sign of a true customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// The stated will to continue.
    Will,
    /// Coming again.
    Behaviour,
    /// Speaking for us of their own accord; what was rewarded is not voluntary.
    Promotion,
}

/// What is known about a customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomerEvidence {
    /// Margin of the period.
    pub margin: Option<f64>,
    /// Cost of serving them in it.
    pub cost_to_serve: Option<f64>,
    /// The stated will to continue.
    pub will: Evidence,
    /// Repeat purchases.
    pub behaviour: Evidence,
    /// Voluntary promotion.
    pub promotion: Evidence,
}

/// Whether someone is a true customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "flag")]
pub enum TrueCustomerFlag {
    /// All three signs are shown.
    True,
    /// At least one is absent.
    Not {
        /// Which.
        lacking: Vec<Sign>,
    },
    /// None is absent, but some are unknown.
    NotEnoughData {
        /// Which.
        unknown: Vec<Sign>,
    },
}

/// A customer's profit and flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrueCustomer {
    /// Margin less cost to serve; `None` where one of them is not known.
    pub profit: Option<f64>,
    /// The flag with its reasons.
    pub flag: TrueCustomerFlag,
    /// The evidence, sign by sign.
    pub evidence: [(Sign, Evidence); 3],
}

/// Judges a customer. Profit does not decide: a true customer may still cost more than they bring.
///
/// ```
/// use science::value::{CustomerEvidence, Evidence::*, Sign, TrueCustomerFlag, true_customer};
///
/// let regular = CustomerEvidence {
///     margin: Some(90_000.0), cost_to_serve: Some(30_000.0), will: Shown, behaviour: Shown, promotion: Unknown,
/// };
/// let judged = true_customer(&regular);
/// assert_eq!(judged.profit, Some(60_000.0));
/// assert_eq!(judged.flag, TrueCustomerFlag::NotEnoughData { unknown: vec![Sign::Promotion] });
/// let advocate = CustomerEvidence { promotion: Shown, ..regular };
/// assert_eq!(true_customer(&advocate).flag, TrueCustomerFlag::True);
/// ```
pub fn true_customer(customer: &CustomerEvidence) -> TrueCustomer {
    let evidence = [
        (Sign::Will, customer.will),
        (Sign::Behaviour, customer.behaviour),
        (Sign::Promotion, customer.promotion),
    ];
    let signs = |wanted: Evidence| -> Vec<Sign> {
        evidence.iter().filter(|(_, seen)| *seen == wanted).map(|(sign, _)| *sign).collect()
    };
    let (lacking, unknown) = (signs(Evidence::Absent), signs(Evidence::Unknown));
    let flag = match (lacking.is_empty(), unknown.is_empty()) {
        (false, _) => TrueCustomerFlag::Not { lacking },
        (true, false) => TrueCustomerFlag::NotEnoughData { unknown },
        (true, true) => TrueCustomerFlag::True,
    };
    let profit = customer.margin.zip(customer.cost_to_serve).map(|(margin, cost)| margin - cost);
    TrueCustomer { profit: profit.filter(|profit| profit.is_finite()), flag, evidence }
}
