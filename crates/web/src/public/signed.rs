//! Signed links: `v1.<key>.<payload>.<signature>`, what a link is for being part of what is signed.
//!
//! Invariants:
//! - A link for one purpose opens nothing else, and every fault of a link is the same fault.
//! - The keys lie in the database, newest first: a link that says how to refuse must work for ever (RFC 8058; at least
//!   30 days under CAN-SPAM), also after the company moved to another machine or engine. Older keys go on verifying.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use store::{Result, Tx, sql};
use subtle::ConstantTimeEq;

/// Bytes of a signature: 128 bits nobody guesses.
const SIGNATURE: usize = 16;
/// Characters of a link's secret part at most.
const LONGEST: usize = 400;

/// Signs `payload` for a `purpose`.
pub async fn sign(tx: &mut Tx, purpose: &str, payload: &[u8]) -> Result<String> {
    let (number, key) = newest(tx).await?;
    let payload = URL_SAFE_NO_PAD.encode(payload);
    let head = format!("v1.{number}.{payload}");
    let signature = URL_SAFE_NO_PAD.encode(&mac(&key, purpose, &head)[..SIGNATURE]);
    Ok(format!("{head}.{signature}"))
}

/// The payload of a link for `purpose`; nothing when anything about it is wrong.
pub async fn open(tx: &mut Tx, purpose: &str, link: &str) -> Result<Option<Vec<u8>>> {
    if link.len() > LONGEST {
        return Ok(None);
    }
    let parts: Vec<&str> = link.split('.').collect();
    let [version, number, payload, signature] = parts[..] else { return Ok(None) };
    // A key that is not there is looked up all the same, so that every fault takes the same way.
    let key = find(tx, number.parse().unwrap_or(0)).await?;
    let expected = mac(key.as_deref().unwrap_or_default(), purpose, &format!("{version}.{number}.{payload}"));
    let sent = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    let same = bool::from(sent.ct_eq(&expected[..SIGNATURE]));
    let payload = URL_SAFE_NO_PAD.decode(payload).ok();
    Ok(payload.filter(|_| same && key.is_some() && version == "v1"))
}

/// What stands for `text` where it must not be read: the same for the same text.
pub async fn veiled(tx: &mut Tx, purpose: &str, text: &str) -> Result<Vec<u8>> {
    let (_, key) = newest(tx).await?;
    Ok(mac(&key, purpose, text))
}

fn mac(key: &[u8], purpose: &str, text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    // A purpose never holds a zero byte, so none can be read as another with more of the text.
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

async fn find(tx: &mut Tx, number: i64) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> =
        sql!("select secret from link_keys where number = $1").bind(number).fetch_optional(tx).await?;
    Ok(row.map(|(secret,)| secret))
}

/// The key that signs. The schema came with one.
async fn newest(tx: &mut Tx) -> Result<(i64, Vec<u8>)> {
    sql!("select number, secret from link_keys order by number desc limit 1").fetch_one(tx).await
}
