//! Costs in the database, and the counts they are compared with.

use ::store::{FromRow, Result, Tx, sql};
use kernel::{Currency, Id, Money, Month, kinds};
use serde::Serialize;
use utoipa::ToSchema;
use web::Actor;

/// A cost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Cost {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id<kinds::Cost>,
    /// `acquisition` or `retention`.
    pub kind: String,
    /// The month it was spent in.
    #[schema(value_type = String)]
    pub month: Month,
    /// How much.
    pub amount: Money,
    /// Where: `search`, `social`, …
    pub medium: Option<String>,
    /// A memo.
    pub note: Option<String>,
}

/// A cost to enter.
#[derive(Debug, Clone)]
pub struct NewCost {
    /// `acquisition` or `retention`.
    pub kind: &'static str,
    /// The month.
    pub month: Month,
    /// How much.
    pub amount: Money,
    /// Where; empty when it was not said.
    pub medium: String,
    /// A memo; may be empty.
    pub note: String,
}

#[derive(FromRow)]
struct CostRow {
    id: Id<kinds::Cost>,
    kind: String,
    month: Month,
    amount: i64,
    currency: Currency,
    medium: String,
    note: String,
}

impl From<CostRow> for Cost {
    fn from(row: CostRow) -> Self {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            id: row.id,
            kind: row.kind,
            month: row.month,
            amount: Money::new(row.currency, row.amount),
            medium: some(row.medium),
            note: some(row.note),
        }
    }
}

/// Writes a cost; nobody of the staff entered it when a program did.
pub async fn insert(tx: &mut Tx, actor: Option<&Actor>, cost: &NewCost) -> Result<Cost> {
    let id: Id<kinds::Cost> = tx.id();
    let row: CostRow = sql!(
        "insert into costs (id, kind, month, amount, currency, medium, note, created_by, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id, kind, month, amount, currency, medium, note"
    )
    .bind(id)
    .bind(cost.kind)
    .bind(cost.month)
    .bind(cost.amount.amount_minor)
    .bind(cost.amount.currency)
    .bind(&cost.medium)
    .bind(&cost.note)
    .bind(actor.map(|actor| actor.user))
    .bind(tx.now())
    .fetch_one(tx)
    .await?;
    Ok(row.into())
}

/// Takes a cost back; whether it was there.
pub async fn delete(tx: &mut Tx, id: Id<kinds::Cost>) -> Result<bool> {
    let gone = sql!("update costs set deleted_at = $1 where id = $2 and deleted_at is null")
        .bind(tx.now())
        .bind(id)
        .execute(tx)
        .await?;
    Ok(gone == 1)
}

/// Where a page of costs begins: after this month and id.
pub type After = (Month, Id<kinds::Cost>);

/// The costs, the latest month first.
pub async fn page(tx: &mut Tx, after: Option<After>, limit: i64) -> Result<Vec<Cost>> {
    let (month, id) = after.map_or((i64::MAX, i64::MAX), |(month, id)| (month.number(), id.number()));
    let rows: Vec<CostRow> = sql!(
        "select id, kind, month, amount, currency, medium, note from costs where deleted_at is null \
         and (month, id) < ($1, $2) order by month desc, id desc limit $3"
    )
    .bind(month)
    .bind(id)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(Cost::from).collect())
}

/// What was spent in the months, by kind and medium.
pub async fn spent(
    tx: &mut Tx,
    [from, to]: [Month; 2],
    currency: Currency,
) -> Result<Vec<(String, String, i64)>> {
    sql!(
        "select kind, medium, cast(sum(amount) as bigint) as amount from costs where deleted_at is null \
         and month >= $1 and month <= $2 and currency = $3 group by kind, medium order by kind, amount desc, medium"
    )
    .bind(from)
    .bind(to)
    .bind(currency)
    .fetch_all(tx)
    .await
}

/// Whether any cost was entered.
pub async fn any(tx: &mut Tx) -> Result<bool> {
    let (count,): (i64,) =
        sql!("select count(*) from (select id from costs where deleted_at is null limit 1) as one")
            .fetch_one(tx)
            .await?;
    Ok(count > 0)
}

/// Net revenue of known customers in the months, and how many bought.
pub async fn revenue(tx: &mut Tx, [from, to]: [Month; 2], currency: Currency) -> Result<(i64, i64)> {
    sql!(
        "select cast(coalesce(sum(l.amount), 0) as bigint), count(distinct coalesce(r.root, l.party)) \
         from order_lines l left join party_root r on r.party = l.party \
         where l.retracted_by is null and l.party is not null and l.currency = $1 and l.day >= $2 and l.day <= $3"
    )
    .bind(currency)
    .bind(from.first_day())
    .bind(to.last_day())
    .fetch_one(tx)
    .await
}
