//! The shops whose exports are known: how their files are recognised and what their columns mean.
//!
//! A source is recognised by its set of column names, never by position. Names are compared folded (see
//! [`crate::header::folded`]). Every preset is data; the few rules that differ are the flags of [`Preset`].

mod cafe24;
mod cdnow;
mod customers;
mod generic;
mod online_retail;
mod shopify;
mod smartstore;
mod square;
mod stripe;
mod woocommerce;

use crate::header::folded;
use crate::plan::{DateOrder, Field, Mapping, Source};

/// A known kind of file.
pub struct Preset {
    /// Its name in plans.
    pub source: Source,
    /// Its name on screen, Korean.
    pub label_ko: &'static str,
    /// Its name on screen, English.
    pub label_en: &'static str,
    /// Columns by which it is recognised; the score is the share of them that a header has.
    pub key_columns: &'static [&'static str],
    /// Header names of each field, the best first.
    pub columns: &'static [(Field, &'static [&'static str])],
    /// Columns that only this source has and whose meaning its rules need.
    pub extras: &'static [(Extra, &'static [&'static str])],
    /// The currency of its amounts, where the source settles it.
    pub currency: Option<&'static str>,
    /// What `12/1/2010` means in it.
    pub date_order: Option<DateOrder>,
    /// Times without an offset are UTC, whatever the plan's zone.
    pub utc: bool,
    /// Rows of one order stand together and order-level cells stand on the first only.
    pub grouped: bool,
    /// What its status words mean.
    pub status: StatusWords,
}

impl Preset {
    /// The name of an order's line, where a row is a whole order: an order that says something else in a newer
    /// export is changed, not told twice.
    pub fn only_line(&self) -> Option<&'static str> {
        matches!(self.source, Source::WooCommerce | Source::Stripe).then_some("1")
    }
}

/// A column with a meaning of its own in one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// A date to take where the date column is empty.
    OtherDate,
    /// More words on the status (claims).
    StatusDetail,
    /// Taken off this line.
    LineDiscount,
    /// Goods of the whole order after discounts.
    OrderNet,
    /// Paid for the whole order, shipping included.
    OrderPaid,
    /// Shipping of the whole order.
    OrderShipping,
    /// Taken off the whole order; several columns may carry one.
    OrderDiscount,
    /// When the whole order was cancelled.
    CancelledAt,
}

/// Words that occur in a status, lower case.
pub struct StatusWords {
    /// The line was sold and wholly taken back.
    pub cancelled: &'static [&'static str],
    /// Words that take the meaning of `cancelled` away again: asked for, withdrawn, partly.
    pub undecided: &'static [&'static str],
    /// It never became an order: unpaid, failed.
    pub no_order: &'static [&'static str],
    /// The row itself is a refund, whatever the sign of its amount.
    pub refund: &'static [&'static str],
}

/// What a status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A sale.
    Sold,
    /// A sale that was wholly taken back.
    Cancelled,
    /// A refund of something sold before.
    Refund,
    /// Nothing was ever sold.
    NoOrder,
}

impl StatusWords {
    /// What a status with its details says.
    pub fn standing(&self, status: &str, detail: &str) -> Standing {
        if status.is_empty() && detail.is_empty() {
            return Standing::Sold;
        }
        let text = format!("{status} {detail}").to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let decided = !has(self.undecided);
        match () {
            () if decided && has(self.refund) => Standing::Refund,
            () if decided && has(self.cancelled) => Standing::Cancelled,
            () if has(self.no_order) => Standing::NoOrder,
            () => Standing::Sold,
        }
    }
}

/// Korean claim words that every Korean shop uses alike.
const CANCELLED_KO: &[&str] = &["취소", "반품", "환불"];
const UNDECIDED_KO: &[&str] =
    &["신청", "접수", "요청", "철회", "거부", "보류", "처리중", "진행", "수거", "부분"];
const NO_ORDER_KO: &[&str] =
    &["입금전", "입금 전", "미입금", "결제대기", "결제 대기", "입금대기", "주문대기"];

/// Every preset; those for any other file last.
pub const ALL: &[&Preset] = &[
    &cafe24::PRESET,
    &smartstore::PRESET,
    &shopify::PRESET,
    &woocommerce::PRESET,
    &square::PRESET,
    &stripe::PRESET,
    &cdnow::PRESET,
    &online_retail::PRESET,
    &customers::CAFE24,
    &customers::SHOPIFY,
    &customers::WOOCOMMERCE,
    &customers::SQUARE,
    &customers::STRIPE,
    &generic::PRESET,
    &customers::GENERIC,
];

/// The preset of a source.
pub fn preset(source: Source) -> &'static Preset {
    ALL.iter().find(|preset| preset.source == source).expect("every source has a preset")
}

