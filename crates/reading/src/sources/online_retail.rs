//! UCI Online Retail (Chen, Sain, Guo 2012) and its second edition. A line's amount is quantity times price; a
//! cancelled invoice (`C…`) has negative quantities, so its lines are refunds by themselves.

use super::{Preset, StatusWords};
use crate::plan::{DateOrder, Field, Source};

pub(super) const PRESET: Preset = Preset {
    source: Source::OnlineRetail,
    label_ko: "Online Retail (UCI)",
    label_en: "Online Retail (UCI)",
    key_columns: &[
        "InvoiceNo",
        "StockCode",
        "Description",
        "Quantity",
        "InvoiceDate",
        "UnitPrice",
        "CustomerID",
    ],
    columns: &[
        (Field::Customer, &["CustomerID", "Customer ID"]),
        (Field::Order, &["InvoiceNo", "Invoice"]),
        (Field::Date, &["InvoiceDate"]),
        (Field::Product, &["Description", "StockCode"]),
        (Field::Quantity, &["Quantity"]),
        (Field::UnitPrice, &["UnitPrice", "Price"]),
    ],
    extras: &[],
    currency: Some("GBP"),
    date_order: Some(DateOrder::Mdy),
    utc: false,
    grouped: false,
    status: StatusWords { cancelled: &[], undecided: &[], no_order: &[], refund: &[] },
};
