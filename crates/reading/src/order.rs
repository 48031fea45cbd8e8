//! From drafts to records: what a status takes back, and what belongs to an order as a whole.
//!
//! Invariants: the amounts of an order's lines add up to its goods after discounts; no discount makes a line
//! negative; refunds made here never take back more than was sold.

use crate::interpret::Draft;
use crate::record::{ORDER_REFUND, Record, Stands};
use crate::sources::Standing;

impl Draft {
    /// What the row says against an earlier refund of its sale.
    fn stands(&self) -> Stands {
        match (self.stated_refund, &self.sale.status) {
            (Some(_), _) => Stands::Whole,
            (None, Some(_)) => Stands::InPart,
            (None, None) => Stands::Unsaid,
        }
    }
}

/// The records of a row that stands for itself.
pub(crate) fn settle_row(mut draft: Draft) -> impl Iterator<Item = Record> {
    let sold = draft.sale.amount_minor.max(0);
    let back = match draft.standing {
        Standing::Cancelled => sold,
        _ => draft.stated_refund.unwrap_or(0).min(sold),
    };
    let refund = (back > 0).then(|| refund_of(&draft, back));
    if refund.is_none() && draft.sale.amount_minor >= 0 {
        draft.sale.stands = draft.stands();
    }
    std::iter::once(draft.sale).chain(refund)
}

/// The records of an order whose rows stand together.
pub(crate) fn settle_order(mut drafts: Vec<Draft>) -> Vec<Record> {
    number_repeated_lines(&mut drafts);
    take_off_discount(&mut drafts);
    let mut records = Vec::with_capacity(drafts.len() + 1);
    let (mut sold, mut taken_back, mut stated) = (0i64, 0i64, 0i64);
    let cancelled_at = drafts.iter().find_map(|draft| draft.cancelled_at);
    for draft in &mut drafts {
        let amount = draft.sale.amount_minor.max(0);
        sold = sold.saturating_add(amount);
        stated = stated.saturating_add(draft.stated_refund.unwrap_or(0));
        draft.cancelled_at = cancelled_at;
        let cancelled = amount > 0 && (draft.standing == Standing::Cancelled || cancelled_at.is_some());
        // Of a line of such an order only the whole is ever taken back.
        if !cancelled && draft.sale.amount_minor >= 0 && draft.stands() != Stands::Unsaid {
            draft.sale.stands = Stands::Whole;
        }
        records.push(draft.sale.clone());
        if cancelled {
            taken_back += amount;
            records.push(refund_of(draft, amount));
        }
    }
    let rest = (stated - taken_back).min(sold - taken_back);
    if let Some(first) = drafts.first() {
        records[0].order_stands = drafts.iter().any(|draft| draft.stated_refund.is_some()) && rest <= 0;
        records.extend((rest > 0).then(|| order_refund(first, rest)));
    }
    records
}

fn refund_of(draft: &Draft, amount: i64) -> Record {
    let mut refund = draft.sale.refund(amount);
    refund.at = draft.cancelled_at.unwrap_or(refund.at);
    refund
}

/// A refund of which only the order is known.
fn order_refund(first: &Draft, amount: i64) -> Record {
    let mut refund = refund_of(first, amount);
    refund.line_id = Some(ORDER_REFUND.into());
    (refund.product, refund.category, refund.quantity_milli) = (None, None, None);
    refund.identity_minor = 0;
    refund
}

/// The second line of one key becomes `key#2`: Shopify's key is the SKU, and an order may hold it twice.
fn number_repeated_lines(drafts: &mut [Draft]) {
    let mut seen = std::collections::HashMap::<String, usize>::new();
    for draft in drafts {
        let Some(id) = &mut draft.sale.line_id else { continue };
        let count = seen.entry(id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            *id = format!("{id}#{count}");
        }
    }
}

/// Takes the order's discount off its first line, and what is left of it off the next ones.
fn take_off_discount(drafts: &mut [Draft]) {
    let goods: i64 = drafts.iter().map(|draft| draft.sale.amount_minor.max(0)).fold(0, i64::saturating_add);
    let find = |cell: fn(&Draft) -> Option<i64>| drafts.iter().find_map(cell);
    let net = find(|draft| draft.order.net).or_else(|| {
        let shipping = find(|draft| draft.order.shipping).unwrap_or(0);
        find(|draft| draft.order.paid).map(|paid| paid.saturating_sub(shipping))
    });
    let discounts = drafts.iter().map(|draft| draft.order.discount).fold(0, i64::saturating_add);
    let mut discount = net.map_or(discounts, |net| goods.saturating_sub(net)).clamp(0, goods);
    for draft in drafts {
        let off = discount.min(draft.sale.amount_minor.max(0));
        draft.sale.amount_minor -= off;
        discount -= off;
    }
}
