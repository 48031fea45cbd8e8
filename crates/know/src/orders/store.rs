//! Order lines in the database.

use super::model::{Line, LineKey};
use super::write::From;
use ::store::{FromRow, Json, Result, Tx, log, sql, sql_rows};
use kernel::{Currency, Day, Id, Instant, kinds};
use std::collections::HashMap;

type LineId = Id<kinds::OrderLine>;

/// Lines that the log is told of in one statement.
const TOLD: usize = 1_000;

/// A line as the database has it.
#[derive(Debug, Clone, FromRow)]
pub struct Stored {
    /// Its id.
    pub id: LineId,
    /// The order's number.
    pub order_no: String,
    /// The line's name within the order.
    pub line_id: String,
    /// What its content hashes to.
    pub content_hash: String,
    /// How often it was written.
    pub revision: i64,
    /// Whose it is.
    pub party: Option<Id<kinds::Party>>,
    /// When.
    pub at: Instant,
    /// On which local day.
    pub day: Day,
    /// What was bought.
    pub product: Option<String>,
    /// Its category.
    pub category: Option<String>,
    /// How many, in thousandths.
    pub quantity_milli: Option<i64>,
    /// For how much.
    pub amount: i64,
    /// In which currency.
    pub currency: Currency,
    /// Where.
    pub store: Option<String>,
    /// By whom.
    pub staff: Option<String>,
    /// Through which channel.
    pub channel: Option<String>,
    /// The import that wrote this revision.
    pub import_id: Option<Id<kinds::Import>>,
    /// What took it back: the import of an undo, or itself when its order was told again without it.
    pub retracted_by: Option<i64>,
}

impl Stored {
    /// The line without what the database adds.
    pub fn line(&self) -> Line {
        let stored = self.clone();
        Line {
            key: LineKey { order_no: stored.order_no, line_id: stored.line_id },
            party: stored.party,
            at: stored.at,
            day: stored.day,
            product: stored.product,
            category: stored.category,
            quantity_milli: stored.quantity_milli,
            amount: stored.amount,
            currency: stored.currency,
            store: stored.store,
            staff: stored.staff,
            channel: stored.channel,
        }
    }
}

/// Inserts lines that are not there yet; gives how many went in.
pub async fn insert(tx: &mut Tx, from: &From<'_>, rows: &[(LineId, &Line)]) -> Result<u64> {
    let mut inserted = 0;
    let mut rows = rows.iter().peekable();
    while rows.peek().is_some() {
        let mut insert = sql_rows!(
            18,
            "insert into order_lines (id, source, order_no, line_id, content_hash, revision, party, at, day, \
             product, category, quantity_milli, amount, currency, store, staff, channel, import_id) values {rows} \
             on conflict (source, order_no, line_id) do nothing"
        );
        while let Some((id, line)) = (!insert.is_full()).then(|| rows.next()).flatten() {
            insert.push_row([
                (*id).into(),
                from.source.into(),
                (&line.key.order_no).into(),
                (&line.key.line_id).into(),
                line.content_hash().into(),
                1_i64.into(),
                line.party.into(),
                line.at.into(),
                line.day.into(),
                line.product.clone().into(),
                line.category.clone().into(),
                line.quantity_milli.into(),
                line.amount.into(),
                line.currency.into(),
                line.store.clone().into(),
                line.staff.clone().into(),
                line.channel.clone().into(),
                from.import.into(),
            ]);
        }
        inserted += insert.execute(tx).await?;
    }
    Ok(inserted)
}

/// Tells the log of lines that were just inserted: what [`super::write`] says of a new line, without sending it again.
pub async fn tell_inserted(tx: &mut Tx, from: &From<'_>, lines: &[(LineId, &Line)]) -> Result<()> {
    for slice in lines.chunks(TOLD) {
        let mut insert = sql_rows!(
            1,
            "insert into interactions (at, recorded_at, origin, party, kind, subject, amount, currency, store, staff, \
             channel, import_id, source, source_id, body) \
             select at, $1, $2, party, 'order.added', id, amount, currency, store, staff, channel, import_id, source, \
             order_no || ':' || line_id || '#1', '{}' from order_lines where id in (values {rows}) order by id"
        );
        insert = insert.bind(tx.now()).bind(from.origin.text());
        slice.iter().for_each(|(id, _)| insert.push_row([(*id).into()]));
        log::append_selected(tx, insert).await?;
    }
    Ok(())
}

