//! WooCommerce Analytics, orders CSV: one row an order, with its net revenue.

use super::{Preset, StatusWords};
use crate::plan::{Field, Source};

pub(super) const PRESET: Preset = Preset {
    source: Source::WooCommerce,
    label_ko: "우커머스 주문",
    label_en: "WooCommerce orders",
    key_columns: &[
        "Date",
        "Order #",
        "Status",
        "Customer",
        "Product(s)",
        "Items sold",
        "Coupon(s)",
        "N. Revenue",
    ],
    columns: &[
        (Field::Customer, &["Customer ID"]),
        (Field::Email, &["Email", "Customer Email", "Billing Email"]),
        (Field::Phone, &["Phone", "Billing Phone"]),
        (Field::Name, &["Customer"]),
        (Field::Order, &["Order #", "Order Number", "Order ID"]),
        (Field::Date, &["Date", "Date created"]),
        (Field::Product, &["Product(s)", "Products"]),
        (Field::Quantity, &["Items sold", "Items Sold"]),
        (Field::Amount, &["N. Revenue", "Net Revenue", "Net Sales", "Total"]),
        (Field::Currency, &["Currency"]),
        (Field::Status, &["Status"]),
        (Field::Channel, &["Attribution", "Origin"]),
    ],
    extras: &[],
    currency: None,
    date_order: None,
    utc: false,
    grouped: false,
    status: StatusWords {
        cancelled: &["refunded", "cancelled", "canceled"],
        undecided: &["partially"],
        no_order: &["failed", "pending", "draft", "trash"],
        refund: &[],
    },
};
