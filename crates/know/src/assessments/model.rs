//! The inputs that can be judged, and what their numbers mean.

use kernel::{Currency, Day, Instant, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that is judged of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// What they bring in a year after the cost of what they bought.
    Margin,
    /// What serving them costs in a year.
    CostToServe,
    /// What they are expected to buy in a year.
    Forecast,
    /// The will to go on, as they said it: 10 for yes, 0 for no.
    Intention,
    /// How far they can grow.
    Potential,
    /// How well they fit what the company wants to be.
    Fit,
    /// Their needs against what we do well: 10 when we serve just what they need.
    PurchaseNeeds,
    /// Their bargaining power; counts against.
    BargainingPower,
    /// Their price sensitivity; counts against.
    PriceSensitivity,
    /// They brought somebody.
    Referral,
    /// They wrote a good review.
    Review,
    /// They spoke for us in public or before others.
    Recommendation,
}

/// What the number of an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Minor units of a currency, a year.
    Amount,
    /// From 0 to 10.
    Score,
    /// 1 when it was given unasked, 0 when it was rewarded.
    Evidence,
}

/// The highest score.
pub const SCORE_MAX: i64 = 10;
/// Characters of a source and of a note.
pub const TEXT: usize = 500;
/// How far ahead a day may lie: a clock elsewhere.
const AHEAD: i64 = 1;
/// 1970-01-01: nothing a company judges of is older.
const OLDEST: Day = Day::from_epoch(0);

impl Input {
    /// Every input.
    pub const ALL: [Self; 12] = [
        Self::Margin,
        Self::CostToServe,
        Self::Forecast,
        Self::Intention,
        Self::Potential,
        Self::Fit,
        Self::PurchaseNeeds,
        Self::BargainingPower,
        Self::PriceSensitivity,
        Self::Referral,
        Self::Review,
        Self::Recommendation,
    ];

    /// The text in the column, and the code of the registered kind that tells of it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Margin => "margin",
            Self::CostToServe => "cost_to_serve",
            Self::Forecast => "forecast",
            Self::Intention => "intention",
            Self::Potential => "potential",
            Self::Fit => "fit",
            Self::PurchaseNeeds => "purchase_needs",
            Self::BargainingPower => "bargaining_power",
            Self::PriceSensitivity => "price_sensitivity",
            Self::Referral => "referral",
            Self::Review => "review",
            Self::Recommendation => "recommendation",
        }
    }

    /// The input of this text.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|input| input.text() == text)
    }

    /// What its number is.
    pub const fn measure(self) -> Measure {
        match self {
            Self::Margin | Self::CostToServe | Self::Forecast => Measure::Amount,
            Self::Referral | Self::Review | Self::Recommendation => Measure::Evidence,
            _ => Measure::Score,
        }
    }
}

/// A judgement to record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewAssessment {
    /// What is judged.
    pub input: Input,
    /// Its number: minor units a year, a score from 0 to 10, or 1 for evidence given unasked and 0 for rewarded.
    pub value: i64,
    /// The currency of an amount; the company's when left out.
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// The day it stands for; today when left out.
    #[schema(value_type = Option<String>)]
    pub day: Option<Day>,
    /// Where it comes from: the books, a conversation, a survey.
    pub source: Option<String>,
    /// A memo.
    pub note: Option<String>,
}

/// A field and the code of what is wrong with it.
pub type Fault = (&'static str, &'static str);

impl NewAssessment {
    /// Everything that is wrong with it.
    pub fn faults(&self, today: Day) -> Vec<Fault> {
        let mut faults = Vec::new();
        let sound = match self.input.measure() {
            Measure::Amount => self.value.abs() <= limits::AMOUNT_MAX,
            Measure::Score => (0..=SCORE_MAX).contains(&self.value),
            Measure::Evidence => (0..=1).contains(&self.value),
        };
        if !sound {
            faults.push((
                "value",
                match self.input.measure() {
                    Measure::Amount => "amount_too_large",
                    Measure::Score => "score_range",
                    Measure::Evidence => "evidence_range",
                },
            ));
        }
        // A cost or a forecast below nothing is a slip; a margin may be a loss.
        if self.value < 0 && matches!(self.input, Input::CostToServe | Input::Forecast) {
            faults.push(("value", "amount_negative"));
        }
        if self.day.is_some_and(|day| day > today.plus(AHEAD) || day < OLDEST) {
            faults.push(("day", "time_out_of_range"));
        }
        for (field, text) in [("source", &self.source), ("note", &self.note)] {
            if text.as_ref().is_some_and(|text| text.chars().count() > TEXT) {
                faults.push((field, "too_long"));
            }
        }
        faults
    }
}

/// A judgement as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Assessment {
    /// Its id.
    #[schema(value_type = String)]
    pub id: kernel::Id<kernel::kinds::Assessment>,
    /// What is judged.
    pub input: Input,
    /// What its number is.
    pub measure: Measure,
    /// Its number.
    pub value: i64,
    /// The currency of an amount.
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// The day it stands for.
    #[schema(value_type = String)]
    pub day: Day,
    /// Where it comes from.
    pub source: String,
    /// A memo.
    pub note: String,
    /// Who recorded it.
    pub by: String,
    /// When it was recorded.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Whether it is the one of its input that counts.
    pub counts: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(input: Input, value: i64) -> NewAssessment {
        NewAssessment { input, value, currency: None, day: None, source: None, note: None }
    }

    #[test]
    fn a_number_fits_its_input() {
        let today = Day::from_epoch(20_000);
        for (input, value) in [(Input::Margin, -5_000), (Input::Fit, 10), (Input::Review, 0)] {
            assert_eq!(of(input, value).faults(today), []);
        }
        for (input, value, code) in [
            (Input::Fit, 11, "score_range"),
            (Input::Intention, -1, "score_range"),
            (Input::Referral, 2, "evidence_range"),
            (Input::CostToServe, -1, "amount_negative"),
            (Input::Margin, i64::MAX, "amount_too_large"),
        ] {
            assert_eq!(of(input, value).faults(today), [("value", code)], "{input:?} {value}");
        }
        let late =
            NewAssessment { day: Some(today.plus(2)), note: Some("가".repeat(501)), ..of(Input::Fit, 1) };
        assert_eq!(late.faults(today), [("day", "time_out_of_range"), ("note", "too_long")]);
    }

    #[test]
    fn every_input_is_found_by_its_text() {
        assert!(Input::ALL.into_iter().all(|input| Input::of(input.text()) == Some(input)));
        assert_eq!(Input::of("mood"), None);
    }
}
