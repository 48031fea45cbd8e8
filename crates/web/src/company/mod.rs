//! The company whose relationships these are: name, zone, currency, and the rates that figures need.
//!
//! It is the setting `company`. Days are days in its zone, money without a currency is in its currency.

mod api;

use crate::{Permission, Registry};
use jiff::tz::TimeZone;
use kernel::{Clock, Currency, Day, Locale};
use serde::{Deserialize, Serialize};
use store::setting::{self, Versioned};
use store::{Result, Tx};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The name of the setting.
const SETTING: &str = "company";

/// The day a week begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WeekStart {
    /// ISO 8601, and Korea's.
    #[default]
    Monday,
    /// The United States' and Japan's.
    Sunday,
}

/// The company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Company {
    /// Its name; empty until someone says.
    pub name: String,
    /// Its IANA time zone.
    #[schema(example = "Asia/Seoul")]
    pub zone: String,
    /// Its currency.
    #[schema(value_type = String, example = "KRW")]
    pub currency: Currency,
    /// The day its weeks begin with.
    pub week_start: WeekStart,
    /// The language of what it sends.
    pub locale: Locale,
    /// Gross margin in percent of revenue, when known.
    pub margin_percent: Option<f64>,
    /// Yearly discount rate in percent.
    pub discount_percent: f64,
    /// Whether this is the demo.
    pub demo: bool,
    /// Whether someone has said what the company is.
    pub set_up: bool,
}

impl Default for Company {
    fn default() -> Self {
        Self {
            name: String::new(),
            zone: "Asia/Seoul".into(),
            currency: Currency::KRW,
            week_start: WeekStart::default(),
            locale: Locale::default(),
            margin_percent: None,
            discount_percent: 10.0,
            demo: false,
            set_up: false,
        }
    }
}

impl Company {
    /// The company as it stands.
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        Ok(Self::versioned(tx).await?.value)
    }

    async fn versioned(tx: &mut Tx) -> Result<Versioned<Self>> {
        setting::get(tx, SETTING).await
    }

    /// Writes the company; gives its new revision.
    pub async fn save(&self, tx: &mut Tx) -> Result<i64> {
        setting::put(tx, SETTING, self).await
    }

    /// Writes the company if it is still at `revision`, where one is given; gives its new revision.
    pub async fn save_if(&self, tx: &mut Tx, revision: Option<i64>) -> Result<Option<i64>> {
        setting::put_if(tx, SETTING, self, revision).await
    }

    /// The time zone; UTC if this machine does not know it any more.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// The day it is at the company.
    pub fn today(&self, clock: &dyn Clock) -> Day {
        clock.now().day_in(&self.zone())
    }
}

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(OpenApiRouter::new().routes(routes!(api::read, api::change)).routes(routes!(api::start)));
    registry.allow("GET", "/company", Permission::SignedIn);
    registry.allow("PUT", "/company", Permission::SettingsWrite);
    registry.allow("POST", "/company/start", Permission::SettingsWrite);
}
