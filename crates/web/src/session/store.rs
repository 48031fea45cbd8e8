//! Sessions in the database.

use super::{ABSOLUTE, AccessSettings, Current, Token};
use crate::{Role, user};
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use store::{Db, FromRow, Lane, Result, Tx, sql};

/// How old `seen_at` may be before it is written again: a write a minute, not one a request.
const SEEN: i64 = 60 * Instant::SECOND;
/// Characters of a browser's name that are kept.
const AGENT_CHARS: usize = 200;

/// A session that a token opened.
pub(crate) struct Found {
    /// The user and the session.
    pub current: Current,
    /// Whether it should be marked as seen now.
    pub stale: bool,
}

#[derive(FromRow)]
struct Row {
    id: Id<kinds::Session>,
    seen_at: Instant,
    proved_at: Instant,
    user_id: Id<kinds::User>,
}

/// Opens a session for a user; gives the secret for the cookie.
pub async fn open(tx: &mut Tx, user: Id<kinds::User>, address: &str, agent: &str) -> Result<Token> {
    let token = Token::new(&*tx.environment().chance.clone());
    let id: Id<kinds::Session> = tx.id();
    let agent: String = agent.chars().take(AGENT_CHARS).collect();
    sql!(
        "insert into sessions (id, token_hash, user_id, created_at, seen_at, proved_at, address, agent) \
         values ($1, $2, $3, $4, $4, $4, $5, $6)"
    )
    .bind(id)
    .bind(token.hash())
    .bind(user)
    .bind(tx.now())
    .bind(address)
    .bind(agent)
    .execute(tx)
    .await?;
    Ok(token)
}

/// The live session that `token` names.
pub(crate) async fn find(tx: &mut Tx, token: &Token) -> Result<Option<Found>> {
    let row: Option<Row> = sql!(
        "select id, seen_at, proved_at, user_id from sessions where token_hash = $1 and created_at > $2"
    )
    .bind(token.hash())
    .bind(tx.now().plus(-ABSOLUTE))
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let Some(user) = user::find(tx, row.user_id).await?.filter(|user| user.active) else { return Ok(None) };
    let idle = AccessSettings::load(tx).await?.idle(user.role);
    if row.seen_at <= tx.now().plus(-idle) {
        return Ok(None);
    }
    let stale = row.seen_at < tx.now().plus(-SEEN);
    let current = Current { actor: (&user).into(), session: row.id, proved_at: row.proved_at };
    Ok(Some(Found { current, stale }))
}

/// Notes that whoever has the session has just proved who they are; gives the new secret that replaces the old one.
pub(super) async fn prove(tx: &mut Tx, session: Id<kinds::Session>) -> Result<Token> {
    let token = Token::new(&*tx.environment().chance.clone());
    sql!("update sessions set token_hash = $1, proved_at = $2, seen_at = $2 where id = $3")
        .bind(token.hash())
        .bind(tx.now())
        .bind(session)
        .execute(tx)
        .await?;
    Ok(token)
}

/// Dates the proof of who somebody is back, to when they gave it elsewhere.
pub(super) async fn date_proof(tx: &mut Tx, token: &Token, proved_at: Instant) -> Result<()> {
    sql!("update sessions set proved_at = $1 where token_hash = $2")
        .bind(proved_at)
        .bind(token.hash())
        .execute(tx)
        .await?;
    Ok(())
}

/// A session as its user sees it.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Open {
    pub id: Id<kinds::Session>,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub address: String,
    pub agent: String,
}

/// The live sessions of a user with this role, the last used first.
pub(super) async fn of(tx: &mut Tx, user: Id<kinds::User>, role: Role) -> Result<Vec<Open>> {
    let idle = AccessSettings::load(tx).await?.idle(role);
    sql!(
        "select id, created_at, seen_at, address, agent from sessions \
         where user_id = $1 and created_at > $2 and seen_at > $3 order by seen_at desc, id desc limit 200"
    )
    .bind(user)
    .bind(tx.now().plus(-ABSOLUTE))
    .bind(tx.now().plus(-idle))
    .fetch_all(tx)
    .await
}

/// Ends one session of a user; gives whether there was one.
pub(super) async fn end_one(tx: &mut Tx, user: Id<kinds::User>, session: Id<kinds::Session>) -> Result<bool> {
    let ended = sql!("delete from sessions where id = $1 and user_id = $2")
        .bind(session)
        .bind(user)
        .execute(tx)
        .await?;
    Ok(ended == 1)
}

/// Marks a session as seen now.
pub(crate) async fn touch(tx: &mut Tx, session: Id<kinds::Session>) -> Result<()> {
    sql!("update sessions set seen_at = $1 where id = $2").bind(tx.now()).bind(session).execute(tx).await?;
    Ok(())
}

/// Ends the session that `token` names.
pub(super) async fn end(tx: &mut Tx, token: &Token) -> Result<()> {
    sql!("delete from sessions where token_hash = $1").bind(token.hash()).execute(tx).await?;
    Ok(())
}

/// Ends every session of a user but `kept`.
pub(super) async fn end_others(tx: &mut Tx, user: Id<kinds::User>, kept: Id<kinds::Session>) -> Result<()> {
    sql!("delete from sessions where user_id = $1 and id <> $2").bind(user).bind(kept).execute(tx).await?;
    Ok(())
}

/// Ends every session of a user: after a reset, or a change of role.
pub async fn end_all(tx: &mut Tx, user: Id<kinds::User>) -> Result<()> {
    sql!("delete from sessions where user_id = $1").bind(user).execute(tx).await?;
    Ok(())
}

/// Removes sessions and links that have run out, and tries that no longer count.
pub(super) async fn sweep(db: &Db) -> Result<()> {
    db.write(Lane::Reaction, |tx| {
        async move {
            // Nobody's is longer; an owner's that ended sooner is refused when it comes.
            let idle = AccessSettings::load(tx).await?.idle(Role::Staff);
            sql!("delete from sessions where created_at <= $1 or seen_at <= $2")
                .bind(tx.now().plus(-ABSOLUTE))
                .bind(tx.now().plus(-idle))
                .execute(tx)
                .await?;
            super::links::sweep(tx).await?;
            super::passkey::sweep(tx).await?;
            super::sso::sweep(tx).await?;
            super::tries::sweep(tx).await
        }
        .boxed()
    })
    .await
}
