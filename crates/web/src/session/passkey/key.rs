//! Public keys as authenticators write them (COSE, RFC 9053), and what they signed.

use super::cbor::Cbor;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

/// What this program verifies, the most wanted first: ES256, EdDSA, RS256 (IANA COSE algorithms).
pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// Bytes of a coordinate of P-256, and of a key of Ed25519.
const COORDINATE: usize = 32;
/// Before an uncompressed point (SEC 1, 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// A public key.
#[derive(Debug, PartialEq, Eq)]
pub enum Key {
    Es256(Vec<u8>),
    EdDsa(Vec<u8>),
    Rs256 { modulus: Vec<u8>, exponent: Vec<u8> },
}

impl Key {
    /// The key that `cose` is, if it is one of ours.
    pub fn read(cose: &[u8]) -> Option<Self> {
        let (map, _) = Cbor::read(cose)?;
        let number = |label: i64| map.at(label)?.number();
        let bytes = |label: i64| map.at(label)?.bytes().map(<[u8]>::to_vec);
        let coordinate = |label: i64| bytes(label).filter(|bytes| bytes.len() == COORDINATE);
        match (number(1)?, number(3)?) {
            (2, ES256) if number(-1)? == 1 => {
                Some(Self::Es256([vec![UNCOMPRESSED], coordinate(-2)?, coordinate(-3)?].concat()))
            }
            (1, EDDSA) if number(-1)? == 6 => Some(Self::EdDsa(coordinate(-2)?)),
            (3, RS256) => Some(Self::Rs256 { modulus: bytes(-1)?, exponent: bytes(-2)? }),
            _ => None,
        }
    }

    /// Whether this key signed `message`.
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::EdDsa(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::Rs256 { modulus: n, exponent: e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key of three or so members: kind, algorithm, curve, and coordinates of these lengths.
    fn cose(kind: u8, algorithm: u8, curve: u8, x: u8, y: u8) -> Vec<u8> {
        let bytes = |length: u8| [vec![0x58, length], vec![7; usize::from(length)]].concat();
        let head = [0xa5, 0x01, kind, 0x03, algorithm, 0x20, curve, 0x21];
        [head.to_vec(), bytes(x), vec![0x22], bytes(y)].concat()
    }

    #[test]
    fn keys_of_other_kinds_curves_and_lengths_are_none() {
        // -7 is 0x26, -8 is 0x27.
        assert!(
            Key::read(&cose(2, 0x26, 1, 32, 32)).is_some() && Key::read(&cose(1, 0x27, 6, 32, 32)).is_some()
        );
        for wrong in [
            cose(2, 0x26, 2, 32, 32),
            cose(2, 0x26, 1, 31, 32),
            cose(2, 0x26, 1, 32, 33),
            cose(2, 0x27, 1, 32, 32),
            cose(1, 0x27, 7, 32, 32),
            cose(2, 0x28, 1, 32, 32),
        ] {
            assert_eq!(Key::read(&wrong), None);
        }
        assert_eq!(Key::read(b"no cbor"), None);
        assert!(!Key::read(&cose(2, 0x26, 1, 32, 32)).unwrap().signed(b"message", b"signature"));
    }
}
