//! Passkeys and open challenges in the database.

use super::{CHALLENGE, ceremony};
use crate::session::Token;
use ::store::{FromRow, Result, Tx, sql};
use kernel::{Id, Instant, kinds};
use serde::Serialize;

type UserId = Id<kinds::User>;
type PasskeyId = Id<kinds::Passkey>;

/// A passkey as its owner sees it.
#[derive(Debug, Clone, Serialize, FromRow, utoipa::ToSchema)]
pub struct Passkey {
    /// The passkey.
    #[schema(value_type = String)]
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// The name of the site it works on.
    pub domain: String,
    /// Whether its maker keeps a copy, so that a lost device does not lose it.
    pub backed_up: bool,
    /// Since when.
    #[schema(value_type = String)]
    pub created_at: Instant,
    /// When it was last used.
    #[schema(value_type = Option<String>)]
    pub used_at: Option<Instant>,
}

/// A passkey as a ceremony needs it.
#[derive(Debug, FromRow)]
pub struct Known {
    pub id: PasskeyId,
    pub user_id: UserId,
    pub public_key: Vec<u8>,
    pub sign_count: i64,
}

/// Keeps a challenge for a ceremony, of `user` or of whoever comes; gives it.
pub async fn challenge(tx: &mut Tx, purpose: &str, user: Option<UserId>) -> Result<Token> {
    let token = Token::new(&*tx.environment().chance.clone());
    sql!("insert into passkey_challenges (hash, purpose, user_id, created_at) values ($1, $2, $3, $4)")
        .bind(token.hash())
        .bind(purpose)
        .bind(user)
        .bind(tx.now())
        .execute(tx)
        .await?;
    Ok(token)
}

/// Uses a challenge up; gives whether it was open for this ceremony of `user`.
pub async fn take(tx: &mut Tx, challenge: &str, purpose: &str, user: Option<UserId>) -> Result<bool> {
    let taken = sql!(
        "delete from passkey_challenges where hash = $1 and purpose = $2 and user_id is not distinct from $3 \
         and created_at > $4"
    )
    .bind(Token::sent(challenge).hash())
    .bind(purpose)
    .bind(user)
    .bind(tx.now().plus(-CHALLENGE))
    .execute(tx)
    .await?;
    Ok(taken == 1)
}

/// Removes challenges that have run out.
pub(in crate::session) async fn sweep(tx: &mut Tx) -> Result<()> {
    sql!("delete from passkey_challenges where created_at <= $1")
        .bind(tx.now().plus(-CHALLENGE))
        .execute(tx)
        .await?;
    Ok(())
}

/// Keeps a new passkey; none when somebody has it already.
pub async fn insert(
    tx: &mut Tx,
    user: UserId,
    name: &str,
    domain: &str,
    made: ceremony::Made,
) -> Result<Option<Passkey>> {
    let id: PasskeyId = tx.id();
    let kept = sql!(
        "insert into passkeys (id, user_id, credential, public_key, domain, name, sign_count, backed_up, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (credential) do nothing"
    )
    .bind(id)
    .bind(user)
    .bind(made.credential)
    .bind(made.key)
    .bind(domain)
    .bind(name)
    .bind(made.count)
    .bind(made.backed_up)
    .bind(tx.now())
    .execute(tx)
    .await?;
    let (name, domain) = (name.to_owned(), domain.to_owned());
    let (backed_up, created_at) = (made.backed_up, tx.now());
    Ok((kept == 1).then_some(Passkey { id, name, domain, backed_up, created_at, used_at: None }))
}

/// The passkeys of a user, the oldest first.
pub async fn of(tx: &mut Tx, user: UserId) -> Result<Vec<Passkey>> {
    sql!(
        "select id, name, domain, backed_up, created_at, used_at from passkeys where user_id = $1 order by id"
    )
    .bind(user)
    .fetch_all(tx)
    .await
}

/// The ids under which a user's devices know theirs of a site.
pub async fn credentials(tx: &mut Tx, user: UserId, domain: &str) -> Result<Vec<Vec<u8>>> {
    let rows: Vec<(Vec<u8>,)> =
        sql!("select credential from passkeys where user_id = $1 and domain = $2 order by id")
            .bind(user)
            .bind(domain)
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(|(credential,)| credential).collect())
}

/// The passkey with this id on this site. Its row stays locked: of two uses at once one sees the other's count.
pub async fn known(tx: &mut Tx, credential: Vec<u8>, domain: &str) -> Result<Option<Known>> {
    sql!(
        "update passkeys set sign_count = sign_count where credential = $1 and domain = $2 \
         returning id, user_id, public_key, sign_count"
    )
    .bind(credential)
    .bind(domain)
    .fetch_optional(tx)
    .await
}

/// Notes a use.
pub async fn mark_used(tx: &mut Tx, id: PasskeyId, used: &ceremony::Used) -> Result<()> {
    sql!("update passkeys set sign_count = $1, backed_up = $2, used_at = $3 where id = $4")
        .bind(used.count)
        .bind(used.backed_up)
        .bind(tx.now())
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives one another name; gives whether it is there.
pub async fn rename(tx: &mut Tx, user: UserId, id: PasskeyId, name: &str) -> Result<bool> {
    let renamed = sql!("update passkeys set name = $1 where id = $2 and user_id = $3")
        .bind(name)
        .bind(id)
        .bind(user)
        .execute(tx)
        .await?;
    Ok(renamed == 1)
}

/// Removes one of a user; gives whether it was there.
pub async fn remove(tx: &mut Tx, user: UserId, id: PasskeyId) -> Result<bool> {
    let removed =
        sql!("delete from passkeys where id = $1 and user_id = $2").bind(id).bind(user).execute(tx).await?;
    Ok(removed == 1)
}

/// Removes all of a user; gives whether there was any.
pub(in crate::session) async fn remove_all(tx: &mut Tx, user: UserId) -> Result<bool> {
    Ok(sql!("delete from passkeys where user_id = $1").bind(user).execute(tx).await? > 0)
}

/// Whether a user has any.
pub(in crate::session) async fn any(tx: &mut Tx, user: UserId) -> Result<bool> {
    let row: Option<(i64,)> =
        sql!("select id from passkeys where user_id = $1 limit 1").bind(user).fetch_optional(tx).await?;
    Ok(row.is_some())
}
