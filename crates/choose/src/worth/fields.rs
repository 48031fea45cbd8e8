//! What rules can ask of a customer's worth.

use super::model::CELLS;
use crate::segment::rule::catalogue::{Field, Kind, Source};

/// A column of the row of `worth`.
const fn worth(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    column: &'static str,
) -> Field {
    let source = Source::Rows { from: "worth x", party: "x.party", only: "1 = 1", column, many: false };
    Field { name, aliases, kind, source, folded: None, historical: false }
}

/// The cells of the quality matrix.
const QUALITY_CELLS: &[&str] = &CELLS;

inventory::submit! { worth("key_account", &["핵심고객"], Kind::Flag, "x.is_key") }
inventory::submit! { worth("true_customer", &["실제고객"], Kind::Flag, "x.is_true") }
inventory::submit! { worth("quality", &["고객품질"], Kind::Int, "x.quality") }
inventory::submit! { worth("quality_cell", &["품질칸"], Kind::Choice(QUALITY_CELLS), "x.cell") }
inventory::submit! { worth("profit", &["고객이익"], Kind::Money, "x.profit") }
