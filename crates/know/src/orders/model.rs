//! A line of an order.

use kernel::{Currency, Day, Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// What tells one line from another, within a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineKey {
    /// The order's number.
    pub order_no: String,
    /// The line's name within the order.
    pub line_id: String,
}

/// What begins the number that an order gets here, because its file has none.
const OWN: &str = "row-";
/// Letters of the hash after it.
const OWN_HASH: usize = 24;

impl LineKey {
    /// The number of the order that is the row `line_id` alone.
    pub fn own_number(line_id: &str) -> String {
        format!("{OWN}{line_id}")
    }
}

/// The number as people know it: nothing for one that was made here.
pub fn shown_number(order_no: String) -> Option<String> {
    let hash = order_no.strip_prefix(OWN).map(|rest| rest.split_once('-').map_or(rest, |(hash, _)| hash));
    let own = hash.is_some_and(|hash| hash.len() == OWN_HASH && hash.bytes().all(|b| b.is_ascii_hexdigit()));
    (!own).then_some(order_no)
}

/// A line of an order as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which line.
    pub key: LineKey,
    /// Whose, if it is known.
    pub party: Option<Id<kinds::Party>>,
    /// When.
    pub at: Instant,
    /// On which local day.
    pub day: Day,
    /// What was bought.
    pub product: Option<String>,
    /// Its category.
    pub category: Option<String>,
    /// How many, in thousandths.
    pub quantity_milli: Option<i64>,
    /// For how much, in minor units; negative for a refund.
    pub amount: i64,
    /// In which currency.
    pub currency: Currency,
    /// Where.
    pub store: Option<String>,
    /// By whom.
    pub staff: Option<String>,
    /// Through which channel.
    pub channel: Option<String>,
}

/// What happened to a line that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there, or had been taken back.
    New,
    /// It was there with another content.
    Changed,
    /// It was there with the same content.
    Unchanged,
}

/// Counts of outcomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// New lines.
    pub new: i64,
    /// Changed lines.
    pub changed: i64,
    /// Unchanged lines.
    pub unchanged: i64,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::New => self.new += 1,
            Outcome::Changed => self.changed += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }
}

impl Line {
    /// A hash of the content, without the key: what a second import compares.
    pub fn content_hash(&self) -> String {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(&self.party.map_or(0, Id::number).to_le_bytes());
        part(&self.at.micros().to_le_bytes());
        part(&self.amount.to_le_bytes());
        part(&self.quantity_milli.unwrap_or(i64::MIN).to_le_bytes());
        part(self.currency.code().as_bytes());
        for text in [&self.product, &self.category, &self.store, &self.staff, &self.channel] {
            part(text.as_deref().map_or(b"\0" as &[u8], str::as_bytes));
        }
        hex(&hash.finalize()[..16])
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string works");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_was_made_here_is_not_shown() {
        for line in ["00112233445566778899aabb", "00112233445566778899aabb-2"] {
            assert_eq!(shown_number(LineKey::own_number(line)), None);
        }
        for number in ["row-12", "20261101-0000001", "row-00112233445566778899aabx"] {
            assert_eq!(shown_number(number.into()).as_deref(), Some(number));
        }
    }
}
