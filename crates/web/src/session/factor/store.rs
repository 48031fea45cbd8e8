//! Second factors in the database, and comparing codes with them.

use crate::session::{Token, passkey};
use ::store::{FromRow, Result, Tx, sql};
use kernel::{Chance, Id, Instant, kinds};
use totp_rs::{Builder, Secret, Totp};

type UserId = Id<kinds::User>;

/// Bytes of a secret (RFC 4226 recommends 160 bits).
const SECRET_BYTES: usize = 20;
/// Recovery codes of a user.
const RECOVERY: usize = 10;
/// Letters of a recovery code, five bits each: 120 bits, so that a plain hash will do (ASVS 5.0: 6.5.2).
const LETTERS: usize = 24;
/// Letters between two dashes.
const GROUP: usize = 4;
/// Crockford's base32: no letter that can be taken for a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

#[derive(FromRow)]
struct Row {
    secret: Vec<u8>,
    last_step: i64,
}

/// What an authenticator needs.
pub(super) struct Setup {
    pub secret: String,
    pub uri: String,
}

fn totp(secret: Vec<u8>) -> Result<Totp> {
    let built = Builder::new().with_secret(Secret::from(secret)).build();
    built.map_err(|error| ::store::Error::Corrupt(error.to_string()))
}

/// Keeps a new secret that is not on yet, in place of another that was not.
pub(super) async fn begin(tx: &mut Tx, user: UserId, account: &str) -> Result<Option<Setup>> {
    let mut bytes = [0; SECRET_BYTES];
    tx.environment().chance.clone().fill(&mut bytes);
    let kept = sql!(
        "insert into second_factors (user_id, secret, last_step, created_at) values ($1, $2, 0, $3) \
         on conflict (user_id) do update set secret = excluded.secret, created_at = excluded.created_at \
         where second_factors.confirmed_at is null"
    )
    .bind(user)
    .bind(bytes.to_vec())
    .bind(tx.now())
    .execute(tx)
    .await?;
    let secret = Secret::from(bytes.to_vec()).to_base32();
    let account = account.replace(':', "");
    let uri = format!("otpauth://totp/Dangol:{}?secret={secret}&issuer=Dangol", encoded(&account));
    Ok((kept == 1).then_some(Setup { secret, uri }))
}

/// Percent-encoded (RFC 3986) but for what is never reserved.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Turns the secret on if `code` is one of it; gives the recovery codes, which are not kept.
pub(super) async fn confirm(tx: &mut Tx, user: UserId, code: &str) -> Result<Option<Vec<String>>> {
    let row: Option<Row> =
        sql!("select secret, last_step from second_factors where user_id = $1 and confirmed_at is null")
            .bind(user)
            .fetch_optional(tx)
            .await?;
    let Some(step) = row.map(|row| step_of(tx, row, code)).transpose()?.flatten() else { return Ok(None) };
    sql!("update second_factors set confirmed_at = $1, last_step = $2 where user_id = $3")
        .bind(tx.now())
        .bind(step)
        .bind(user)
        .execute(tx)
        .await?;
    renew_recovery(tx, user).await.map(Some)
}

/// The step whose code this is, now or a step beside it, if it is later than the last one.
fn step_of(tx: &Tx, row: Row, code: &str) -> Result<Option<i64>> {
    let seconds = u64::try_from(tx.now().micros() / Instant::SECOND).unwrap_or_default();
    let step = totp(row.secret)?.check(code, seconds).and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|step| *step > row.last_step))
}

/// Whether the user has a second factor.
pub(in crate::session) async fn is_on(tx: &mut Tx, user: UserId) -> Result<bool> {
    Ok(has_authenticator(tx, user).await? || passkey::any(tx, user).await?)
}

/// Whether the user has an authenticator.
pub(super) async fn has_authenticator(tx: &mut Tx, user: UserId) -> Result<bool> {
    let row: Option<(UserId,)> =
        sql!("select user_id from second_factors where user_id = $1 and confirmed_at is not null")
            .bind(user)
            .fetch_optional(tx)
            .await?;
    Ok(row.is_some())
}

/// Uses up a code of the authenticator or a recovery code; gives whether it was one.
pub(in crate::session) async fn accept(tx: &mut Tx, user: UserId, code: &str) -> Result<bool> {
    let plain: String = code.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let plain = plain.to_ascii_lowercase();
    if plain.len() == LETTERS {
        let used = sql!("delete from recovery_codes where user_id = $1 and code_hash = $2")
            .bind(user)
            .bind(Token::sent(plain).hash())
            .execute(tx)
            .await?;
        return Ok(used == 1);
    }
    let row: Option<Row> =
        sql!("select secret, last_step from second_factors where user_id = $1 and confirmed_at is not null")
            .bind(user)
            .fetch_optional(tx)
            .await?;
    let Some(row) = row else { return Ok(false) };
    let Some(step) = step_of(tx, row, &plain)? else { return Ok(false) };
    // Of two who send one code at once, one finds the step still before it.
    let moved = sql!("update second_factors set last_step = $1 where user_id = $2 and last_step < $1")
        .bind(step)
        .bind(user)
        .execute(tx)
        .await?;
    Ok(moved == 1)
}

/// New recovery codes in place of the old ones.
pub(in crate::session) async fn renew_recovery(tx: &mut Tx, user: UserId) -> Result<Vec<String>> {
    sql!("delete from recovery_codes where user_id = $1").bind(user).execute(tx).await?;
    let chance = tx.environment().chance.clone();
    let mut codes = Vec::with_capacity(RECOVERY);
    for _ in 0..RECOVERY {
        let plain = fresh(&*chance);
        sql!("insert into recovery_codes (user_id, code_hash) values ($1, $2)")
            .bind(user)
            .bind(Token::sent(plain.clone()).hash())
            .execute(tx)
            .await?;
        let groups: Vec<&str> = (0..LETTERS / GROUP).map(|n| &plain[n * GROUP..(n + 1) * GROUP]).collect();
        codes.push(groups.join("-"));
    }
    Ok(codes)
}

fn fresh(chance: &dyn Chance) -> String {
    let mut bytes = [0; LETTERS];
    chance.fill(&mut bytes);
    bytes.iter().map(|byte| ALPHABET[usize::from(byte % 32)] as char).collect()
}

/// How many recovery codes are left.
pub(super) async fn recovery_left(tx: &mut Tx, user: UserId) -> Result<i64> {
    let (left,): (i64,) =
        sql!("select count(*) from recovery_codes where user_id = $1").bind(user).fetch_one(tx).await?;
    Ok(left)
}

/// Takes the authenticator away; gives whether there was one.
pub(super) async fn remove_authenticator(tx: &mut Tx, user: UserId) -> Result<bool> {
    let removed = sql!("delete from second_factors where user_id = $1").bind(user).execute(tx).await?;
    forget_needless_codes(tx, user).await?;
    Ok(removed == 1)
}

/// Recovery codes go with the last of what they stand in for.
pub(in crate::session) async fn forget_needless_codes(tx: &mut Tx, user: UserId) -> Result<()> {
    if !is_on(tx, user).await? {
        sql!("delete from recovery_codes where user_id = $1").bind(user).execute(tx).await?;
    }
    Ok(())
}

/// Takes everything away that asks for more than a password; gives whether there was anything.
pub async fn remove(tx: &mut Tx, user: UserId) -> Result<bool> {
    let passkeys = passkey::remove_all(tx, user).await?;
    Ok(remove_authenticator(tx, user).await? || passkeys)
}
