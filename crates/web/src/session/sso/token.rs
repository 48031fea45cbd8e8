//! What an identity provider signed (RFC 7515, RFC 7519, OpenID Connect Core 1.0, 3.1.3.7), and whether it is meant for
//! us. Pure.
//!
//! Invariants: a token is signed by RS256 or ES256, with a key of the provider that is of that kind; nothing with a shared
//! secret, and not `none`. What is said in the header decides nothing but which key is tried.

use super::{AWAY, SKEW};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Instant;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Characters of a subject at most (Core 1.0, 2).
const SUBJECT: usize = 255;
/// Bytes of a token at most.
const TOKEN: usize = 32 * 1024;
/// Keys of a provider that are looked at.
const KEYS: usize = 100;

/// The keys of a provider (RFC 7517). What is none that is known here is passed over.
#[derive(Debug, Deserialize)]
pub struct Keys {
    keys: Vec<Value>,
}

#[derive(Debug, Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// What kind of token it is: other kinds have the same form (RFC 8725, 3.11).
    typ: Option<String>,
    /// What must be understood: nothing is (RFC 7515, 4.1.11).
    crit: Option<Value>,
}

/// One or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// Whether it is `client` and nobody else: another could hand the token on.
    fn is_only(&self, client: &str) -> bool {
        match self {
            Self::One(one) => one == client,
            Self::Several(all) => matches!(&all[..], [one] if one == client),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Body {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    auth_time: Option<i64>,
    email: Option<String>,
    /// Anything but `true` counts for nothing: not even the text.
    #[serde(default)]
    email_verified: Value,
    name: Option<String>,
}

/// For whom a token must be.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client: &'a str,
    pub nonce: &'a str,
    pub now: Instant,
}

/// Who somebody is, by the word of their provider.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub subject: String,
    /// The address, verified or not: to be shown alone.
    pub email: Option<String>,
    /// The address, if the provider says that it was verified.
    pub verified_email: Option<String>,
    pub name: Option<String>,
    /// When they last signed in there, if the provider says.
    pub signed_in_at: Option<Instant>,
}

/// What `token` says, unless anything about it is wrong; the reason is for the log.
pub fn read(token: &str, keys: &Keys, expected: Expected<'_>) -> Result<Said, &'static str> {
    let body: Body = part(signed(token, keys)?)?;
    meant_for_us(&body, expected)?;
    let verified = body.email_verified == Value::Bool(true);
    Ok(Said {
        subject: body.sub,
        verified_email: body.email.clone().filter(|_| verified),
        email: body.email,
        name: body.name,
        signed_in_at: body.auth_time.and_then(instant),
    })
}

/// The body of a token that one of the keys signed.
fn signed<'t>(token: &'t str, keys: &Keys) -> Result<&'t str, &'static str> {
    if token.len() > TOKEN {
        return Err("the token is too long");
    }
    let (signed, signature) = token.rsplit_once('.').ok_or("the token has no signature")?;
    let (header, body) = signed.split_once('.').ok_or("the token has no body")?;
    let header: Header = part(header)?;
    if header.crit.is_some() {
        return Err("the token asks for what is not known here");
    }
    if header.typ.as_ref().is_some_and(|typ| !typ.eq_ignore_ascii_case("jwt")) {
        return Err("another kind of token");
    }
    let signature = bytes(signature).ok_or("the signature is no base64url")?;
    let by_key = |key: &Value| {
        Jwk::deserialize(key).is_ok_and(|key| key.is(&header) && key.signed(&header.alg, signed, &signature))
    };
    if keys.keys.iter().take(KEYS).any(by_key) {
        Ok(body)
    } else {
        Err("no key of the issuer signed the token")
    }
}

fn meant_for_us(body: &Body, expected: Expected<'_>) -> Result<(), &'static str> {
    let Expected { issuer, client, nonce, now } = expected;
    let (expires, issued) = (instant(body.exp), instant(body.iat));
    let wrong = [
        (body.iss != issuer, "another issuer"),
        (!body.aud.is_only(client), "another audience"),
        (body.azp.as_deref().is_some_and(|party| party != client), "another authorised party"),
        (expires.is_none_or(|at| at <= now.plus(-SKEW)), "the token has run out"),
        (issued.is_none_or(|at| at > now.plus(SKEW)), "the token comes from the future"),
        (body.nbf.is_some_and(|from| instant(from).is_none_or(|at| at > now.plus(SKEW))), "not yet"),
        (issued.is_none_or(|at| at < now.plus(-AWAY - SKEW)), "the token was issued before this try"),
        (body.nonce.as_deref() != Some(nonce), "another nonce"),
        (body.sub.is_empty() || body.sub.chars().count() > SUBJECT, "no subject"),
        (body.sub.contains('\0'), "no subject that can be kept"),
    ];
    wrong.iter().find(|(is_wrong, _)| *is_wrong).map_or(Ok(()), |(_, why)| Err(*why))
}

/// An instant from seconds; none where they lie outside of all time.
fn instant(seconds: i64) -> Option<Instant> {
    seconds
        .checked_mul(Instant::SECOND)
        .filter(|micros| micros.unsigned_abs() < 1 << 60)
        .map(Instant::from_micros)
}

impl Jwk {
    /// Whether the token may have been signed by this key.
    fn is(&self, header: &Header) -> bool {
        (header.kid.is_none() || self.kid == header.kid)
            && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.alg.as_deref().is_none_or(|alg| alg == header.alg)
    }

    /// Whether this key signed `message` by the algorithm `alg`.
    fn signed(&self, alg: &str, message: &str, signature: &[u8]) -> bool {
        self.verify(alg, message.as_bytes(), signature).unwrap_or(false)
    }

    fn verify(&self, alg: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        let part = |part: &Option<String>| bytes(part.as_deref()?);
        let verified = match (alg, self.kty.as_str(), self.crv.as_deref()) {
            ("RS256", "RSA", _) => {
                let (n, e) = (part(&self.n)?, part(&self.e)?);
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            ("ES256", "EC", Some("P-256")) => {
                let point = [vec![4], part(&self.x)?, part(&self.y)?].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            _ => return None,
        };
        Some(verified.is_ok())
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, &'static str> {
    let json = bytes(text).ok_or("a part is no base64url")?;
    serde_json::from_slice(&json).map_err(|_| "a part is not as it should be")
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests;
