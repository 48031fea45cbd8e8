//! What a report holds.

use crate::leak::{LeakMonth, bucket};
use crate::models::Models;
use choose::lifecycle::State;
use kernel::{Currency, Day, Money, Month};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A company as of a day. Its JSON is what other programs read: members are added, never renamed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Report {
    /// Only what had happened by the end of this day counts.
    #[schema(value_type = String)]
    pub as_of: Day,
    /// Customers: who has an order line, refunds alone included, and as of today who has none yet.
    pub parties: i64,
    /// Distinct orders with a line of zero or more, anonymous ones included.
    pub orders: i64,
    /// All lines.
    pub order_lines: i64,
    /// Lines below zero.
    pub refund_lines: i64,
    /// Orders nobody's name is on.
    pub anonymous_orders: i64,
    /// Rows of imported files that were set aside.
    pub invalid_rows: i64,
    /// Net of refunds, a currency each.
    pub revenue: Vec<Money>,
    /// Customers by state.
    pub states: States,
    /// The models; one that lacks data is null, with what it needs under `missing`.
    pub models: Models,
    /// The last complete month.
    pub leak: LeakLine,
}

/// Customers by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct States {
    /// No order yet.
    pub prospect: i64,
    /// One order, not long ago.
    pub new: i64,
    /// Not much longer away than usual.
    pub active: i64,
    /// Active and often here.
    pub regular: i64,
    /// Longer away than usual.
    pub dormant: i64,
    /// Away so long that a return is unlikely.
    pub lost: i64,
    /// Back after being dormant or lost.
    pub returned: i64,
}

impl States {
    /// Counts one more.
    pub fn add(&mut self, state: State, people: i64) {
        *match state {
            State::Prospect => &mut self.prospect,
            State::New => &mut self.new,
            State::Active => &mut self.active,
            State::Regular => &mut self.regular,
            State::Dormant => &mut self.dormant,
            State::Lost => &mut self.lost,
            State::Returned => &mut self.returned,
        } += people;
    }

    /// Each state with its count, in the order of a life.
    pub fn rows(&self) -> [(&'static str, i64); 7] {
        [
            ("prospect", self.prospect),
            ("new", self.new),
            ("active", self.active),
            ("regular", self.regular),
            ("returned", self.returned),
            ("dormant", self.dormant),
            ("lost", self.lost),
        ]
    }
}

/// The leak of the last complete month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct LeakLine {
    /// The month; none before the first complete one.
    #[schema(value_type = Option<String>)]
    pub month: Option<Month>,
    /// Live customers at its end.
    pub level: i64,
    /// Who came.
    pub inflow: i64,
    /// Who left.
    pub outflow: i64,
    /// Outflow over the opening level.
    pub loss_rate: Option<f64>,
    /// Inflow over loss rate; none when nobody left.
    pub steady_state: Option<f64>,
}

impl From<&LeakMonth> for LeakLine {
    fn from(month: &LeakMonth) -> Self {
        Self {
            month: Some(month.month),
            level: month.level,
            inflow: month.inflow,
            outflow: month.outflow,
            loss_rate: month.loss_rate,
            steady_state: bucket(month).and_then(|bucket| bucket.steady_state()),
        }
    }
}

/// Amounts by currency as money.
pub(super) fn revenue(amounts: BTreeMap<Currency, i64>) -> Vec<Money> {
    amounts.into_iter().map(|(currency, amount)| Money::new(currency, amount)).collect()
}
