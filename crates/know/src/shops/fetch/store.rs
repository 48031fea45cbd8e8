//! How shops are asked, in the database.

use super::super::model::ShopId;
use super::model::{Fault, Fetching};
use ::store::{FromRow, Result, Tx, sql};
use kernel::Instant;

/// How a shop is asked, if that was entered.
pub async fn find(tx: &mut Tx, shop: ShopId) -> Result<Option<Fetching>> {
    sql!(
        "select shop, state, base, token_path, list_path, detail_path, page_limit, every_minutes, back_days, client_id, \
         client_secret, refresh_token, cursor, tried_at, fetched_at, fault, failures, missed, missed_last \
         from shop_fetches where shop = $1"
    )
    .bind(shop)
    .fetch_optional(tx)
    .await
}

/// Nobody else writes the row until this transaction ends: a secret that is renewed meanwhile is not written over
/// (PostgreSQL; SQLite has one writer).
pub async fn hold(tx: &mut Tx, shop: ShopId) -> Result<()> {
    sql!("update shop_fetches set failures = failures where shop = $1").bind(shop).execute(tx).await?;
    Ok(())
}

/// Writes how a shop is asked; how it went stays. Another address knows nothing of what was asked so far.
pub async fn write(tx: &mut Tx, row: &Fetching) -> Result<()> {
    sql!(
        "insert into shop_fetches (shop, state, base, token_path, list_path, detail_path, page_limit, every_minutes, \
         back_days, client_id, client_secret, refresh_token, cursor, failures, missed, missed_last) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0) on conflict (shop) do update set \
         state = excluded.state, base = excluded.base, token_path = excluded.token_path, \
         list_path = excluded.list_path, detail_path = excluded.detail_path, page_limit = excluded.page_limit, \
         every_minutes = excluded.every_minutes, back_days = excluded.back_days, client_id = excluded.client_id, \
         client_secret = excluded.client_secret, refresh_token = excluded.refresh_token, cursor = excluded.cursor, \
         fault = null, failures = 0"
    )
    .bind(row.shop)
    .bind(&row.state)
    .bind(&row.base)
    .bind(&row.token_path)
    .bind(&row.list_path)
    .bind(&row.detail_path)
    .bind(row.page_limit)
    .bind(row.every_minutes)
    .bind(row.back_days)
    .bind(&row.client_id)
    .bind(row.client_secret.clone())
    .bind(row.refresh_token.clone())
    .bind(row.cursor)
    .execute(tx)
    .await?;
    Ok(())
}

/// Says until when everything was fetched.
pub async fn reach(tx: &mut Tx, shop: ShopId, cursor: Instant) -> Result<()> {
    sql!("update shop_fetches set cursor = $2 where shop = $1").bind(shop).bind(cursor).execute(tx).await?;
    Ok(())
}

/// Keeps the token for the next token, unless another was entered meanwhile in place of `used`.
pub async fn renew(tx: &mut Tx, shop: ShopId, used: &str, next: &str) -> Result<()> {
    sql!("update shop_fetches set refresh_token = $3 where shop = $1 and refresh_token = $2")
        .bind(shop)
        .bind(used.as_bytes().to_vec())
        .bind(next.as_bytes().to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// A turn begins: it has found nothing yet.
pub async fn begins(tx: &mut Tx, shop: ShopId) -> Result<()> {
    sql!("update shop_fetches set missed_last = 0 where shop = $1").bind(shop).execute(tx).await?;
    Ok(())
}

/// Counts missed deliveries, in the transaction that keeps them: a turn that is cut off has found them as well.
pub async fn found(tx: &mut Tx, shop: ShopId, missed: i64) -> Result<()> {
    sql!("update shop_fetches set missed = missed + $2, missed_last = missed_last + $2 where shop = $1")
        .bind(shop)
        .bind(missed)
        .execute(tx)
        .await?;
    Ok(())
}

/// A shop that does not answer.
#[derive(Debug, FromRow)]
pub struct Silent {
    /// What it is called.
    pub name: String,
    /// Its kind.
    pub kind: String,
}

/// Shops that are asked and did not answer, at least so many times in a row.
pub async fn failing(tx: &mut Tx, times: i64) -> Result<Vec<Silent>> {
    sql!(
        "select s.name, s.kind from shop_fetches f join shops s on s.id = f.shop \
         where f.state = 'on' and f.fault is not null and f.failures >= $1 order by s.id"
    )
    .bind(times)
    .fetch_all(tx)
    .await
}

/// Writes how a turn went: that it ended, or why it did not.
pub async fn ended(tx: &mut Tx, shop: ShopId, fault: Option<Fault>) -> Result<()> {
    let fault = fault.map(Fault::code);
    sql!(
        "update shop_fetches set tried_at = $2, fetched_at = case when cast($3 as text) is null then $2 else fetched_at end, \
         fault = $3, failures = case when cast($3 as text) is null then 0 else failures + 1 end where shop = $1"
    )
    .bind(shop)
    .bind(tx.now())
    .bind(fault.map(str::to_owned))
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets how a shop is asked.
pub async fn delete(tx: &mut Tx, shop: ShopId) -> Result<()> {
    sql!("delete from shop_fetches where shop = $1").bind(shop).execute(tx).await?;
    Ok(())
}
