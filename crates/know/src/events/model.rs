//! Events on the wire.

use super::built_in::built_in;
use kernel::{Currency, Id, Instant, Money, kinds};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use web::FieldProblem;

/// A batch of events from one source.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EventBatch {
    /// Who tells: a shop or a till, in small letters, digits, `-`, `_` and `.`.
    #[schema(example = "till-gangnam")]
    pub source: String,
    /// At most 500 events, in the order they happened.
    pub events: Vec<Event>,
}

/// Something that happened.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Event {
    /// Its name at the source, for good; for an order its number.
    pub id: String,
    /// `order`, `visit`, or a code that `/event-kinds/offer` lists: a registered kind, or one of Dangol's own such as
    /// `complaint.opened`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened. When left out: now, and of an order that is told again the time it has.
    #[schema(value_type = Option<String>)]
    pub at: Option<Instant>,
    /// With whom; an order without a customer counts for the company alone.
    pub customer: Option<EventCustomer>,
    /// Where.
    pub store: Option<String>,
    /// By whom.
    pub staff: Option<String>,
    /// Through which channel.
    pub channel: Option<String>,
    /// The lines of an order, all of them: a line that was told before and is left out now is taken back.
    #[serde(default)]
    pub lines: Vec<EventLine>,
    /// The currency of an order; the company's when left out.
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// What an event of a registered kind was worth, or the amount that a kind of Dangol's own carries.
    pub amount: Option<Money>,
    /// The number that a kind of Dangol's own carries: the level of a bond, stars, from 0 to 10.
    pub value: Option<i64>,
    /// Which of several, as a code in small letters, digits and `_`: `coupon_club`.
    pub what: Option<String>,
}

/// What an interaction of a registered kind carries into the log.
#[derive(Debug, Clone, Copy)]
pub struct Told<'t> {
    /// The code of its kind.
    pub kind: &'t str,
    /// Its number.
    pub value: Option<i64>,
    /// Which of several.
    pub what: Option<&'t str>,
}

impl Told<'_> {
    /// Its kind in the log: of a kind that Dangol knows its own, else `event.told`.
    pub fn log_kind(&self) -> &'static str {
        built_in(self.kind).map_or("event.told", |kind| kind.code)
    }

    /// Its body: a code, a number, a code.
    pub fn body(&self) -> Value {
        let mut body = json!({ "event": self.kind });
        if let Some(value) = self.value {
            body["value"] = json!(value);
        }
        if let Some(what) = self.what {
            body["what"] = json!(what);
        }
        body
    }
}

/// With whom it happened. The source's own id is the strongest, then e-mail, then phone; a name finds nobody.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct EventCustomer {
    /// The id at the source.
    pub id: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Name, for someone new.
    pub name: Option<String>,
}

/// A line of an order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EventLine {
    /// Its name within the order; its place when left out.
    pub id: Option<String>,
    /// What.
    pub product: Option<String>,
    /// Its category.
    pub category: Option<String>,
    /// How many, in up to three decimals.
    pub quantity: Option<f64>,
    /// For how much altogether, in minor units; negative for a refund.
    pub amount_minor: i64,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventStatus {
    /// It was new.
    Created,
    /// It was there with another content, which it has now.
    Changed,
    /// It was there.
    Unchanged,
    /// It was not taken; `faults` says why.
    Refused,
}

/// What became of one event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventResult {
    /// Its name at the source.
    pub id: String,
    /// What became of it.
    pub status: EventStatus,
    /// With whom it happened, where somebody was found or made.
    #[schema(value_type = Option<String>)]
    pub party: Option<Id<kinds::Party>>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FieldProblem>,
}

/// What became of a batch, an answer an event in the same order.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct EventAnswer {
    /// An answer for each event.
    pub results: Vec<EventResult>,
    /// How many were new.
    pub created: usize,
    /// How many were there with another content.
    pub changed: usize,
    /// How many were there.
    pub unchanged: usize,
    /// How many were not taken.
    pub refused: usize,
}

impl EventAnswer {
    /// The answer with its counts.
    pub fn of(results: Vec<EventResult>) -> Self {
        let count = |status| results.iter().filter(|result| result.status == status).count();
        Self {
            created: count(EventStatus::Created),
            changed: count(EventStatus::Changed),
            unchanged: count(EventStatus::Unchanged),
            refused: count(EventStatus::Refused),
            results,
        }
    }
}
