//! Shops, their deliveries and what they told of, in the database.

use super::fetch;
use super::model::{DeliveryId, DeliveryState, Heard, Shop, ShopId, Waiting};
use ::store::{FromRow, Result, Tx, sql};
use kernel::{Id, Instant, kinds};

type PartyId = Id<kinds::Party>;

/// The columns of a [`Shop`], after which the condition follows.
macro_rules! shops {
    ($rest:expr) => {
        sql!(concat!(
            "select id, kind, name, account, token, secret, former_secret, former_until, created_at from shops ",
            $rest
        ))
    };
}

/// Every shop, the newest first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Shop>> {
    shops!("order by id desc").fetch_all(tx).await
}

/// One shop.
pub async fn find(tx: &mut Tx, id: ShopId) -> Result<Option<Shop>> {
    shops!("where id = $1").bind(id).fetch_optional(tx).await
}

/// The shop that delivers at this path.
pub async fn by_token(tx: &mut Tx, token: &str) -> Result<Option<Shop>> {
    shops!("where token = $1").bind(token).fetch_optional(tx).await
}

/// Adds a shop.
pub async fn insert(tx: &mut Tx, shop: &Shop) -> Result<()> {
    sql!(
        "insert into shops (id, kind, name, account, token, secret, created_at) values ($1, $2, $3, $4, $5, $6, $7)"
    )
    .bind(shop.id)
    .bind(shop.kind.text())
    .bind(&shop.name)
    .bind(&shop.account)
    .bind(&shop.token)
    .bind(shop.secret.clone())
    .bind(shop.created_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Calls a shop something else.
pub async fn rename(tx: &mut Tx, id: ShopId, name: &str) -> Result<()> {
    sql!("update shops set name = $2 where id = $1").bind(id).bind(name).execute(tx).await?;
    Ok(())
}

/// Gives a shop a new secret; the one before it is taken until `until`.
pub async fn write_secret(tx: &mut Tx, id: ShopId, secret: &[u8], until: Instant) -> Result<()> {
    sql!("update shops set former_secret = secret, former_until = $3, secret = $2 where id = $1")
        .bind(id)
        .bind(secret.to_vec())
        .bind(until)
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes the former secret away.
pub async fn drop_former(tx: &mut Tx, id: ShopId) -> Result<()> {
    sql!("update shops set former_secret = null, former_until = null where id = $1")
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Removes a shop with its deliveries. The orders stay.
pub async fn delete(tx: &mut Tx, id: ShopId) -> Result<bool> {
    sql!("delete from shop_deliveries where shop = $1").bind(id).execute(tx).await?;
    sql!("delete from shop_objects where shop = $1").bind(id).execute(tx).await?;
    fetch::store::delete(tx, id).await?;
    Ok(sql!("delete from shops where id = $1").bind(id).execute(tx).await? == 1)
}

/// Whether this event was told before.
pub async fn is_known(tx: &mut Tx, shop: ShopId, event: &str) -> Result<bool> {
    let row: Option<(DeliveryId,)> = sql!("select id from shop_deliveries where shop = $1 and event = $2")
        .bind(shop)
        .bind(event)
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}

/// Keeps a delivery; gives whether it was new.
pub async fn keep(
    tx: &mut Tx,
    shop: ShopId,
    event: &str,
    topic: &str,
    body: &str,
    heard: Heard,
) -> Result<bool> {
    let id: DeliveryId = tx.id();
    let kept = sql!(
        "insert into shop_deliveries (id, shop, event, topic, body, received_at, state, tries, heard) \
         values ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7) on conflict (shop, event) do nothing"
    )
    .bind(id)
    .bind(shop)
    .bind(event)
    .bind(topic)
    .bind(body)
    .bind(tx.now())
    .bind(heard.text())
    .execute(tx)
    .await?;
    Ok(kept == 1)
}

/// Deliveries that wait, the oldest first.
pub async fn waiting(tx: &mut Tx, shop: ShopId, limit: i64) -> Result<Vec<Waiting>> {
    sql!(
        "select id, topic, body, received_at, tries from shop_deliveries where shop = $1 and state = 'waiting' \
         order by id limit $2"
    )
    .bind(shop)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// Shops of which something waits.
pub async fn with_waiting(tx: &mut Tx) -> Result<Vec<(ShopId,)>> {
    sql!(
        "select s.id from shops s where exists (select 1 from shop_deliveries d where d.shop = s.id and d.state = 'waiting')"
    )
    .fetch_all(tx)
    .await
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Where it stands.
    pub state: DeliveryState,
    /// What happened, as a code.
    pub outcome: &'static str,
    /// What it is about, as the shop names it.
    pub object: Option<String>,
    /// Whom it is about.
    pub party: Option<PartyId>,
    /// Whether what was told may not be kept.
    pub forget: bool,
}

/// Writes what became of a delivery.
pub async fn settle(tx: &mut Tx, id: DeliveryId, settled: &Settled) -> Result<()> {
    sql!(
        "update shop_deliveries set state = $2, outcome = $3, object = $4, party = $5, settled_at = $6, \
         tries = tries + 1, body = case when $7 then null else body end where id = $1"
    )
    .bind(id)
    .bind(settled.state.text())
    .bind(settled.outcome)
    .bind(settled.object.clone())
    .bind(settled.party)
    .bind(tx.now())
    .bind(settled.forget)
    .execute(tx)
    .await?;
    Ok(())
}

/// Counts a try that failed, and leaves the delivery waiting.
pub async fn tried(tx: &mut Tx, id: DeliveryId) -> Result<()> {
    sql!("update shop_deliveries set tries = tries + 1 where id = $1").bind(id).execute(tx).await?;
    Ok(())
}

/// Takes note of the version of something; gives whether nothing newer was told before.
pub async fn is_newest(tx: &mut Tx, shop: ShopId, object: &str, version: i64) -> Result<bool> {
    let noted = sql!(
        "insert into shop_objects (shop, object, version) values ($1, $2, $3) on conflict (shop, object) do update \
         set version = excluded.version where shop_objects.version <= excluded.version"
    )
    .bind(shop)
    .bind(object)
    .bind(version)
    .execute(tx)
    .await?;
    Ok(noted == 1)
}

/// Says whose something is.
pub async fn belongs(tx: &mut Tx, shop: ShopId, object: &str, party: Option<PartyId>) -> Result<()> {
    sql!("update shop_objects set party = $3 where shop = $1 and object = $2")
        .bind(shop)
        .bind(object)
        .bind(party)
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets that something was told of.
pub async fn forget_object(tx: &mut Tx, shop: ShopId, object: &str) -> Result<()> {
    sql!("delete from shop_objects where shop = $1 and object = $2")
        .bind(shop)
        .bind(object)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whose something is.
pub async fn owner(tx: &mut Tx, shop: ShopId, object: &str) -> Result<Option<PartyId>> {
    let row: Option<(Option<PartyId>,)> =
        sql!("select party from shop_objects where shop = $1 and object = $2")
            .bind(shop)
            .bind(object)
            .fetch_optional(tx)
            .await?;
    Ok(row.and_then(|(party,)| party))
}

/// How a shop's deliveries stand.
#[derive(Debug, Clone, Copy, Default, FromRow)]
pub struct Standing {
    /// When the last one came.
    pub last_at: Option<Instant>,
    /// How many wait.
    pub waiting: i64,
    /// How many could not be applied.
    pub failed: i64,
}

/// How the deliveries of a shop stand.
pub async fn standing(tx: &mut Tx, shop: ShopId) -> Result<Standing> {
    sql!(
        "select (select d.received_at from shop_deliveries d where d.shop = $1 order by d.id desc limit 1) as last_at, \
         (select count(*) from shop_deliveries w where w.shop = $1 and w.state = 'waiting') as waiting, \
         (select count(*) from shop_deliveries f where f.shop = $1 and f.state = 'failed') as failed"
    )
    .bind(shop)
    .fetch_one(tx)
    .await
}

/// A delivery as the log of them shows it.
#[derive(Debug, Clone, FromRow)]
pub struct Shown {
    /// Its id.
    pub id: DeliveryId,
    /// What it is about, in the shop's own word.
    pub topic: String,
    /// The shop's name of the event.
    pub event: String,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: DeliveryState,
    /// What happened, as a code.
    pub outcome: Option<String>,
    /// How often it was tried.
    pub tries: i64,
    /// When it came.
    pub received_at: Instant,
    /// When it was settled.
    pub settled_at: Option<Instant>,
    /// Whether it can be applied again.
    pub kept: bool,
    /// How it was heard.
    #[sqlx(try_from = "String")]
    pub heard: Heard,
}

/// A page of deliveries of a shop before `before`, the newest first; those in one state, or all.
pub async fn page(
    tx: &mut Tx,
    shop: ShopId,
    state: Option<&str>,
    before: i64,
    limit: i64,
) -> Result<Vec<Shown>> {
    sql!(
        "select id, topic, event, state, outcome, tries, received_at, settled_at, body is not null as kept, heard \
         from shop_deliveries where shop = $1 and id < $2 and state = coalesce($3, state) order by id desc limit $4"
    )
    .bind(shop)
    .bind(before)
    .bind(state.map(str::to_owned))
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// One delivery.
pub async fn shown(tx: &mut Tx, shop: ShopId, id: DeliveryId) -> Result<Option<Shown>> {
    sql!(
        "select id, topic, event, state, outcome, tries, received_at, settled_at, body is not null as kept, heard \
         from shop_deliveries where shop = $1 and id = $2"
    )
    .bind(shop)
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// Lets a delivery be applied again.
pub async fn replay(tx: &mut Tx, id: DeliveryId) -> Result<()> {
    sql!("update shop_deliveries set state = 'waiting', tries = 0, outcome = null, settled_at = null where id = $1")
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Lets every delivery be applied again that failed and is still kept; gives how many.
pub async fn replay_failed(tx: &mut Tx, shop: ShopId) -> Result<u64> {
    sql!(
        "update shop_deliveries set state = 'waiting', tries = 0, outcome = null, settled_at = null \
         where shop = $1 and state = 'failed' and body is not null"
    )
    .bind(shop)
    .execute(tx)
    .await
}

/// Forgets what was told before `before` and is settled; at most `limit` at once. Gives how many.
pub async fn forget_before(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64> {
    sql!(
        "update shop_deliveries set body = null where id in (select id from shop_deliveries where received_at < $1 \
         and body is not null and state <> 'waiting' order by received_at limit $2)"
    )
    .bind(before)
    .bind(limit)
    .execute(tx)
    .await
}
