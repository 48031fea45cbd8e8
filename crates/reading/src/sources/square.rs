//! Square, items CSV (and the transactions CSV, which has the same money columns). A refund is a row of its own
//! with `Event Type` = `Refund`.

use super::{Preset, StatusWords};
use crate::plan::{DateOrder, Field, Source};

pub(super) const PRESET: Preset = Preset {
    source: Source::Square,
    label_ko: "스퀘어 판매",
    label_en: "Square sales",
    key_columns: &[
        "Date",
        "Time",
        "Time Zone",
        "Gross Sales",
        "Discounts",
        "Net Sales",
        "Tax",
        "Transaction ID",
        "Payment ID",
        "Device Name",
        "Event Type",
        "Location",
        "Dining Option",
        "Customer ID",
    ],
    columns: &[
        (Field::Customer, &["Customer ID", "Customer Reference ID"]),
        (Field::Name, &["Customer Name"]),
        (Field::Order, &["Transaction ID", "Payment ID"]),
        (Field::Date, &["Date"]),
        (Field::Time, &["Time"]),
        (Field::Product, &["Item", "Description"]),
        (Field::Category, &["Category"]),
        (Field::Quantity, &["Qty"]),
        (Field::Amount, &["Net Sales", "Gross Sales"]),
        (Field::Status, &["Event Type"]),
        (Field::Store, &["Location"]),
        (Field::Staff, &["Employee", "Staff Name"]),
        (Field::Channel, &["Channel", "Source"]),
    ],
    extras: &[],
    currency: None,
    date_order: Some(DateOrder::Mdy),
    utc: false,
    grouped: false,
    status: StatusWords { cancelled: &[], undecided: &[], no_order: &["void"], refund: &["refund"] },
};
