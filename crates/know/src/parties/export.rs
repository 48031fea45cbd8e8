//! The customer list as a file.

use super::list::{self, Filter, PartyRow, Sort, View};
use crate::fields::CustomField;
use ::store::Tx;
use kernel::limits;
use web::Answer;
use web::export::{Cell, Export};

/// The columns of the file, as keys of the texts.
pub const COLUMNS: [&str; 19] = [
    "id",
    "name",
    "phone",
    "email",
    "state",
    "orders",
    "currency",
    "spend",
    "first_order",
    "last_order",
    "usual_interval_days",
    "days_since",
    "p_alive",
    "value",
    "tier",
    "agreed",
    "kind",
    "markets",
    "tags",
];

/// The headings of the file: its columns, then the names of the company's own fields.
pub fn headings(own: &[CustomField]) -> Vec<&str> {
    COLUMNS.into_iter().chain(own.iter().map(|field| field.name.as_str())).collect()
}

/// Writes every row the filter means into `file`; gives how many there were.
pub async fn write(
    tx: &mut Tx,
    filter: &Filter,
    sort: Sort,
    view: View,
    own: &[CustomField],
    file: &mut Export,
) -> Answer<usize> {
    let (mut count, mut after) = (0, None);
    loop {
        let (page, next) = list::page(tx, filter, sort, after, limits::PAGE_ROWS_MAX, view).await?;
        for row in &page {
            let values = own.iter().map(|field| value(row.fields.get(&field.id.to_string())));
            file.row(&cells(row).into_iter().chain(values).collect::<Vec<_>>())?;
        }
        count += page.len();
        if next.is_none() {
            return Ok(count);
        }
        after = next;
    }
}

/// A value of an own field, as the list has it.
fn value(value: Option<&serde_json::Value>) -> Cell {
    match value {
        None | Some(serde_json::Value::Null) => Cell::Empty,
        Some(serde_json::Value::Number(number)) => Cell::or_empty(number.as_f64()),
        Some(serde_json::Value::String(text)) => text.as_str().into(),
        Some(other) => other.to_string().into(),
    }
}

fn cells(row: &PartyRow) -> [Cell; COLUMNS.len()] {
    [
        row.id.to_string().into(),
        Cell::or_empty(row.name.clone()),
        Cell::or_empty(row.phone.clone()),
        Cell::or_empty(row.email.clone()),
        row.state.clone().into(),
        row.orders.into(),
        Cell::or_empty(row.spend.map(|spend| spend.currency.to_string())),
        Cell::or_empty(row.spend),
        Cell::or_empty(row.first_order),
        Cell::or_empty(row.last_order),
        Cell::or_empty(row.usual_interval_days),
        Cell::or_empty(row.days_since),
        Cell::or_empty(row.p_alive),
        Cell::or_empty(row.value),
        Cell::or_empty(row.tier.as_ref().map(|tier| tier.name.clone())),
        row.agreed.join(" ").into(),
        row.kind.clone().into(),
        row.markets.join(", ").into(),
        row.tags.join(", ").into(),
    ]
}