/// The stored lines with the keys of `lines`.
pub async fn find(tx: &mut Tx, source: &str, keys: &[&LineKey]) -> Result<HashMap<LineKey, Stored>> {
    let mut found = HashMap::with_capacity(keys.len());
    let mut keys = keys.iter().peekable();
    while keys.peek().is_some() {
        let mut query = sql_rows!(
            2,
            "with asked (order_no, line_id) as (values {rows}) select l.id, l.order_no, l.line_id, l.content_hash, \
             l.revision, l.party, l.at, l.day, l.product, l.category, l.quantity_milli, l.amount, l.currency, \
             l.store, l.staff, l.channel, l.import_id, l.retracted_by from asked a join order_lines l \
             on l.source = $1 and l.order_no = a.order_no and l.line_id = a.line_id"
        )
        .bind(source);
        while let Some(key) = (!query.is_full()).then(|| keys.next()).flatten() {
            query.push_row([(&key.order_no).into(), (&key.line_id).into()]);
        }
        for stored in query.fetch_of_set::<Stored>(tx).await? {
            found.insert(
                LineKey { order_no: stored.order_no.clone(), line_id: stored.line_id.clone() },
                stored,
            );
        }
    }
    Ok(found)
}

/// The lines of an order that stand.
pub async fn of_order(tx: &mut Tx, source: &str, order_no: &str) -> Result<Vec<Stored>> {
    sql!(
        "select id, order_no, line_id, content_hash, revision, party, at, day, product, category, quantity_milli, \
         amount, currency, store, staff, channel, import_id, retracted_by from order_lines \
         where source = $1 and order_no = $2 and retracted_by is null order by id"
    )
    .bind(source)
    .bind(order_no)
    .fetch_all(tx)
    .await
}

/// The standing lines of these orders that stand in for others: named `sum` or `sum/…`.
pub async fn stand_ins(tx: &mut Tx, source: &str, orders: &[&str]) -> Result<Vec<Stored>> {
    let (mut found, mut orders) = (Vec::new(), orders.iter().peekable());
    while orders.peek().is_some() {
        let mut query = sql_rows!(
            1,
            "select id, order_no, line_id, content_hash, revision, party, at, day, product, category, quantity_milli, \
             amount, currency, store, staff, channel, import_id, retracted_by from order_lines \
             where source = $1 and order_no in (values {rows}) and line_id >= 'sum' and line_id < 'sum0' \
             and (line_id = 'sum' or line_id >= 'sum/') and retracted_by is null"
        )
        .bind(source);
        while let Some(order) = (!query.is_full()).then(|| orders.next()).flatten() {
            query.push_row([(*order).into()]);
        }
        found.extend(query.fetch_of_set::<Stored>(tx).await?);
    }
    Ok(found)
}

/// Marks lines as taken back because their order was told again without them.
pub async fn retract_told(tx: &mut Tx, lines: &[LineId]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut update = sql_rows!(1, "update order_lines set retracted_by = id where id in (values {rows})");
    lines.iter().for_each(|line| update.push_row([(*line).into()]));
    update.execute(tx).await?;
    Ok(())
}

/// Marks a line as taken back because `import` told its sale without it; what it said was kept for an undo.
pub async fn retract_in(tx: &mut Tx, line: LineId, import: Option<Id<kinds::Import>>) -> Result<()> {
    sql!("update order_lines set retracted_by = id, revision = revision + 1, import_id = $2 where id = $1")
        .bind(line)
        .bind(import)
        .execute(tx)
        .await
        .map(drop)
}

