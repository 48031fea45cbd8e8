//! What the simulation hands out: plain records, in the words of the order log.
//!
//! Amounts are minor units of [`crate::CURRENCY`] (whole won). Instants are UTC; days are days in [`crate::ZONE`].

use std::fmt;

use jiff::{Timestamp, civil::Date};

/// What decides a simulation. Equal settings give equal shops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Seed of every draw.
    pub seed: u64,
    /// How many people become customers.
    pub customers: u32,
    /// How many days of trade there are.
    pub days: u32,
    /// The day after the last day of trade.
    pub today: Date,
    /// The calendar month, counted from 1 at the first, in which a renovation and a change of staff drive people off.
    pub bad_month: Option<u32>,
}

impl Settings {
    /// The demo company as seen on `today`: 3,000 customers over two years, a bad fifteenth month.
    pub fn new(today: Date) -> Self {
        Settings { seed: 1, customers: 3_000, days: 730, today, bad_month: Some(15) }
    }
}

/// A customer's number in the shop's own list, shown as `M00042`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerKey(pub u32);

impl fmt::Display for CustomerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "M{:05}", self.0)
    }
}

/// A person on the shop's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerSeed {
    /// Number in the shop's list.
    pub key: CustomerKey,
    /// Family and given name; a few people never gave theirs.
    pub name: Option<String>,
    /// National form with hyphens, `010-0000-1234`.
    pub phone: Option<String>,
    /// Address at a domain reserved for examples.
    pub email: Option<String>,
    /// The local day of the first order.
    pub joined: Date,
}

/// One of the two rooms people drink in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Store {
    /// The first and larger room, open every day.
    Yeonnam,
    /// The smaller room, closed on Mondays and for two weeks of the bad month.
    Mangwon,
}

impl Store {
    /// The name on the sign.
    pub fn name(self) -> &'static str {
        match self {
            Store::Yeonnam => "연남점",
            Store::Mangwon => "망원점",
        }
    }
}

/// How an order came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Over the counter.
    Store,
    /// Through the web shop, sent by parcel.
    Online,
}

impl Channel {
    /// The word used in exports.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Store => "store",
            Channel::Online => "online",
        }
    }
}

/// A receipt: a sale, or the refund of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSeed {
    /// `YYYYMMDD-NNNN`, unique.
    pub order_no: String,
    /// Who bought; about one sale in twenty-five is anonymous.
    pub customer: Option<CustomerKey>,
    /// When it was paid.
    pub at: Timestamp,
    /// Where; the web shop has no room.
    pub store: Option<Store>,
    /// First name of who served.
    pub staff: Option<&'static str>,
    /// How it came in.
    pub channel: Channel,
    /// At least one line; all amounts of a refund are negative.
    pub lines: Vec<LineSeed>,
    /// The number of the sale that this receipt takes back.
    pub refund_of: Option<String>,
}

/// One product on a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSeed {
    /// The order number and the line's place, unique.
    pub line_id: String,
    /// Name on the menu.
    pub product: &'static str,
    /// Shelf.
    pub category: &'static str,
    /// Pieces, at least 1.
    pub quantity: u32,
    /// Pieces times price in won; negative when taken back.
    pub amount_minor: i64,
}

/// Somebody came by and bought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitSeed {
    /// Who.
    pub customer: CustomerKey,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub store: Store,
}

/// What a member of staff wrote down about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSeed {
    /// About whom.
    pub customer: CustomerKey,
    /// When.
    pub at: Timestamp,
    /// First name of the writer.
    pub by: &'static str,
    /// One sentence.
    pub text: &'static str,
}

/// What money was spent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostKind {
    /// To win new people.
    Acquisition,
    /// To keep those who are there.
    Retention,
}

/// Money spent on people in one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostSeed {
    /// First day of the month.
    pub month: Date,
    /// What for.
    pub kind: CostKind,
    /// Through which medium.
    pub medium: &'static str,
    /// Won.
    pub amount_minor: i64,
}
