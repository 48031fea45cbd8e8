//! The company's key, with which the head of the chain is signed (Ed25519, RFC 8032).
//!
//! It lies beside the database, so that a copy of the database alone cannot sign; whoever has the whole folder can, and
//! for that there is the anchor outside of it.

use super::chain::{hex, unhex};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use kernel::{Chance, Instant};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// The environment variable that may hold the key, as 64 hexadecimal digits.
pub const KEY: &str = "DANGOL_AUDIT_KEY";
/// The file in the data folder that holds it otherwise.
pub const FILE: &str = "audit.key";

/// What is signed: that the chain has this hash at this place at this time.
pub(super) fn statement(place: i64, at: Instant, hash: &[u8]) -> Vec<u8> {
    [b"dangol audit head 1\n".as_slice(), &place.to_le_bytes(), &at.micros().to_le_bytes(), hash].concat()
}

/// The key.
pub(super) struct Key(SigningKey);

impl Key {
    /// The key of the environment, else the one in `folder`, which is made there if there is none.
    pub fn open(folder: &Path, chance: &dyn Chance) -> io::Result<Self> {
        if let Ok(text) = std::env::var(KEY) {
            return Self::read(&text, KEY);
        }
        let path = folder.join(FILE);
        let mut text = String::new();
        match File::open(&path) {
            Ok(mut file) => {
                file.read_to_string(&mut text)?;
                Self::read(text.trim(), &path.display().to_string())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secret = chance.secret();
                keep(&path, &hex(&secret))?;
                Ok(Self(SigningKey::from_bytes(&secret)))
            }
            Err(error) => Err(error),
        }
    }

    fn read(text: &str, from: &str) -> io::Result<Self> {
        let bytes = unhex(text).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let bytes =
            bytes.ok_or_else(|| io::Error::other(format!("{from} must hold 64 hexadecimal digits")))?;
        Ok(Self(SigningKey::from_bytes(&bytes)))
    }

    /// The half that anybody may have.
    pub fn public(&self) -> Vec<u8> {
        self.0.verifying_key().to_bytes().to_vec()
    }

    pub fn sign(&self, statement: &[u8]) -> Vec<u8> {
        self.0.sign(statement).to_bytes().to_vec()
    }
}

/// Writes a file that only its owner may read; one that is there stays.
fn keep(path: &Path, text: &str) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Whether the key `public` signed `statement`.
pub(super) fn is_signed(public: &[u8], statement: &[u8], signature: &[u8]) -> bool {
    let key = <[u8; 32]>::try_from(public).ok().and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    let signature = Signature::from_slice(signature).ok();
    key.zip(signature).is_some_and(|(key, signature)| key.verify(statement, &signature).is_ok())
}
