//! Stand-ins: lines that carry the sum of an order, because the shop told no more.
//!
//! Invariants:
//! - A stand-in is named [`SUM`] or `sum/…`, which no file names a line.
//! - It gives way, in the same transaction, when a file names the lines it stands for; a sale does not take the stand-in of
//!   a refund away.
//! - Where lines of a file stand already, no stand-in is written (`shops::apply`).

use super::model::Line;
use super::store::{self, Stored};
use super::whole;
use super::write::From;
use ::store::{Result, Tx};
use reading::Source;
use std::collections::BTreeMap;

/// The line that stands for a whole order.
pub const SUM: &str = "sum";

/// The line that stands for a part of an order: a payment, a refund.
pub fn named(part: &str) -> String {
    format!("{SUM}/{part}")
}

/// Whether this is the name of a stand-in.
pub fn is_one(line_id: &str) -> bool {
    line_id.strip_prefix(SUM).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether shops of this kind tell sums alone.
pub fn may_be(source: Source) -> bool {
    matches!(source, Source::Square | Source::Cafe24)
}

/// Takes the stand-ins back for which `lines` name lines.
pub async fn give_way(tx: &mut Tx, from: &From<'_>, lines: &[Line]) -> Result<()> {
    // For each order, whether a sale and whether a refund is named.
    let mut named: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for line in lines {
        let (sale, refund) = named.entry(&line.key.order_no).or_default();
        *sale |= line.amount >= 0;
        *refund |= line.amount < 0;
    }
    let orders: Vec<&str> = named.keys().copied().collect();
    let mut gone: Vec<Stored> = store::stand_ins(tx, from.source, &orders).await?;
    gone.retain(|line| {
        let (sale, refund) = named.get(line.order_no.as_str()).copied().unwrap_or_default();
        // A refund of the stand-in itself goes with it: the file says what of the lines was taken back.
        let is_own = line.line_id == format!("{SUM}/refund");
        if line.amount < 0 && !is_own { refund } else { sale }
    });
    whole::take_back(tx, from, &gone).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_is_known_by_its_name() {
        for (name, is) in
            [("sum", true), ("sum/refund", true), (&*named("pay-1"), true), ("summer", false), ("1", false)]
        {
            assert_eq!(is_one(name), is, "{name}");
        }
    }
}
