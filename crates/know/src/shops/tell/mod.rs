//! What a shop told, as rows of that shop's own file: one file a shop.

mod cafe24;
pub(super) mod json;
mod shopify;
mod smartstore;
mod square;
mod stripe;
mod woocommerce;

use super::model::ShopKind;
use crate::parties::Identity;
use crate::requests::model::Kind;
use kernel::resident;
use reading::Field;
use serde_json::Value;

/// What a delivery says.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is about, as the shop names it: `order:#1001`.
    pub object: Option<String>,
    /// Its version: of two, the one with the larger number is the newer one. Microseconds where the shop tells a time.
    pub version: i64,
    /// What is said of it.
    pub what: What,
}

/// What is said.
#[derive(Debug, PartialEq, Eq)]
pub enum What {
    /// An order, or a part of one.
    Order(Box<Order>),
    /// A customer.
    Person(Identity),
    /// What a customer asks about their own data.
    Asked(Identity, Kind),
    /// Nothing to do, as a code of why.
    Nothing(&'static str),
}

/// An order as rows of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Order {
    /// Its number.
    pub number: String,
    /// The columns' names.
    pub columns: &'static [&'static str],
    /// What columns mean that files of the shop do not have.
    pub more: &'static [(Field, &'static str)],
    /// The rows; none where it does not stand any more.
    pub rows: Vec<Vec<String>>,
    /// Who ordered, beyond what files say: files of some shops have no id of the customer.
    pub customer: Identity,
    /// How much of it is told.
    pub manner: Manner,
    /// What says whose it is, where it does not say so itself.
    pub owner: Option<String>,
}

/// How much of an order is told.
#[derive(Debug, PartialEq, Eq)]
pub enum Manner {
    /// All of its lines: a line that is told no more is taken back.
    Whole,
    /// This line of it; of the others nothing is said.
    Line(String),
    /// A sum that stands in for lines, as this line of the order.
    Sum {
        /// Its name among the lines.
        line: String,
        /// Whether the whole order was taken back.
        cancelled: bool,
    },
}

/// Reads a delivery.
///
/// # Errors
/// A code of what is wrong with it.
pub fn read(kind: ShopKind, topic: &str, body: &Value) -> Result<Told, &'static str> {
    match kind {
        ShopKind::Shopify => shopify::read(topic, body),
        ShopKind::WooCommerce => woocommerce::read(topic, body),
        ShopKind::Stripe => stripe::read(topic, body),
        ShopKind::Square => square::read(topic, body),
        ShopKind::Cafe24 => cafe24::read(topic, body),
        ShopKind::SmartStore => smartstore::read(body),
    }
}

impl Told {
    /// Without a resident registration number in a name: what of it stands in rows, their reader takes out.
    pub fn without_resident_number(mut self) -> Self {
        let identity = match &mut self.what {
            What::Order(order) => Some(&mut order.customer),
            What::Person(identity) | What::Asked(identity, _) => Some(identity),
            What::Nothing(_) => None,
        };
        if let Some(name) = identity.and_then(|identity| identity.name.as_mut()) {
            *name = resident::without(name).into_owned();
        }
        self
    }

    fn nothing(why: &'static str) -> Self {
        Self { object: None, version: 0, what: What::Nothing(why) }
    }
}

/// Something that Dangol does not ask for.
const NOT_OURS: &str = "not_ours";
/// Something is missing that every delivery of its kind has.
const UNREADABLE: &str = "unreadable";
