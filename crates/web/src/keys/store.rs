//! Keys in the database.

use super::{KeyScope, PREFIX};
use crate::session::Token;
use crate::{Actor, user};
use kernel::{Chance, Id, Instant, kinds};
use store::{FromRow, Result, Tx, sql};

type KeyId = Id<kinds::ApiKey>;

/// How old `used_at` may be before it is written again.
const USED: i64 = 60 * Instant::SECOND;
/// Keys listed at most.
const LISTED: i64 = 500;
/// Letters by which people tell keys apart.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A key as its row stands.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Row {
    pub id: KeyId,
    pub prefix: String,
    pub name: String,
    pub scopes: String,
    pub maker: Id<kinds::User>,
    pub maker_name: String,
    pub created_at: Instant,
    pub expires_at: Option<Instant>,
    pub used_at: Option<Instant>,
}

/// The live key that a request came with.
pub(crate) struct Found {
    /// The key.
    pub key: KeyId,
    /// For whom it acts.
    pub actor: Actor,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// Whether its use should be noted now.
    pub stale: bool,
}

/// The beginning of a new key and its whole text.
pub(super) fn fresh(chance: &dyn Chance) -> (String, Token) {
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    let letters: String = bytes.iter().map(|byte| LETTERS[usize::from(byte % 32)] as char).collect();
    let prefix = format!("{PREFIX}{letters}");
    let key = Token::sent(format!("{prefix}_{}", Token::new(chance).reveal()));
    (prefix, key)
}

/// Writes a new key.
pub(super) async fn insert(tx: &mut Tx, row: &Row, key: &Token) -> Result<()> {
    sql!(
        "insert into api_keys (id, prefix, secret_hash, name, scopes, user_id, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    .bind(row.id)
    .bind(&row.prefix)
    .bind(key.hash())
    .bind(&row.name)
    .bind(&row.scopes)
    .bind(row.maker)
    .bind(row.created_at)
    .bind(row.expires_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// All keys, the newest first.
pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Row>> {
    sql!(
        "select k.id, k.prefix, k.name, k.scopes, k.user_id as maker, u.name as maker_name, k.created_at, \
         k.expires_at, k.used_at from api_keys k join users u on u.id = k.user_id order by k.id desc limit $1"
    )
    .bind(LISTED)
    .fetch_all(tx)
    .await
}

/// Removes a key; gives whether there was one.
pub(super) async fn delete(tx: &mut Tx, key: KeyId) -> Result<bool> {
    Ok(sql!("delete from api_keys where id = $1").bind(key).execute(tx).await? == 1)
}

/// The scopes of a row.
pub(super) fn scopes(text: &str) -> Result<Vec<KeyScope>> {
    text.split_whitespace().map(|scope| scope.parse().map_err(store::Error::Corrupt)).collect()
}

/// The live key that `token` is.
pub(crate) async fn find(tx: &mut Tx, token: &Token) -> Result<Option<Found>> {
    let row: Option<(KeyId, Id<kinds::User>, String, Option<Instant>)> = sql!(
        "select id, user_id, scopes, used_at from api_keys \
         where secret_hash = $1 and coalesce(expires_at, $2 + 1) > $2"
    )
    .bind(token.hash())
    .bind(tx.now())
    .fetch_optional(tx)
    .await?;
    let Some((key, maker, text, used_at)) = row else { return Ok(None) };
    let Some(maker) = user::find(tx, maker).await?.filter(|maker| maker.active) else { return Ok(None) };
    let stale = used_at.is_none_or(|used| used < tx.now().plus(-USED));
    let actor = Actor { key: Some(key), ..Actor::from(&maker) };
    Ok(Some(Found { key, actor, scopes: scopes(&text)?, stale }))
}

/// Notes that a key was used now.
pub(crate) async fn touch(tx: &mut Tx, key: KeyId) -> Result<()> {
    sql!("update api_keys set used_at = $1 where id = $2").bind(tx.now()).bind(key).execute(tx).await?;
    Ok(())
}