/// Gives a line a new content under a new revision.
pub async fn replace(
    tx: &mut Tx,
    id: LineId,
    revision: i64,
    line: &Line,
    import: Option<Id<kinds::Import>>,
) -> Result<()> {
    sql!(
        "update order_lines set content_hash = $2, revision = $3, party = $4, at = $5, day = $6, product = $7, \
         category = $8, quantity_milli = $9, amount = $10, currency = $11, store = $12, staff = $13, channel = $14, \
         import_id = $15, retracted_by = null where id = $1"
    )
    .bind(id)
    .bind(line.content_hash())
    .bind(revision)
    .bind(line.party)
    .bind(line.at)
    .bind(line.day)
    .bind(line.product.clone())
    .bind(line.category.clone())
    .bind(line.quantity_milli)
    .bind(line.amount)
    .bind(line.currency)
    .bind(line.store.clone())
    .bind(line.staff.clone())
    .bind(line.channel.clone())
    .bind(import)
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps what a line says before `replaced_by` changes it.
pub async fn keep_history(
    tx: &mut Tx,
    stored: &Stored,
    replaced_by: Option<Id<kinds::Import>>,
) -> Result<()> {
    sql!(
        "insert into line_history (line, revision, import_id, replaced_by, content) values ($1, $2, $3, $4, $5)"
    )
    .bind(stored.id)
    .bind(stored.revision)
    .bind(stored.import_id)
    .bind(replaced_by)
    .bind(serde_json::to_value(stored.line())?)
    .execute(tx)
    .await?;
    Ok(())
}

/// What a line said in an earlier revision.
#[derive(FromRow)]
pub struct Former {
    /// The import that wrote it.
    pub import_id: Option<Id<kinds::Import>>,
    /// Its content.
    pub content: Json<Line>,
}

/// What a line said before `import` first changed it.
pub async fn before(tx: &mut Tx, line: LineId, import: Id<kinds::Import>) -> Result<Option<Former>> {
    sql!(
        "select import_id, content from line_history where line = $1 and replaced_by = $2 order by revision limit 1"
    )
    .bind(line)
    .bind(import)
    .fetch_optional(tx)
    .await
}

/// Whether an import was taken back.
pub async fn is_undone(tx: &mut Tx, import: Id<kinds::Import>) -> Result<bool> {
    let row: Option<(Id<kinds::Import>,)> = sql!("select id from imports where id = $1 and state = 'undone'")
        .bind(import)
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}

/// Forgets what `import` replaced of a line, after its undo: the next run of the import writes its own history.
pub async fn forget_history(tx: &mut Tx, line: LineId, import: Id<kinds::Import>) -> Result<()> {
    sql!("delete from line_history where line = $1 and replaced_by = $2")
        .bind(line)
        .bind(import)
        .execute(tx)
        .await?;
    Ok(())
}

/// Lines whose present content `import` wrote, after the line `after`.
pub async fn of_import(
    tx: &mut Tx,
    import: Id<kinds::Import>,
    after: i64,
    limit: i64,
) -> Result<Vec<(String, Stored)>> {
    let lines: Vec<Sourced> = sql!(
        "select source, id, order_no, line_id, content_hash, revision, party, at, day, product, category, \
         quantity_milli, amount, currency, store, staff, channel, import_id, retracted_by from order_lines \
         where import_id = $1 and id > $2 and (retracted_by is null or retracted_by = id and exists \
         (select 1 from line_history h where h.line = order_lines.id and h.replaced_by = $1)) order by id limit $3"
    )
    .bind(import)
    .bind(after)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(lines.into_iter().map(|line| (line.source, line.stored)).collect())
}

#[derive(FromRow)]
struct Sourced {
    source: String,
    #[sqlx(flatten)]
    stored: Stored,
}

/// Marks lines as taken back by the undo of `import`.
pub async fn retract(tx: &mut Tx, lines: &[LineId], import: Id<kinds::Import>) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut update =
        sql_rows!(1, "update order_lines set retracted_by = $1 where id in (values {rows})").bind(import);
    lines.iter().for_each(|line| update.push_row([(*line).into()]));
    update.execute(tx).await?;
    Ok(())
}
