//! The customer list as a file.

use super::list::{self, Filter, PartyRow, Sort, View};
use ::store::Tx;
use kernel::limits;
use web::Answer;
use web::export::{Cell, Export};

/// The columns of the file, as keys of the texts.
pub const COLUMNS: [&str; 14] = [
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
];

/// Writes every row the filter means into `file`; gives how many there were.
pub async fn write(tx: &mut Tx, filter: &Filter, sort: Sort, view: View, file: &mut Export) -> Answer<usize> {
    let (mut count, mut after) = (0, None);
    loop {
        let (page, next) = list::page(tx, filter, sort, after, limits::PAGE_ROWS_MAX, view).await?;
        for row in &page {
            file.row(&cells(row))?;
        }
        count += page.len();
        if next.is_none() {
            return Ok(count);
        }
        after = next;
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
    ]
}
