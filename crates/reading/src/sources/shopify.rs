//! Shopify, orders CSV. Order-level cells stand on an order's first row only. Lines carry goods after discounts and
//! before shipping and taxes: together they make `Subtotal`. `Refunded Amount` becomes one refund line of the
//! order, never more than its goods; a cancelled, voided or refunded order is wholly taken back.

use super::{Extra, Preset, StatusWords};
use crate::plan::{Field, Source};

pub(super) const PRESET: Preset = Preset {
    source: Source::Shopify,
    label_ko: "쇼피파이 주문",
    label_en: "Shopify orders",
    key_columns: &[
        "Name",
        "Email",
        "Financial Status",
        "Paid at",
        "Fulfillment Status",
        "Subtotal",
        "Total",
        "Created at",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
        "Lineitem sku",
        "Billing Name",
        "Refunded Amount",
    ],
    columns: &[
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone", "Billing Phone", "Shipping Phone"]),
        (Field::Name, &["Billing Name", "Shipping Name"]),
        (Field::Order, &["Name", "Id"]),
        (Field::Line, &["Lineitem sku"]),
        (Field::Date, &["Created at", "Paid at"]),
        (Field::Product, &["Lineitem name"]),
        (Field::Quantity, &["Lineitem quantity"]),
        (Field::UnitPrice, &["Lineitem price"]),
        (Field::Refund, &["Refunded Amount"]),
        (Field::Currency, &["Currency"]),
        (Field::Status, &["Financial Status"]),
        (Field::Store, &["Location"]),
        (Field::Staff, &["Employee"]),
        (Field::Channel, &["Source"]),
    ],
    extras: &[
        (Extra::LineDiscount, &["Lineitem discount"]),
        (Extra::OrderNet, &["Subtotal"]),
        (Extra::OrderDiscount, &["Discount Amount"]),
        (Extra::CancelledAt, &["Cancelled at"]),
    ],
    currency: None,
    date_order: None,
    utc: false,
    grouped: true,
    status: StatusWords {
        cancelled: &["refunded", "voided"],
        undecided: &["partially"],
        no_order: &["expired"],
        refund: &[],
    },
};
