//! The CDNOW purchase log (Fader and Hardie): blank-separated, one row a customer and day, no order numbers.

use super::{Preset, StatusWords};
use crate::plan::{DateOrder, Field, Source};

pub(super) const PRESET: Preset = Preset {
    source: Source::Cdnow,
    label_ko: "CDNOW 구매 기록",
    label_en: "CDNOW log",
    key_columns: &["customer_id", "date", "number_of_cds", "dollar_value"],
    columns: &[
        (Field::Customer, &["customer_id"]),
        (Field::Date, &["date"]),
        (Field::Quantity, &["number_of_cds"]),
        (Field::Amount, &["dollar_value"]),
    ],
    extras: &[],
    currency: Some("USD"),
    date_order: Some(DateOrder::Ymd),
    utc: false,
    grouped: false,
    status: StatusWords { cancelled: &[], undecided: &[], no_order: &[], refund: &[] },
};
