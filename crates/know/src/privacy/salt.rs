//! Hashes that lead nobody back, and the salt they are made with.
//!
//! The salt is 256 bits of chance for each company. Whoever has the list alone learns nothing from it; whoever has the
//! database as well could have read the contacts themselves.

use ::store::{Result, Tx, setting};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The name of the setting.
const SETTING: &str = "erasures.salt";
/// Bytes of a hash that are kept: 128 bits tell any two people apart.
const KEPT: usize = 16;

/// The salt of a company, as hexadecimal text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Salt(pub String);

impl Salt {
    /// The hash of parts.
    pub fn hash(&self, parts: &[&str]) -> String {
        let mut hash = Sha256::new();
        for part in std::iter::once(&self.0.as_str()).chain(parts) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hex(&hash.finalize()[..KEPT])
    }

    /// The hash of a record's number.
    pub fn party(&self, party: i64) -> String {
        self.hash(&["party", &party.to_string()])
    }

    /// The hash of a contact.
    pub fn contact(&self, kind: &str, source: &str, value: &str) -> String {
        self.hash(&["contact", kind, source, value])
    }
}

/// The company's salt, if it has one.
pub async fn find(tx: &mut Tx) -> Result<Option<Salt>> {
    let salt: Salt = setting::get(tx, SETTING).await?.value;
    Ok(Some(salt).filter(|salt| !salt.0.is_empty()))
}

/// The company's salt, made now if it has none.
pub async fn salt(tx: &mut Tx) -> Result<Salt> {
    if let Some(salt) = find(tx).await? {
        return Ok(salt);
    }
    let mut bytes = [0_u8; 32];
    tx.environment().chance.fill(&mut bytes);
    adopt(tx, Salt(hex(&bytes))).await
}

/// Gives the company a salt, unless it has one; gives the one it has.
pub async fn adopt(tx: &mut Tx, salt: Salt) -> Result<Salt> {
    if let Some(own) = find(tx).await? {
        return Ok(own);
    }
    setting::put(tx, SETTING, &salt).await?;
    Ok(salt)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string works");
        text
    })
}
