//! A row of the list, as the database has it and as it is shown.

use super::View;
use super::tiers::RowTier;
use crate::fields::Values;
use ::store::FromRow;
use kernel::{Currency, Day, Id, Instant, Money, contact, kinds};
use serde::Serialize;
use utoipa::ToSchema;

/// A row of the list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartyRow {
    /// The party.
    #[schema(value_type = String)]
    pub id: Id<kinds::Party>,
    /// `person` or `organisation`.
    pub kind: String,
    /// Its name, if it is known.
    pub name: Option<String>,
    /// What to call it when there is no name: a masked contact or the id of its source.
    pub handle: String,
    /// Phone, as shown.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// `prospect`, `new`, `active`, `regular`, `dormant`, `lost` or `returned`; `none` of who is no customer.
    pub state: String,
    /// Codes of the markets it belongs to, `customer` among them where it is one without being said to be.
    pub markets: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Values of own fields, by their ids.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub fields: Values,
    /// Distinct orders.
    pub orders: i64,
    /// Net of refunds, in the currency of most orders.
    pub spend: Option<Money>,
    /// Day of the first order.
    #[schema(value_type = Option<String>)]
    pub first_order: Option<Day>,
    /// Day of the last order.
    #[schema(value_type = Option<String>)]
    pub last_order: Option<Day>,
    /// Median days between order days.
    pub usual_interval_days: Option<f64>,
    /// Days since the last order.
    pub days_since: Option<i64>,
    /// Days since the last order over the usual interval.
    pub late_ratio: Option<f64>,
    /// RFM cell.
    pub rfm: Option<Rfm>,
    /// VIP tier, of who has one.
    pub tier: Option<RowTier>,
    /// Probability of still being a customer.
    pub p_alive: Option<f64>,
    /// Expected orders in the next year.
    pub expected_orders: Option<f64>,
    /// Expected residual value, in the company's currency.
    pub value: Option<Money>,
    /// On which media they agreed to messages.
    pub agreed: Vec<String>,
    /// When the party was made.
    #[schema(value_type = String)]
    pub created_at: Instant,
}

/// An RFM cell, 1 to 5 each, 5 the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rfm {
    /// Recency.
    pub r: i64,
    /// Frequency.
    pub f: i64,
    /// Spend.
    pub m: i64,
}

/// A row as the statement gives it.
#[derive(FromRow)]
pub(super) struct Raw {
    pub id: Id<kinds::Party>,
    pub kind: String,
    pub name: Option<String>,
    pub created_at: Instant,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub source_id: Option<String>,
    pub state: String,
    pub orders: i64,
    pub currency: Option<Currency>,
    pub spend: i64,
    pub first_day: Option<Day>,
    pub last_day: Option<Day>,
    pub late_from: Option<Day>,
    pub usual_interval: Option<f64>,
    pub r: Option<i64>,
    pub f: Option<i64>,
    pub m: Option<i64>,
    pub p_alive: Option<f64>,
    pub expected_orders: Option<f64>,
    pub value: Option<f64>,
}

impl Raw {
    /// The row as people and programs see it.
    pub fn shown(self, view: View) -> PartyRow {
        let days_since = self.last_day.map(|last| view.today.since(last));
        let sight = view.sight;
        PartyRow {
            handle: sight.text(handle(
                self.phone.as_deref(),
                self.email.as_deref(),
                self.source_id.as_deref(),
            )),
            id: self.id,
            kind: self.kind,
            markets: Vec::new(),
            tags: Vec::new(),
            fields: Values::new(),
            name: sight.maybe(self.name),
            phone: sight.maybe(self.phone),
            email: sight.maybe(self.email),
            state: self.state,
            orders: self.orders,
            spend: self.currency.map(|currency| Money::new(currency, self.spend)),
            first_order: self.first_day,
            last_order: self.last_day,
            usual_interval_days: self.usual_interval,
            days_since,
            late_ratio: days_since.zip(self.usual_interval).map(|(since, usual)| since as f64 / usual),
            rfm: self.r.zip(self.f).zip(self.m).map(|((r, f), m)| Rfm { r, f, m }),
            tier: None,
            p_alive: self.p_alive,
            expected_orders: self.expected_orders,
            value: self.value.map(|value| Money::new(view.currency, value.round() as i64)),
            agreed: Vec::new(),
            created_at: self.created_at,
        }
    }
}

/// What to call someone without a name.
fn handle(phone: Option<&str>, email: Option<&str>, source_id: Option<&str>) -> String {
    let tail = |phone: &str| format!("···{}", &phone[phone.len().saturating_sub(4)..]);
    phone
        .map(tail)
        .or_else(|| email.map(contact::mask_email))
        .or_else(|| source_id.map(str::to_owned))
        .unwrap_or_default()
}
