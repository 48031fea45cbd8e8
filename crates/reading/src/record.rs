//! A record: one line of an order, in Dangol's own terms.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// A currency as three letters (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads `krw` or `KRW`; `None` unless it is three letters.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.trim().as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    pub(crate) fn is_code(text: &str) -> bool {
        Self::parse(text).is_some_and(|currency| currency.as_str() == text)
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII letters get in")
    }
}

/// What a file says of a sale that it makes no refund of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stands {
    /// Nothing: it has no word on what is taken back.
    #[default]
    Unsaid,
    /// It is not wholly taken back; a part may be, of which a status does not speak.
    InPart,
    /// Nothing of it is taken back.
    Whole,
}

/// One line of an order, or a refund (a negative amount).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line of the file, from 1; the row number in a workbook.
    pub line: u64,
    /// The order's number; without one the row is an order of its own.
    pub order_no: Option<String>,
    /// The line's key within its order; without one it follows from [`Record::mapped_hash`] and its occurrence.
    pub line_id: Option<String>,
    /// The customer's id in the source, without a trailing `.0`.
    pub customer: Option<String>,
    /// As written.
    pub email: Option<String>,
    /// As written.
    pub phone: Option<String>,
    /// As written.
    pub name: Option<String>,
    /// When it happened.
    pub at: Timestamp,
    /// Only the day was given; `at` is midnight in the plan's zone.
    pub day_only: bool,
    /// What was bought.
    pub product: Option<String>,
    /// What kind of thing that is.
    pub category: Option<String>,
    /// How many, in thousandths.
    pub quantity_milli: Option<i64>,
    /// Minor units of `currency`; negative for a refund.
    pub amount_minor: i64,
    /// The currency of the amount.
    pub currency: Currency,
    /// Where.
    pub store: Option<String>,
    /// By whom.
    pub staff: Option<String>,
    /// Through what.
    pub channel: Option<String>,
    /// The source's word for the state of the line.
    pub status: Option<String>,
    /// The row as it stood, without forbidden columns and numbers.
    pub raw: String,
    /// Made from a sale's status or refund cell: there is a sale of the same row beside it.
    pub is_derived_refund: bool,
    /// What the file says of this sale against a refund that was made of it before.
    pub stands: Stands,
    /// The file says that nothing is taken back of the whole order; on the order's first record.
    pub order_stands: bool,
    /// The amount before order discounts: what identifies the line stays the same when these change.
    pub(crate) identity_minor: i64,
}

/// The name of the refund that takes a line back, beside the name of the line.
pub fn refund_of(line_id: &str) -> String {
    format!("{line_id}/refund")
}

/// The name of a refund of which only the order is known.
pub const ORDER_REFUND: &str = "refund";

impl Record {
    /// A hash of the mapped fields, for rows whose source gives no line key. The status is left out, and so are
    /// discounts that are spread over the order: a line that is cancelled later stays the same line.
    pub fn mapped_hash(&self) -> [u8; 16] {
        self.hash_as(self.is_derived_refund)
    }

    /// What [`Record::mapped_hash`] is of the refund that takes this sale back, where neither has a line key.
    pub fn refund_hash(&self) -> [u8; 16] {
        self.hash_as(true)
    }

    fn hash_as(&self, is_derived_refund: bool) -> [u8; 16] {
        let mut hash = Sha256::new();
        let texts = [
            &self.order_no,
            &self.line_id,
            &self.customer,
            &self.email,
            &self.phone,
            &self.name,
            &self.product,
            &self.category,
            &self.store,
            &self.staff,
            &self.channel,
        ];
        for text in texts {
            // The length keeps ("a", "b") apart from ("ab", ""), and a missing text from an empty one.
            let length = text.as_ref().map_or(u64::MAX, |text| text.len() as u64);
            hash.update(length.to_le_bytes());
            hash.update(text.as_deref().unwrap_or_default());
        }
        hash.update(self.at.as_microsecond().to_le_bytes());
        hash.update(self.quantity_milli.unwrap_or(i64::MIN).to_le_bytes());
        hash.update(self.identity_minor.to_le_bytes());
        hash.update(self.currency.0);
        hash.update([u8::from(is_derived_refund)]);
        let whole = hash.finalize();
        std::array::from_fn(|index| whole[index])
    }

    /// The refund that takes `amount_minor` of this sale back.
    pub(crate) fn refund(&self, amount_minor: i64) -> Self {
        Self {
            line_id: self.line_id.as_deref().map(refund_of),
            amount_minor: -amount_minor,
            is_derived_refund: true,
            stands: Stands::Unsaid,
            order_stands: false,
            ..self.clone()
        }
    }
}
