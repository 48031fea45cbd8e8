//! Secrets that name something: 256 random bits, of which the database holds the SHA-256.
//!
//! With that many random bits a slow hash would add nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Chance;
use sha2::{Digest, Sha256};
use std::fmt;

/// A secret. It has no `Display`, so that it is never written by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new secret.
    pub fn new(chance: &dyn Chance) -> Self {
        Self(URL_SAFE_NO_PAD.encode(chance.secret()))
    }

    /// The secret that a client sent.
    pub fn sent(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to hand to the one who may have it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database holds.
    pub(crate) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
