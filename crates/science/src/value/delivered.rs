//! Customer delivered value (Kotler): total customer value less total customer cost, all in one unit.

use super::{Reason, ValueError, by_size, within};
use crate::predict::Z;
use serde::{Deserialize, Serialize};

/// A part of what a customer gets or gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Value of the product.
    Product,
    /// Value of the services.
    Service,
    /// Value of the people.
    Personnel,
    /// Value of the image.
    Image,
    /// Price.
    Money,
    /// Time it takes.
    Time,
    /// Bodily effort.
    Energy,
    /// Worry.
    Psychic,
}

impl Component {
    /// The four values, then the four costs.
    pub const ALL: [Self; 8] = [
        Self::Product,
        Self::Service,
        Self::Personnel,
        Self::Image,
        Self::Money,
        Self::Time,
        Self::Energy,
        Self::Psychic,
    ];

    /// Whether it is a cost to the customer.
    pub fn is_cost(self) -> bool {
        matches!(self, Self::Money | Self::Time | Self::Energy | Self::Psychic)
    }

    /// Its name as in the sources.
    pub fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Service => "service",
            Self::Personnel => "personnel",
            Self::Image => "image",
            Self::Money => "money",
            Self::Time => "time",
            Self::Energy => "energy",
            Self::Psychic => "psychic",
        }
    }
}

/// What one offer gives and costs in a customer's eyes; parts not asked for stay unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    amounts: [Option<f64>; 8],
}

/// The value of an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveredValue {
    /// Values less costs.
    pub value: f64,
    /// Sum of the four values.
    pub total_value: f64,
    /// Sum of the four costs.
    pub total_cost: f64,
    /// The parts, costs below zero, the largest first.
    pub reasons: Vec<Reason>,
}

/// The largest amount taken: sums of eight stay exact to a millionth.
const MAX_AMOUNT: f64 = 1e15;

impl Offer {
    /// The same offer with one part set: what is asked in a survey, or *what if*.
    ///
    /// ```
    /// use science::value::{Component::*, Offer};
    ///
    /// let ours = Offer::default()
    ///     .with(Product, 80_000.0).with(Service, 20_000.0).with(Personnel, 10_000.0).with(Image, 10_000.0)
    ///     .with(Money, 70_000.0).with(Time, 8_000.0).with(Energy, 4_000.0).with(Psychic, 3_000.0);
    /// assert_eq!(ours.delivered_value()?.value, 35_000.0);
    /// // What if waiting were cut in half?
    /// assert_eq!(ours.with(Time, 4_000.0).delivered_value()?.value, 39_000.0);
    /// # Ok::<(), science::value::ValueError>(())
    /// ```
    #[must_use]
    pub fn with(mut self, component: Component, amount: f64) -> Self {
        self.amounts[component as usize] = Some(amount);
        self
    }

    /// (product + service + personnel + image) − (money + time + energy + psychic).
    ///
    /// # Errors
    /// [`ValueError::Missing`] names the parts not known, [`ValueError::OutOfRange`] one below 0.
    pub fn delivered_value(&self) -> Result<DeliveredValue, ValueError> {
        let parts = self.parts()?;
        let sum = |cost: bool| -> f64 { parts.iter().filter(|p| p.0.is_cost() == cost).map(|p| p.1).sum() };
        let (total_value, total_cost) = (sum(false), sum(true));
        let reason = |(component, amount): &(Component, f64)| Reason {
            input: component.name().into(),
            contribution: if component.is_cost() { -amount } else { *amount },
        };
        let reasons = by_size(parts.iter().map(reason).collect());
        Ok(DeliveredValue { value: total_value - total_cost, total_value, total_cost, reasons })
    }

    fn parts(&self) -> Result<Vec<(Component, f64)>, ValueError> {
        let unknown = Component::ALL.iter().filter(|c| self.amounts[**c as usize].is_none());
        let inputs: Vec<String> = unknown.map(|c| c.name().into()).collect();
        if !inputs.is_empty() {
            return Err(ValueError::Missing { inputs });
        }
        let part = |c: Component| {
            let amount = self.amounts[c as usize].unwrap_or_default();
            within(c.name(), amount, 0.0, MAX_AMOUNT).map(|amount| (c, amount))
        };
        Component::ALL.into_iter().map(part).collect()
    }
}

/// Our delivered value less a competitor's, with what each part adds to the lead, the largest first.
///
/// # Errors
/// As [`Offer::delivered_value`].
pub fn compare(own: &Offer, competitor: &Offer) -> Result<(f64, Vec<Reason>), ValueError> {
    let (ours, theirs) = (own.parts()?, competitor.parts()?);
    let lead = |((component, a), (_, b)): (&(Component, f64), &(Component, f64))| Reason {
        input: component.name().into(),
        contribution: if component.is_cost() { b - a } else { a - b },
    };
    let reasons = by_size(ours.iter().zip(&theirs).map(lead).collect());
    Ok((own.delivered_value()?.value - competitor.delivered_value()?.value, reasons))
}

/// The mean delivered value over answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanDeliveredValue {
    /// Complete answers.
    pub n: u64,
    /// Answers left out because a part is unknown or out of range.
    pub left_out: u64,
    /// The mean.
    pub value: f64,
    /// Lower end of the 95 % interval (normal).
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The mean over many customers' answers, at least [`super::MIN_GROUP`] complete ones.
///
/// # Errors
/// [`ValueError::TooFew`].
pub fn mean_delivered_value(answers: &[Offer]) -> Result<MeanDeliveredValue, ValueError> {
    let values: Vec<f64> =
        answers.iter().filter_map(|offer| Some(offer.delivered_value().ok()?.value)).collect();
    let n = values.len() as u64;
    if n < super::MIN_GROUP {
        return Err(ValueError::TooFew { have: n, need: super::MIN_GROUP });
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
    let width = Z * (variance / n as f64).sqrt();
    let left_out = answers.len() as u64 - n;
    Ok(MeanDeliveredValue { n, left_out, value: mean, low: mean - width, high: mean + width })
}
