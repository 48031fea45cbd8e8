//! Sessions in the database.

use super::{ABSOLUTE, Actor, Current, IDLE, Token};
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
    user_id: Id<kinds::User>,
    name: String,
    role: String,
    locale: String,
}

/// Opens a session for a user; gives the secret for the cookie.
pub async fn open(tx: &mut Tx, user: Id<kinds::User>, address: &str, agent: &str) -> Result<Token> {
    let token = Token::new(&*tx.environment().chance.clone());
    let id: Id<kinds::Session> = tx.id();
    let agent: String = agent.chars().take(AGENT_CHARS).collect();
    sql!(
        "insert into sessions (id, token_hash, user_id, created_at, seen_at, address, agent) \
         values ($1, $2, $3, $4, $4, $5, $6)"
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
        "select s.id, s.seen_at, s.user_id, u.name, u.role, u.locale from sessions s \
         join users u on u.id = s.user_id where s.token_hash = $1 and s.created_at > $2 and s.seen_at > $3"
    )
    .bind(token.hash())
    .bind(tx.now().plus(-ABSOLUTE))
    .bind(tx.now().plus(-IDLE))
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let role = row.role.parse().map_err(store::Error::Corrupt)?;
    let locale = row.locale.parse().unwrap_or_default();
    let actor = Actor { user: row.user_id, name: row.name, role, locale };
    let stale = row.seen_at < tx.now().plus(-SEEN);
    Ok(Some(Found { current: Current { actor, session: row.id }, stale }))
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
            sql!("delete from sessions where created_at <= $1 or seen_at <= $2")
                .bind(tx.now().plus(-ABSOLUTE))
                .bind(tx.now().plus(-IDLE))
                .execute(tx)
                .await?;
            super::links::sweep(tx).await?;
            super::tries::sweep(tx).await
        }
        .boxed()
    })
    .await
}

#[derive(FromRow)]
struct Carried {
    id: i64,
    token_hash: Vec<u8>,
    created_at: Instant,
    seen_at: Instant,
    address: String,
    agent: String,
}

#[derive(FromRow)]
struct CarriedUser {
    email: String,
    name: String,
    role: String,
    locale: String,
    password: Option<String>,
    created_at: Instant,
}

/// Copies a user with their sessions into another database, so that who opens an own company from the demo stays
/// signed in.
///
/// # Errors
/// [`store::Error::NotFound`] when `from` has no such user.
pub async fn carry_over(from: &Db, to: &Db, user: Id<kinds::User>) -> Result<()> {
    let mut tx = from.read().await?;
    let row: CarriedUser =
        sql!("select email, name, role, locale, password, created_at from users where id = $1")
            .bind(user)
            .fetch_one(&mut tx)
            .await?;
    let sessions: Vec<Carried> =
        sql!("select id, token_hash, created_at, seen_at, address, agent from sessions where user_id = $1")
            .bind(user)
            .fetch_all(&mut tx)
            .await?;
    drop(tx);
    to.write(Lane::Interactive, move |tx| async move { settle(tx, user, row, sessions).await }.boxed()).await
}

async fn settle(tx: &mut Tx, user: Id<kinds::User>, row: CarriedUser, sessions: Vec<Carried>) -> Result<()> {
    sql!(
        "insert into users (id, email, name, role, locale, password, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing"
    )
    .bind(user)
    .bind(row.email)
    .bind(row.name)
    .bind(row.role)
    .bind(row.locale)
    .bind(row.password)
    .bind(row.created_at)
    .execute(tx)
    .await?;
    for session in sessions {
        sql!(
            "insert into sessions (id, token_hash, user_id, created_at, seen_at, address, agent) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing"
        )
        .bind(session.id)
        .bind(session.token_hash)
        .bind(user)
        .bind(session.created_at)
        .bind(session.seen_at)
        .bind(session.address)
        .bind(session.agent)
        .execute(tx)
        .await?;
    }
    Ok(())
}