impl Preset {
    /// How sure one may be that a file with these columns (folded) is of this source, 0 to 1.
    pub fn score(&self, columns: &[String]) -> f64 {
        match self.source {
            Source::Generic => return self.generic_score(columns),
            Source::Customers => return self.customers_score(columns),
            _ => {}
        }
        let found = self.key_columns.iter().filter(|key| columns.contains(&folded(key))).count();
        found as f64 / self.key_columns.len() as f64
    }

    /// Who, when and how much give 0.2 each: a known source is preferred from 0.6 on, so that `customer_id,date,amount`
    /// is not taken for a log that happens to share two names.
    fn generic_score(&self, columns: &[String]) -> f64 {
        let mapping = self.mapping(columns);
        let any = |fields: &[Field]| fields.iter().any(|field| mapping.contains_key(field));
        let who = any(&[Field::Customer, Field::Email, Field::Phone]);
        let parts = [who, any(&[Field::Date]), any(&[Field::Amount, Field::UnitPrice])];
        parts.into_iter().filter(|found| *found).count() as f64 / 5.0
    }

    /// A way to know them gives 0.25, a name 0.15, anything else 0.15. Where money changes hands, the rows are orders; and
    /// where nothing is known but an address beside columns that are not, nobody can say that they are not.
    fn customers_score(&self, columns: &[String]) -> f64 {
        let orders = preset(Source::Generic).mapping(columns);
        if [Field::Amount, Field::UnitPrice, Field::Order].iter().any(|field| orders.contains_key(field)) {
            return 0.1;
        }
        let mapping = self.mapping(columns);
        let any = |fields: &[Field]| fields.iter().any(|field| mapping.contains_key(field));
        let who = any(&[Field::Customer, Field::Email, Field::Phone]);
        let named = any(&[Field::Name, Field::GivenName, Field::FamilyName]);
        let more = mapping.len() > 2;
        let alone = !named && !more && columns.len() > mapping.len();
        let parts = [(who, if alone { 0.15 } else { 0.25 }), (named, 0.15), (more, 0.15)];
        parts.into_iter().filter(|(found, _)| *found).map(|(_, share)| share).sum()
    }

    /// Which column (folded names) holds which field. A column serves one field only.
    pub fn mapping(&self, columns: &[String]) -> Mapping {
        let mut taken = vec![false; columns.len()];
        let mut mapping = Mapping::new();
        for (field, names) in self.columns {
            let column = names.iter().map(|name| folded(name)).find_map(|name| {
                columns.iter().position(|column| *column == name).filter(|index| !taken[*index])
            });
            if let Some(column) = column {
                taken[column] = true;
                mapping.insert(*field, column);
            }
        }
        mapping
    }

    /// Where the columns of an [`Extra`] stand.
    pub(crate) fn extra(&self, extra: Extra, columns: &[String]) -> Vec<usize> {
        let names = self.extras.iter().filter(|(key, _)| *key == extra).flat_map(|(_, names)| names.iter());
        names.filter_map(|name| columns.iter().position(|column| *column == folded(name))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_counts_once_it_is_decided() {
        let words = &smartstore::PRESET.status;
        assert_eq!(words.standing("취소", "취소완료"), Standing::Cancelled);
        assert_eq!(words.standing("취소", "취소요청"), Standing::Sold);
        assert_eq!(words.standing("반품", ""), Standing::Cancelled);
        assert_eq!(words.standing("배송완료", ""), Standing::Sold);
        assert_eq!(words.standing("결제대기", ""), Standing::NoOrder);
        assert_eq!(shopify::PRESET.status.standing("partially_refunded", ""), Standing::Sold);
        assert_eq!(shopify::PRESET.status.standing("refunded", ""), Standing::Cancelled);
        assert_eq!(square::PRESET.status.standing("Refund", ""), Standing::Refund);
        assert_eq!(stripe::PRESET.status.standing("Failed", ""), Standing::NoOrder);
        assert_eq!(stripe::PRESET.status.standing("Paid", ""), Standing::Sold);
    }

    #[test]
    fn every_preset_reads_a_date_and_an_amount_from_its_own_columns() {
        for preset in ALL {
            let columns: Vec<String> = preset.columns.iter().map(|(_, names)| folded(names[0])).collect();
            let mapping = preset.mapping(&columns);
            if preset.source.is_of_customers() {
                assert!(mapping.contains_key(&Field::Email), "{}", preset.label_en);
                continue;
            }
            assert!(mapping.contains_key(&Field::Date), "{}", preset.label_en);
            assert!(
                mapping.contains_key(&Field::Amount) || mapping.contains_key(&Field::UnitPrice),
                "{}",
                preset.label_en
            );
        }
    }
}
