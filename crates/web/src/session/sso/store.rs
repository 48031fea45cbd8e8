//! Tries that are on their way, and who is whom, in the database.

use super::AWAY;
use super::api::SsoPurpose;
use super::provider::Errand;
use super::token::Said;
use crate::session::Token;
use ::store::{Error, FromRow, Result, Tx, sql};
use kernel::{Id, Instant, kinds};
use serde::Serialize;

type UserId = Id<kinds::User>;

/// A try that came back.
#[derive(Debug)]
pub struct Attempt {
    pub purpose: SsoPurpose,
    /// The provider it went to.
    pub issuer: String,
    pub errand: Errand,
    /// Whose account it is about; nobody's yet when signing in.
    pub user: Option<UserId>,
    pub begun_at: Instant,
}

#[derive(FromRow)]
struct Row {
    purpose: String,
    issuer: String,
    state: String,
    nonce: String,
    verifier: String,
    back: String,
    user_id: Option<UserId>,
    created_at: Instant,
}

impl Row {
    fn attempt(self) -> Result<Attempt> {
        let Self { issuer, state, nonce, verifier, back, user_id, created_at, .. } = self;
        let purpose = SsoPurpose::read(&self.purpose)
            .ok_or_else(|| Error::Corrupt(format!("\"{}\" is no purpose of a try", self.purpose)))?;
        let errand = Errand { state, nonce, verifier, back, anew: purpose == SsoPurpose::Proof };
        Ok(Attempt { purpose, issuer, errand, user: user_id, begun_at: created_at })
    }
}

/// Keeps what must come back to the browser with the cookie `browser`.
pub async fn begin(tx: &mut Tx, browser: &Token, attempt: &Attempt) -> Result<()> {
    let Errand { state, nonce, verifier, back, .. } = &attempt.errand;
    sql!(
        "insert into sso_attempts (browser_hash, purpose, issuer, state, nonce, verifier, back, user_id, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    )
    .bind(browser.hash())
    .bind(attempt.purpose.text())
    .bind(&attempt.issuer)
    .bind(state)
    .bind(nonce)
    .bind(verifier)
    .bind(back)
    .bind(attempt.user)
    .bind(attempt.begun_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Uses up the try of a browser.
pub async fn take(tx: &mut Tx, browser: &Token) -> Result<Option<Attempt>> {
    let row: Option<Row> = sql!(
        "delete from sso_attempts where browser_hash = $1 and created_at > $2 \
         returning purpose, issuer, state, nonce, verifier, back, user_id, created_at"
    )
    .bind(browser.hash())
    .bind(tx.now().plus(-AWAY))
    .fetch_optional(tx)
    .await?;
    row.map(Row::attempt).transpose()
}

/// Removes tries of people who did not come back.
pub(in crate::session) async fn sweep(tx: &mut Tx) -> Result<()> {
    sql!("delete from sso_attempts where created_at <= $1").bind(tx.now().plus(-AWAY)).execute(tx).await?;
    Ok(())
}

/// An account at a provider that is somebody's here.
#[derive(Debug, Clone, Serialize, FromRow, utoipa::ToSchema)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The e-mail address by which the provider called it when it was linked.
    pub email: Option<String>,
    /// Since when.
    #[schema(value_type = String)]
    pub created_at: Instant,
    /// When it was last used.
    #[schema(value_type = Option<String>)]
    pub used_at: Option<Instant>,
}

/// Who `subject` of `issuer` is; notes the use.
pub async fn used_by(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<UserId>> {
    let row: Option<(UserId,)> =
        sql!("update identities set used_at = $1 where issuer = $2 and subject = $3 returning user_id")
            .bind(tx.now())
            .bind(issuer)
            .bind(subject)
            .fetch_optional(tx)
            .await?;
    Ok(row.map(|(user,)| user))
}

/// Links what a provider said to a user; gives whether it was nobody's.
pub async fn link(tx: &mut Tx, issuer: &str, said: &Said, user: UserId) -> Result<bool> {
    let linked = sql!(
        "insert into identities (issuer, subject, user_id, email, created_at, used_at) \
         values ($1, $2, $3, $4, $5, $5) on conflict do nothing"
    )
    .bind(issuer)
    .bind(&said.subject)
    .bind(user)
    .bind(said.email.as_deref())
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(linked == 1)
}

/// What a user has linked.
pub async fn of(tx: &mut Tx, user: UserId) -> Result<Vec<Identity>> {
    sql!(
        "select issuer, email, created_at, used_at from identities where user_id = $1 \
         order by issuer, created_at, subject"
    )
    .bind(user)
    .fetch_all(tx)
    .await
}

/// Whether a user has linked an account at `issuer`.
pub async fn is_linked(tx: &mut Tx, issuer: &str, user: UserId) -> Result<bool> {
    let row: Option<(UserId,)> =
        sql!("select user_id from identities where issuer = $1 and user_id = $2 limit 1")
            .bind(issuer)
            .bind(user)
            .fetch_optional(tx)
            .await?;
    Ok(row.is_some())
}

/// Unlinks everything of a user; gives whether there was anything.
pub async fn remove_all(tx: &mut Tx, user: UserId) -> Result<bool> {
    Ok(sql!("delete from identities where user_id = $1").bind(user).execute(tx).await? > 0)
}
