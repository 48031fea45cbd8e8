//! Ten million orders, straight into the tables: rows in the order of their time as an import would leave them, their
//! indexes after all rows. Through the program it would take a quarter of an hour of work that is not measured here.

use anyhow::Result;
use futures::TryStreamExt;
use jiff::tz::TimeZone;
use kernel::{Id, Instant, kinds};
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};
use std::path::Path;

/// Rows of a statement, and of a transaction.
const ROWS: usize = 200;
const KEPT: usize = 200_000;
/// The number of the first line: ids need only be different and grow.
const FIRST: i64 = 1 << 40;

/// A line with its order.
struct Row {
    id: i64,
    order_no: String,
    line_id: String,
    party: Option<i64>,
    at: Instant,
    day: i64,
    product: &'static str,
    category: &'static str,
    quantity_milli: i64,
    amount: i64,
    store: Option<&'static str>,
    channel: &'static str,
}

/// Writes `wanted` orders of `parties` and tells the log of them; gives how many lines they have.
pub async fn write(data: &Path, source: &str, wanted: u64, parties: &[Id<kinds::Party>]) -> Result<usize> {
    let options = SqliteConnectOptions::new().filename(data.join("dangol.db"));
    let options = options.synchronous(SqliteSynchronous::Off).pragma("cache_size", "-500000");
    let mut database = SqliteConnection::connect_with(&options).await?;
    let indexes = take_indexes(&mut database).await?;
    let lines = insert_all(&mut database, source, wanted, parties).await?;
    tell(&mut database).await?;
    for index in indexes {
        database.execute(AssertSqlSafe(index)).await?;
    }
    database.execute("pragma optimize").await?;
    database.close().await?;
    Ok(lines)
}

/// Drops the indexes that would have to be kept in order row by row; gives what makes them again.
async fn take_indexes(database: &mut SqliteConnection) -> Result<Vec<String>> {
    let all: Vec<(String, String)> = sqlx::query_as(
        "select name, sql from sqlite_master where type = 'index' and sql is not null \
         and tbl_name in ('order_lines', 'interactions')",
    )
    .fetch(&mut *database)
    .try_collect()
    .await?;
    for (name, _) in &all {
        database.execute(AssertSqlSafe(format!("drop index {name}"))).await?;
    }
    Ok(all.into_iter().map(|(_, made)| made).collect())
}

async fn insert_all(
    database: &mut SqliteConnection,
    source: &str,
    wanted: u64,
    parties: &[Id<kinds::Party>],
) -> Result<usize> {
    let zone = TimeZone::get(simulate::ZONE)?;
    let customers = u32::try_from(parties.len())?;
    let orders = simulate::large::Orders::new(1, customers, wanted);
    let mut rows = orders.flat_map(|order| rows(order, parties, &zone)).zip(FIRST..).peekable();
    let mut written = 0;
    while rows.peek().is_some() {
        let mut tx = database.begin().await?;
        for _ in 0..KEPT / ROWS {
            let some: Vec<Row> = rows.by_ref().take(ROWS).map(|(row, id)| Row { id, ..row }).collect();
            written += some.len();
            insert(&mut tx, source, some).await?;
        }
        tx.commit().await?;
    }
    Ok(written)
}

fn rows(order: simulate::OrderSeed, parties: &[Id<kinds::Party>], zone: &TimeZone) -> Vec<Row> {
    let at = Instant::from(order.at);
    let party = order.customer.and_then(|customer| parties.get(customer.0 as usize - 1));
    let row = |line: simulate::LineSeed| Row {
        id: 0,
        order_no: order.order_no.clone(),
        line_id: line.line_id,
        party: party.copied().map(Id::number),
        at,
        day: at.day_in(zone).epoch(),
        product: line.product,
        category: line.category,
        quantity_milli: i64::from(line.quantity) * 1000,
        amount: line.amount_minor,
        store: order.store.map(simulate::Store::name),
        channel: order.channel.name(),
    };
    order.lines.into_iter().map(row).collect()
}

/// The columns of [`insert`]'s rows, so that a later one has its default.
const COLUMNS: &str = "id, source, order_no, line_id, content_hash, revision, party, at, day, product, category, \
                       quantity_milli, amount, currency, store, staff, channel, import_id, retracted_by";

async fn insert(tx: &mut SqliteConnection, source: &str, rows: Vec<Row>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    // Nothing imports these lines again, so their content needs no hash.
    let row = format!("(?, '{source}', ?, ?, '', 1, ?, ?, ?, ?, ?, ?, ?, 'KRW', ?, null, ?, null, null)");
    let text = format!("insert into order_lines ({COLUMNS}) values {}", vec![row; rows.len()].join(", "));
    let mut query = sqlx::query(AssertSqlSafe(text)).persistent(rows.len() == ROWS);
    for row in rows {
        query = query.bind(row.id).bind(row.order_no).bind(row.line_id).bind(row.party);
        query = query.bind(row.at.micros()).bind(row.day).bind(row.product).bind(row.category);
        query = query.bind(row.quantity_milli).bind(row.amount).bind(row.store).bind(row.channel);
    }
    query.execute(tx).await?;
    Ok(())
}

/// An interaction for each line.
async fn tell(database: &mut SqliteConnection) -> Result<()> {
    let told = "insert into interactions (at, recorded_at, origin, party, kind, subject, amount, currency, store, \
                staff, channel, import_id, source, source_id, body) \
                select at, at, 'backfill', party, 'order.added', id, amount, currency, store, staff, channel, null, \
                source, order_no || ':' || line_id || '#1', '{}' from order_lines order by id";
    database.execute(told).await?;
    Ok(())
}
