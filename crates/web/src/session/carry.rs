//! Carrying an account over from the demo into an own company, so that who opens one stays signed in.
//!
//! Invariants:
//! - Whoever opens a company owns it: whatever they were in the demo, they are its owner and see everyone.
//! - What keeps others out comes along: the password, the authenticator with its last step, the recovery codes, the
//!   passkeys.

use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use store::{Db, FromRow, Lane, Result, Tx, sql};

type UserId = Id<kinds::User>;

#[derive(FromRow)]
struct CarriedUser {
    email: String,
    name: String,
    locale: String,
    password: Option<String>,
    created_at: Instant,
}

#[derive(FromRow)]
struct CarriedSession {
    id: i64,
    token_hash: Vec<u8>,
    created_at: Instant,
    seen_at: Instant,
    proved_at: Instant,
    address: String,
    agent: String,
}

#[derive(FromRow)]
struct CarriedFactor {
    secret: Vec<u8>,
    last_step: i64,
    created_at: Instant,
    confirmed_at: Option<Instant>,
}

#[derive(FromRow)]
struct CarriedPasskey {
    id: i64,
    credential: Vec<u8>,
    public_key: Vec<u8>,
    domain: String,
    name: String,
    sign_count: i64,
    backed_up: bool,
    created_at: Instant,
    used_at: Option<Instant>,
}

/// Everything of an account that goes along.
struct Carried {
    user: CarriedUser,
    sessions: Vec<CarriedSession>,
    factor: Option<CarriedFactor>,
    recovery: Vec<(Vec<u8>,)>,
    passkeys: Vec<CarriedPasskey>,
}

/// Copies a user with their sessions and second factor into the database of a new company, whose owner they become.
///
/// # Errors
/// [`store::Error::NotFound`] when `from` has no such user.
pub async fn carry_over(from: &Db, to: &Db, user: UserId) -> Result<()> {
    let mut tx = from.read().await?;
    let carried = read(&mut tx, user).await?;
    drop(tx);
    to.write(Lane::Interactive, move |tx| async move { settle(tx, user, carried).await }.boxed()).await
}

async fn read(tx: &mut Tx, user: UserId) -> Result<Carried> {
    Ok(Carried {
        user: sql!("select email, name, locale, password, created_at from users where id = $1")
            .bind(user)
            .fetch_one(tx)
            .await?,
        sessions: sql!(
            "select id, token_hash, created_at, seen_at, proved_at, address, agent from sessions where user_id = $1"
        )
        .bind(user)
        .fetch_all(tx)
        .await?,
        factor: sql!("select secret, last_step, created_at, confirmed_at from second_factors where user_id = $1")
            .bind(user)
            .fetch_optional(tx)
            .await?,
        recovery: sql!("select code_hash from recovery_codes where user_id = $1")
            .bind(user)
            .fetch_all(tx)
            .await?,
        passkeys: sql!(
            "select id, credential, public_key, domain, name, sign_count, backed_up, created_at, used_at \
             from passkeys where user_id = $1"
        )
        .bind(user)
        .fetch_all(tx)
        .await?,
    })
}

async fn settle(tx: &mut Tx, user: UserId, carried: Carried) -> Result<()> {
    let row = carried.user;
    sql!(
        "insert into users (id, email, name, role, locale, password, created_at) \
         values ($1, $2, $3, 'owner', $4, $5, $6) on conflict do nothing"
    )
    .bind(user)
    .bind(row.email)
    .bind(row.name)
    .bind(row.locale)
    .bind(row.password)
    .bind(row.created_at)
    .execute(tx)
    .await?;
    for session in carried.sessions {
        settle_session(tx, user, session).await?;
    }
    if let Some(factor) = carried.factor {
        sql!(
            "insert into second_factors (user_id, secret, last_step, created_at, confirmed_at) \
             values ($1, $2, $3, $4, $5) on conflict do nothing"
        )
        .bind(user)
        .bind(factor.secret)
        .bind(factor.last_step)
        .bind(factor.created_at)
        .bind(factor.confirmed_at)
        .execute(tx)
        .await?;
    }
    for (code_hash,) in carried.recovery {
        sql!("insert into recovery_codes (user_id, code_hash) values ($1, $2) on conflict do nothing")
            .bind(user)
            .bind(code_hash)
            .execute(tx)
            .await?;
    }
    for passkey in carried.passkeys {
        settle_passkey(tx, user, passkey).await?;
    }
    Ok(())
}

async fn settle_passkey(tx: &mut Tx, user: UserId, passkey: CarriedPasskey) -> Result<()> {
    sql!(
        "insert into passkeys (id, user_id, credential, public_key, domain, name, sign_count, backed_up, created_at, \
         used_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing"
    )
    .bind(passkey.id)
    .bind(user)
    .bind(passkey.credential)
    .bind(passkey.public_key)
    .bind(passkey.domain)
    .bind(passkey.name)
    .bind(passkey.sign_count)
    .bind(passkey.backed_up)
    .bind(passkey.created_at)
    .bind(passkey.used_at)
    .execute(tx)
    .await?;
    Ok(())
}

async fn settle_session(tx: &mut Tx, user: UserId, session: CarriedSession) -> Result<()> {
    sql!(
        "insert into sessions (id, token_hash, user_id, created_at, seen_at, address, agent, proved_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing"
    )
    .bind(session.id)
    .bind(session.token_hash)
    .bind(user)
    .bind(session.created_at)
    .bind(session.seen_at)
    .bind(session.address)
    .bind(session.agent)
    .bind(session.proved_at)
    .execute(tx)
    .await?;
    Ok(())
}
