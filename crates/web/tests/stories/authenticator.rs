//! A device with passkeys, in software: it makes keys for a site and signs what the site asks for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Somebody is there (1) and unlocked it (4); a copy is kept (8 and 16).
pub const UNLOCKED: u8 = 0x01 | 0x04 | 0x08 | 0x10;
/// A key follows.
const ATTESTED: u8 = 0x40;

/// A device with one passkey.
pub struct Device {
    key: EcdsaKeyPair,
    credential: Vec<u8>,
    /// What it says of who is there.
    pub flags: u8,
    /// How often it signed.
    pub count: u32,
    handle: Option<String>,
}

/// What the browser says for the page it shows.
pub struct Page<'a> {
    pub origin: &'a str,
    /// The name it lets the page use.
    pub domain: &'a str,
}

/// Where the stories' browsers are.
pub const HERE: Page<'static> = Page { origin: "http://localhost", domain: "localhost" };

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Device {
    pub fn new(credential: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        Self { key, credential: credential.into(), flags: UNLOCKED, count: 0, handle: None }
    }

    fn client_data(kind: &str, options: &Value, page: &Page<'_>) -> Vec<u8> {
        let said = json!({ "type": kind, "challenge": options["challenge"], "origin": page.origin, "crossOrigin": false });
        said.to_string().into_bytes()
    }

    fn data(&self, page: &Page<'_>, more: u8) -> Vec<u8> {
        let domain = Sha256::digest(page.domain.as_bytes());
        [&domain[..], &[self.flags | more], &self.count.to_be_bytes()].concat()
    }

    /// Makes its passkey; gives what the page sends.
    pub fn make(&mut self, options: &Value, page: &Page<'_>) -> Value {
        self.handle = options["user_handle"].as_str().map(str::to_owned);
        let point = self.key.public_key().as_ref();
        // Kind EC2, ES256, P-256, and the two coordinates (RFC 9053).
        let cose = [
            &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..],
            &point[1..33],
            &[0x22, 0x58, 32],
            &point[33..],
        ]
        .concat();
        let length = u16::try_from(self.credential.len()).unwrap().to_be_bytes();
        let data =
            [self.data(page, ATTESTED), vec![0; 16], length.to_vec(), self.credential.clone(), cose].concat();
        let size = u8::try_from(data.len()).unwrap();
        let attestation =
            [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"[..], &[size], &data[..]].concat();
        let client = Self::client_data("webauthn.create", options, page);
        json!({ "name": "노트북", "client_data": encoded(&client), "attestation": encoded(&attestation) })
    }

    /// Signs; gives what the page sends.
    pub fn sign(&self, options: &Value, page: &Page<'_>) -> Value {
        let client = Self::client_data("webauthn.get", options, page);
        let data = self.data(page, 0);
        let message = [&data[..], &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &message).unwrap();
        json!({ "id": encoded(&self.credential), "client_data": encoded(&client), "authenticator_data": encoded(&data),
            "signature": encoded(signature.as_ref()), "user_handle": self.handle })
    }
}
