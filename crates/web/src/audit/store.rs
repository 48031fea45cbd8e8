//! The tables of the audit log and its chain.

use super::chain::Entry;
use kernel::{Id, Instant, kinds};
use store::{Error, FromRow, Result, Tx, sql, sql_rows};

/// The end of the chain, as it was last signed.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Head {
    pub place: i64,
    pub hash: Vec<u8>,
    pub at: Instant,
    pub public_key: Vec<u8>,
    pub signature: Vec<u8>,
}

/// The signed end; nothing where somebody removed it.
pub(super) async fn head(tx: &mut Tx) -> Result<Option<Head>> {
    sql!("select place, hash, at, public_key, signature from audit_head where id = 1")
        .fetch_optional(tx)
        .await
}

/// The signed end, held until the transaction ends: of several sealers one writes at a time.
pub(super) async fn hold_head(tx: &mut Tx) -> Result<Head> {
    let head: Option<Head> = sql!(
        "update audit_head set place = place where id = 1 returning place, hash, at, public_key, signature"
    )
    .fetch_optional(tx)
    .await?;
    head.ok_or_else(|| Error::Corrupt("the signed end of the audit log was removed".into()))
}

/// Signs anew.
pub(super) async fn move_head(tx: &mut Tx, head: &Head) -> Result<()> {
    sql!(
        "update audit_head set place = $1, hash = $2, at = $3, public_key = $4, signature = $5 where id = 1"
    )
    .bind(head.place)
    .bind(head.hash.clone())
    .bind(head.at)
    .bind(head.public_key.clone())
    .bind(head.signature.clone())
    .execute(tx)
    .await?;
    Ok(())
}

/// How many rows wait to be chained.
pub(super) async fn waiting(tx: &mut Tx) -> Result<i64> {
    let (count,): (i64,) = sql!("select count(*) from audit_pending").fetch_one(tx).await?;
    Ok(count)
}

/// Rows that wait to be chained, the oldest first.
pub(super) async fn pending(tx: &mut Tx, limit: i64) -> Result<Vec<Entry>> {
    sql!(
        "select a.id, a.at, a.user_id, a.action, a.subject, a.detail from audit_pending p \
         join audit a on a.id = p.entry order by a.id limit $1"
    )
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// Puts rows into the chain: their places, ids and hashes.
pub(super) async fn chain(tx: &mut Tx, links: Vec<(i64, Id<kinds::Audit>, Vec<u8>)>) -> Result<()> {
    let mut insert = sql_rows!(3, "insert into audit_chain (place, entry, hash) values {rows}");
    let mut delete = sql_rows!(1, "delete from audit_pending where entry in (values {rows})");
    for (place, entry, hash) in links {
        insert.push_row([place.into(), entry.into(), hash.into()]);
        delete.push_row([entry.into()]);
    }
    insert.execute(tx).await?;
    delete.execute(tx).await?;
    Ok(())
}

/// A link of the chain; its row may be gone.
#[derive(Debug, FromRow)]
pub(super) struct Link {
    pub place: i64,
    pub entry: Id<kinds::Audit>,
    pub hash: Vec<u8>,
    pub at: Option<Instant>,
    pub user_id: Option<i64>,
    pub action: Option<String>,
    pub subject: Option<i64>,
    pub detail: Option<store::Json<serde_json::Value>>,
}

/// The links after `place`, in their order.
pub(super) async fn links(tx: &mut Tx, place: i64, limit: i64) -> Result<Vec<Link>> {
    sql!(
        "select c.place, c.entry, c.hash, a.at, a.user_id, a.action, a.subject, a.detail from audit_chain c \
         left join audit a on a.id = c.entry where c.place > $1 order by c.place limit $2"
    )
    .bind(place)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// The first row that never waited to be chained: it did not come through the program.
pub(super) async fn stranger(tx: &mut Tx) -> Result<Option<(Id<kinds::Audit>, Instant)>> {
    sql!(
        "select a.id, a.at from audit a where not exists (select 1 from audit_chain c where c.entry = a.id) \
         and not exists (select 1 from audit_pending p where p.entry = a.id) order by a.id limit 1"
    )
    .fetch_optional(tx)
    .await
}

/// The first row that waits to be chained and is gone.
pub(super) async fn vanished(tx: &mut Tx) -> Result<Option<(Id<kinds::Audit>,)>> {
    sql!(
        "select p.entry from audit_pending p where not exists (select 1 from audit a where a.id = p.entry) \
         order by p.entry limit 1"
    )
    .fetch_optional(tx)
    .await
}

/// Which rows of the audit log are asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub from: Option<Instant>,
    pub until: Option<Instant>,
    pub user: Option<i64>,
    pub action: Option<String>,
}

/// A row of the audit log as the list shows it.
#[derive(Debug, FromRow)]
pub(super) struct Listed {
    pub id: Id<kinds::Audit>,
    pub at: Instant,
    pub user_id: Option<Id<kinds::User>>,
    pub user_name: Option<String>,
    pub action: String,
    pub subject: Option<i64>,
    pub detail: store::Json<serde_json::Value>,
    pub place: Option<i64>,
}

/// The rows before `before`, the newest first.
pub(super) async fn page(
    tx: &mut Tx,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Listed>> {
    sql!(
        "select a.id, a.at, a.user_id, u.name as user_name, a.action, a.subject, a.detail, c.place from audit a \
         left join users u on u.id = a.user_id left join audit_chain c on c.entry = a.id \
         where a.id < coalesce($1, 9223372036854775807) and a.at >= coalesce($2, 0) \
         and a.at < coalesce($3, 9223372036854775807) and (cast($4 as bigint) is null or a.user_id = $4) \
         and (cast($5 as text) is null or a.action = $5 or substr(a.action, 1, length(cast($5 as text)) + 1) = $5 || '.') \
         order by a.id desc limit $6"
    )
    .bind(before)
    .bind(filter.from)
    .bind(filter.until)
    .bind(filter.user)
    .bind(filter.action.clone())
    .bind(limit)
    .fetch_all(tx)
    .await
}
