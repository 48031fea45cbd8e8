//! Stripe, payments CSV: one row a payment. `Amount Refunded` becomes a refund line of it; a payment that did not
//! go through never became an order. Times are UTC, as the column says.

use super::{Preset, StatusWords};
use crate::plan::{Field, Source};

pub(super) const PRESET: Preset = Preset {
    source: Source::Stripe,
    label_ko: "스트라이프 결제",
    label_en: "Stripe payments",
    key_columns: &[
        "id",
        "Description",
        "Seller Message",
        "Created (UTC)",
        "Amount",
        "Amount Refunded",
        "Currency",
        "Converted Amount",
        "Fee",
        "Status",
        "Customer ID",
        "Customer Email",
        "Captured",
        "Card ID",
    ],
    columns: &[
        (Field::Customer, &["Customer ID"]),
        (Field::Email, &["Customer Email"]),
        (Field::Name, &["Customer Name"]),
        (Field::Order, &["id"]),
        (Field::Date, &["Created (UTC)", "Created date (UTC)", "Created"]),
        (Field::Product, &["Description"]),
        (Field::Amount, &["Amount"]),
        (Field::Refund, &["Amount Refunded"]),
        (Field::Currency, &["Currency"]),
        (Field::Status, &["Status"]),
    ],
    extras: &[],
    currency: None,
    date_order: None,
    utc: true,
    grouped: false,
    status: StatusWords {
        cancelled: &[],
        undecided: &[],
        no_order: &[
            "fail",
            "pending",
            "cancel",
            "requires_",
            "incomplete",
            "blocked",
            "uncaptured",
            "processing",
        ],
        refund: &[],
    },
};
