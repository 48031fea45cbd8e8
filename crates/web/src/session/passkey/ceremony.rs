//! What a browser and its authenticator said, and whether it holds (Web Authentication level 2, 7.1 and 7.2).
//!
//! Pure: the challenge was taken before, the key is looked up after. Attestation is not asked for, so a statement that
//! comes all the same is not looked at: which maker built the device is nobody's business here.

use super::Site;
use super::cbor::Cbor;
use super::key::Key;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Bytes of authenticator data before what it attests.
const HEAD: usize = 37;
/// Bytes of a credential's id at most (level 3, 4).
const CREDENTIAL_BYTES: usize = 1_023;
/// Bytes of what a browser says at most.
const CLIENT_BYTES: usize = 4_096;

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;

/// What the browser says of a ceremony.
#[derive(Debug, Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

fn client_data(json: &[u8]) -> Option<ClientData> {
    if json.len() > CLIENT_BYTES {
        return None;
    }
    serde_json::from_slice(json).ok()
}

/// The challenge that an answer is to, as it was sent.
pub fn challenge(client: &[u8]) -> Option<String> {
    client_data(client).map(|data| data.challenge)
}

/// Whether the browser speaks of this ceremony on this site.
fn is_of(client: &[u8], kind: &str, site: &Site) -> bool {
    client_data(client)
        .is_some_and(|data| data.kind == kind && data.origin == site.origin && !data.cross_origin)
}

/// What an authenticator says of a ceremony.
struct Authenticator<'a> {
    flags: u8,
    count: u32,
    rest: &'a [u8],
}

/// For this site, with somebody there who unlocked it.
fn authenticator<'a>(data: &'a [u8], site: &Site) -> Option<Authenticator<'a>> {
    let (head, rest) = data.split_at_checked(HEAD)?;
    let flags = head[32];
    let count = u32::from_be_bytes(head[33..HEAD].try_into().ok()?);
    let is_ours = head[..32] == *Sha256::digest(site.domain.as_bytes());
    let is_unlocked = flags & PRESENT != 0 && flags & VERIFIED != 0;
    (is_ours && is_unlocked).then_some(Authenticator { flags, count, rest })
}

/// A passkey that was made.
#[derive(Debug, PartialEq, Eq)]
pub struct Made {
    pub credential: Vec<u8>,
    /// As COSE.
    pub key: Vec<u8>,
    pub count: i64,
    pub backed_up: bool,
}

/// The passkey that was made for this site, unless something about it is wrong.
pub fn made(client: &[u8], attestation: &[u8], site: &Site) -> Option<Made> {
    if !is_of(client, "webauthn.create", site) {
        return None;
    }
    let (object, _) = Cbor::read(attestation)?;
    let data = object.named("authData")?.bytes()?;
    let Authenticator { flags, count, rest } = authenticator(data, site)?;
    // Sixteen bytes name the maker's model; then the id with its length, then the key.
    let (length, rest) = rest.get(16..)?.split_at_checked(2)?;
    let length = usize::from(u16::from_be_bytes(length.try_into().ok()?));
    let (credential, rest) = rest.split_at_checked(length)?;
    let is_sound = flags & ATTESTED != 0 && (1..=CREDENTIAL_BYTES).contains(&length);
    let (_, after) = Cbor::read(rest)?;
    let key = &rest[..rest.len() - after.len()];
    Key::read(key)?;
    is_sound.then(|| Made {
        credential: credential.to_vec(),
        key: key.to_vec(),
        count: count.into(),
        backed_up: flags & BACKED_UP != 0,
    })
}

/// What a passkey's use told of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Used {
    pub count: i64,
    pub backed_up: bool,
}

/// Whether the key `cose`, last seen at `count`, signed this ceremony on this site.
pub fn used(
    client: &[u8],
    data: &[u8],
    signature: &[u8],
    cose: &[u8],
    count: i64,
    site: &Site,
) -> Option<Used> {
    if !is_of(client, "webauthn.get", site) {
        return None;
    }
    let said = authenticator(data, site)?;
    let message = [data, &Sha256::digest(client)].concat();
    let told = i64::from(said.count);
    // Devices that do not count say zero for ever.
    let is_original = (told == 0 && count == 0) || told > count;
    (Key::read(cose)?.signed(&message, signature) && is_original)
        .then_some(Used { count: told, backed_up: said.flags & BACKED_UP != 0 })
}
