//! One-time links: how the first owner and those who are invited come in, and how a forgotten password is replaced.
//!
//! A link is a secret in a URL that the operator or a mail hands over: `/start?token=…`. It works once. A new link
//! of a kind for a user replaces the old one.

use super::Token;
use kernel::{Id, Instant, kinds};
use serde::Serialize;
use store::{FromRow, Result, Tx, sql};

/// How long a reset link works, in microseconds.
const RESET: i64 = 24 * Instant::HOUR;
/// How long an invitation works, in microseconds.
const INVITE: i64 = 7 * Instant::DAY;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Makes the first owner; works until used.
    FirstRun,
    /// Gives a user a new password; works for 24 hours.
    Reset,
    /// Lets a new user choose a password; works for seven days.
    Invite,
}

impl Kind {
    const ALL: [Self; 3] = [Self::FirstRun, Self::Reset, Self::Invite];

    /// How long it works, in microseconds.
    pub(crate) const fn lasts(self) -> Option<i64> {
        match self {
            Self::FirstRun => None,
            Self::Reset => Some(RESET),
            Self::Invite => Some(INVITE),
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::FirstRun => "first_run",
            Self::Reset => "reset",
            Self::Invite => "invite",
        }
    }
}

/// A link that still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub kind: Kind,
    pub user: Option<Id<kinds::User>>,
}

#[derive(FromRow)]
struct Row {
    kind: String,
    user_id: Option<i64>,
}

/// Makes a link; gives its secret, which is not kept.
pub async fn issue(tx: &mut Tx, kind: Kind, user: Option<Id<kinds::User>>) -> Result<Token> {
    sql!("delete from links where kind = $1 and coalesce(user_id, 0) = $2")
        .bind(kind.text())
        .bind(user.map_or(0, Id::number))
        .execute(tx)
        .await?;
    let token = Token::new(&*tx.environment().chance.clone());
    let expires = kind.lasts().map(|micros| tx.now().plus(micros));
    sql!("insert into links (token_hash, kind, user_id, created_at, expires_at) values ($1, $2, $3, $4, $5)")
        .bind(token.hash())
        .bind(kind.text())
        .bind(user)
        .bind(tx.now())
        .bind(expires)
        .execute(tx)
        .await?;
    Ok(token)
}

/// The link that `token` names, if it still works.
pub(super) async fn find(tx: &mut Tx, token: &Token) -> Result<Option<Link>> {
    let row: Option<Row> =
        sql!("select kind, user_id from links where token_hash = $1 and coalesce(expires_at, $2) >= $2")
            .bind(token.hash())
            .bind(tx.now())
            .fetch_optional(tx)
            .await?;
    row.map(link).transpose()
}

/// Uses the link up. Of two who try at once, one finds it.
pub(super) async fn take(tx: &mut Tx, token: &Token) -> Result<Option<Link>> {
    let row: Option<Row> = sql!(
        "delete from links where token_hash = $1 and coalesce(expires_at, $2) >= $2 returning kind, user_id"
    )
    .bind(token.hash())
    .bind(tx.now())
    .fetch_optional(tx)
    .await?;
    row.map(link).transpose()
}

fn link(row: Row) -> Result<Link> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.text() == row.kind);
    let kind =
        kind.ok_or_else(|| store::Error::Corrupt(format!("there are no links of kind {}", row.kind)))?;
    Ok(Link { kind, user: row.user_id.map(Id::from_number) })
}

/// Removes links that have run out.
pub(super) async fn sweep(tx: &mut Tx) -> Result<()> {
    sql!("delete from links where expires_at < $1").bind(tx.now()).execute(tx).await?;
    Ok(())
}
