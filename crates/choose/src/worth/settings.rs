//! What accounts are judged by, which the owner may change: the setting `choose.accounts`.

use ::store::setting::{self, Versioned};
use ::store::{Result, Tx};
use science::value::{MAX_KEY_ACCOUNTS, MIN_KEY_ACCOUNTS, QualityWeights};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name of the setting.
const SETTING: &str = "choose.accounts";
/// A weight at most: only proportions matter.
const WEIGHT: f64 = 100.0;

/// How much each criterion of a key account counts; 0 leaves it out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AccountWeights {
    /// Of the profit of the last year.
    pub profit: f64,
    /// Of the own trend.
    pub growth: f64,
    /// Of how far they can grow.
    pub potential: f64,
    /// Of how well they fit.
    pub fit: f64,
}

impl Default for AccountWeights {
    /// Profit now and growth to come alike, as partners are screened by both.
    fn default() -> Self {
        Self { profit: 4.0, growth: 2.0, potential: 2.0, fit: 2.0 }
    }
}

/// How much each of Porter's four inputs counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = AccountQualityWeights)]
pub struct Quality {
    /// Of needs against our capability.
    pub purchase_needs: f64,
    /// Of growth potential.
    pub potential: f64,
    /// Of bargaining power, which counts against.
    pub bargaining_power: f64,
    /// Of price sensitivity, which counts against.
    pub price_sensitivity: f64,
}

impl Default for Quality {
    fn default() -> Self {
        Self { purchase_needs: 1.0, potential: 1.0, bargaining_power: 1.0, price_sensitivity: 1.0 }
    }
}

impl From<Quality> for QualityWeights {
    fn from(weights: Quality) -> Self {
        Self {
            purchase_needs: weights.purchase_needs,
            growth: weights.potential,
            bargaining_power: weights.bargaining_power,
            price_sensitivity: weights.price_sensitivity,
        }
    }
}

/// What accounts are judged by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AccountSettings {
    /// How much the criteria of key accounts count.
    pub weights: AccountWeights,
    /// How many key accounts are proposed, from 5 to 10.
    pub wanted: i64,
    /// An account left out is a candidate when its actual business is so many times the forecast.
    pub threshold: f64,
    /// How much the inputs of quality count.
    pub quality: Quality,
    /// The will to go on is shown from this score on.
    pub will_min: i64,
    /// What was said counts as evidence for so many days.
    pub evidence_days: i64,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            weights: AccountWeights::default(),
            wanted: 7,
            threshold: 1.2,
            quality: Quality::default(),
            will_min: 7,
            evidence_days: 365,
        }
    }
}

impl AccountSettings {
    /// The settings as they stand.
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        Ok(Self::versioned(tx).await?.value)
    }

    pub(crate) async fn versioned(tx: &mut Tx) -> Result<Versioned<Self>> {
        setting::get(tx, SETTING).await
    }

    /// Writes the settings if they are still at `revision`, where one is given; gives their new revision.
    pub(crate) async fn save(&self, tx: &mut Tx, revision: Option<i64>) -> Result<Option<i64>> {
        setting::put_if(tx, SETTING, self, revision).await
    }

    /// The fields that cannot be so, each with its code.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let weights = [self.weights.profit, self.weights.growth, self.weights.potential, self.weights.fit];
        let quality = {
            let Quality { purchase_needs, potential, bargaining_power, price_sensitivity } = self.quality;
            [purchase_needs, potential, bargaining_power, price_sensitivity]
        };
        let sound = |weights: &[f64]| {
            weights.iter().all(|weight| (0.0..=WEIGHT).contains(weight)) && weights.iter().any(|w| *w > 0.0)
        };
        let wanted = usize::try_from(self.wanted).unwrap_or(0);
        let checks = [
            ("weights", sound(&weights), "weights_range"),
            ("quality", sound(&quality), "weights_range"),
            ("wanted", (MIN_KEY_ACCOUNTS..=MAX_KEY_ACCOUNTS).contains(&wanted), "wanted_range"),
            ("threshold", (1.0..=10.0).contains(&self.threshold), "threshold_range"),
            ("will_min", (1..=10).contains(&self.will_min), "will_range"),
            ("evidence_days", (30..=3_650).contains(&self.evidence_days), "evidence_days_range"),
        ];
        checks.into_iter().filter(|(_, sound, _)| !sound).map(|(field, _, code)| (field, code)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Locale;
    use web::text;

    #[test]
    fn settings_that_cannot_be_so_are_named_in_both_languages() {
        assert_eq!(AccountSettings::default().faults(), []);
        let odd = AccountSettings {
            weights: AccountWeights { profit: 0.0, growth: 0.0, potential: 0.0, fit: 0.0 },
            quality: Quality { price_sensitivity: f64::NAN, ..Quality::default() },
            wanted: 4,
            threshold: 0.9,
            will_min: 0,
            evidence_days: 1,
        };
        let faults = odd.faults();
        let fields: Vec<_> = faults.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["weights", "quality", "wanted", "threshold", "will_min", "evidence_days"]);
        for (_, code) in faults {
            let key = format!("field.{code}");
            assert!([Locale::Ko, Locale::En].iter().all(|it| text::find(*it, &key).is_some()), "{key}");
        }
    }
}
