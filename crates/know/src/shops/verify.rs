//! Whether a delivery is from the shop: each shop's own rule, over the raw bytes, in constant time.
//!
//! Sources: shopify.dev "Deliver webhooks through HTTPS"; woocommerce.com "Working with webhooks"; docs.stripe.com "Verify
//! webhook signatures manually"; developer.squareup.com "Validate and verify notifications"; developers.cafe24.com
//! "Webhook".

use super::model::ShopKind;
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use kernel::Instant;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

/// How far the clock of Stripe may be from ours, in seconds (their libraries' default).
const TOLERANCE: i64 = 300;
/// Signatures of one delivery that are looked at.
const SIGNATURES: usize = 10;

/// Why a delivery is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The signature is missing or wrong.
    Signature,
    /// It was signed too long ago, or ahead of our clock.
    Time,
    /// The key in `X-Api-Key` is wrong (Cafe24 asks for 403).
    Key,
}

/// A delivery to be looked at.
#[derive(Debug)]
pub struct Signed<'d> {
    /// Who made the shop.
    pub kind: ShopKind,
    /// The secrets that sign now.
    pub secrets: &'d [&'d [u8]],
    /// Its headers.
    pub headers: &'d HeaderMap,
    /// Its bytes as they came.
    pub body: &'d [u8],
    /// The addresses at which it may have been delivered, for the shop that signs them (Square).
    pub addresses: &'d [String],
    /// Now.
    pub now: Instant,
}

impl Signed<'_> {
    /// Whether it is from the shop.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn check(&self) -> Result<(), Refused> {
        match self.kind {
            ShopKind::Shopify => self.base64("x-shopify-hmac-sha256", &[]),
            ShopKind::WooCommerce => self.base64("x-wc-webhook-signature", &[]),
            ShopKind::Cafe24 if self.header("x-cafe24-hmac-sha256").is_none() => self.key("x-api-key"),
            ShopKind::Cafe24 => self.base64("x-cafe24-hmac-sha256", &[]),
            ShopKind::Square => {
                let firsts: Vec<&[u8]> = self.addresses.iter().map(String::as_bytes).collect();
                self.base64("x-square-hmacsha256-signature", &firsts)
            }
            ShopKind::Stripe => self.stripe(),
            ShopKind::SmartStore => Err(Refused::Signature),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The base64 of an HMAC over the body, after one of `firsts` where there are any.
    fn base64(&self, header: &str, firsts: &[&[u8]]) -> Result<(), Refused> {
        let sent = STANDARD.decode(self.header(header).unwrap_or_default()).unwrap_or_default();
        let nothing: &[&[u8]] = &[b""];
        let firsts = if firsts.is_empty() { nothing } else { firsts };
        let mut right = Choice::from(0);
        for secret in self.secrets {
            for first in firsts {
                right |= mac(secret, &[first, self.body]).ct_eq(&sent);
            }
        }
        if bool::from(right) { Ok(()) } else { Err(Refused::Signature) }
    }

    /// A secret that is sent as it is.
    fn key(&self, header: &str) -> Result<(), Refused> {
        let Some(sent) = self.header(header) else { return Err(Refused::Signature) };
        let mut right = Choice::from(0);
        for secret in self.secrets {
            right |= secret.ct_eq(sent.as_bytes());
        }
        if bool::from(right) { Ok(()) } else { Err(Refused::Key) }
    }

    /// `t=…,v1=…,v1=…`: the hex of an HMAC over the time, a dot and the body.
    fn stripe(&self) -> Result<(), Refused> {
        let header = self.header("stripe-signature").unwrap_or_default();
        let pairs: Vec<(&str, &str)> =
            header.split(',').filter_map(|pair| pair.trim().split_once('=')).take(SIGNATURES + 2).collect();
        let time = pairs.iter().find(|(name, _)| *name == "t").map_or("", |(_, value)| *value);
        let signatures = pairs.iter().filter(|(name, _)| *name == "v1").take(SIGNATURES);
        let signatures: Vec<Vec<u8>> = signatures.map(|(_, value)| unhex(value)).collect();
        let mut right = Choice::from(0);
        for secret in self.secrets {
            let expected = mac(secret, &[time.as_bytes(), b".", self.body]);
            for sent in &signatures {
                right |= expected.ct_eq(sent);
            }
        }
        if !bool::from(right) {
            return Err(Refused::Signature);
        }
        let seconds = self.now.micros() / Instant::SECOND;
        let near = time.parse::<i64>().is_ok_and(|time| seconds.abs_diff(time) <= TOLERANCE.unsigned_abs());
        if near { Ok(()) } else { Err(Refused::Time) }
    }
}

fn mac(secret: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// The bytes that `text` is; nothing at all where it is no hex.
fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect::<Option<Vec<u8>>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    const NOW: Instant = Instant::from_micros(1_795_316_400_000_000);

    fn check(
        kind: ShopKind,
        secrets: &[&[u8]],
        header: (&'static str, &str),
        body: &[u8],
    ) -> Result<(), Refused> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(header.0), HeaderValue::from_str(header.1).unwrap());
        let addresses = ["https://shop.example/in/abc".to_owned(), "https://example.com/webhook".to_owned()];
        Signed { kind, secrets, headers: &headers, body, addresses: &addresses, now: NOW }.check()
    }

    /// The vector that the three shops of this family share (`{"id":1}` under `secret`).
    const PUBLISHED: &str = "A971iWIMgT8Zj9A9eWfikrFj7wQ16/Qwcc4OlRl2PLc=";

    #[test]
    fn the_published_signature_is_right_and_each_part_of_it_matters() {
        let family = [
            (ShopKind::Shopify, "x-shopify-hmac-sha256"),
            (ShopKind::WooCommerce, "x-wc-webhook-signature"),
            (ShopKind::Cafe24, "x-cafe24-hmac-sha256"),
        ];
        for (kind, header) in family {
            assert_eq!(check(kind, &[b"secret"], (header, PUBLISHED), br#"{"id":1}"#), Ok(()));
            assert_eq!(
                check(kind, &[b"new", b"secret"], (header, PUBLISHED), br#"{"id":1}"#),
                Ok(()),
                "rotation"
            );
            for wrong in [
                check(kind, &[b"secreT"], (header, PUBLISHED), br#"{"id":1}"#),
                check(kind, &[b"secret"], (header, PUBLISHED), br#"{"id":2}"#),
                check(
                    kind,
                    &[b"secret"],
                    (header, "A971iWIMgT8Zj9A9eWfikrFj7wQ16/Qwcc4OlRl2PLd="),
                    br#"{"id":1}"#,
                ),
                check(kind, &[b"secret"], (header, ""), br#"{"id":1}"#),
                check(kind, &[], (header, PUBLISHED), br#"{"id":1}"#),
                check(kind, &[b"secret"], ("x-other", PUBLISHED), br#"{"id":1}"#),
            ] {
                assert_eq!(wrong, Err(Refused::Signature));
            }
        }
    }

    /// RFC 4231, test case 2: the HMAC that all of this rests on.
    #[test]
    fn the_hmac_is_that_of_the_rfc() {
        let mac = mac(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(mac, unhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    }

    #[test]
    fn square_signs_the_address_before_the_body() {
        let signature = STANDARD.encode(mac(b"key", &[b"https://example.com/webhook", b"{}"]));
        let header = ("x-square-hmacsha256-signature", signature.as_str());
        assert_eq!(check(ShopKind::Square, &[b"key"], header, b"{}"), Ok(()));
        let without = STANDARD.encode(mac(b"key", &[b"{}"]));
        let header = ("x-square-hmacsha256-signature", without.as_str());
        assert_eq!(check(ShopKind::Square, &[b"key"], header, b"{}"), Err(Refused::Signature));
    }

    fn stripe(time: i64, secret: &[u8], body: &[u8]) -> String {
        let hex: String = mac(secret, &[time.to_string().as_bytes(), b".", body])
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        format!("t={time},v1={},v1={hex},v0=ff", "0".repeat(64))
    }

    #[test]
    fn stripe_signs_the_time_and_an_old_one_is_refused() {
        let now = NOW.micros() / Instant::SECOND;
        let at = |time: i64, body: &[u8]| {
            check(
                ShopKind::Stripe,
                &[b"whsec_new", b"whsec_1"],
                ("stripe-signature", &stripe(time, b"whsec_1", b"{\"a\":1}")),
                body,
            )
        };
        for near in [0, 300, -300] {
            assert_eq!(at(now + near, b"{\"a\":1}"), Ok(()), "{near}");
        }
        for far in [301, -301, 100_000] {
            assert_eq!(at(now + far, b"{\"a\":1}"), Err(Refused::Time), "{far}");
        }
        assert_eq!(at(now, b"{\"a\":2}"), Err(Refused::Signature));
        for wrong in ["", "t=,v1=", "v1=zz", "t=1", "t=9999999999999999999999,v1=00"] {
            let refused = check(ShopKind::Stripe, &[b"whsec_1"], ("stripe-signature", wrong), b"{}");
            assert_eq!(refused, Err(Refused::Signature), "{wrong}");
        }
    }

    #[test]
    fn a_key_of_cafe24_is_compared_whole() {
        assert_eq!(check(ShopKind::Cafe24, &[b"key-1"], ("x-api-key", "key-1"), b"{}"), Ok(()));
        assert_eq!(check(ShopKind::Cafe24, &[b"key-1"], ("x-api-key", "key-"), b"{}"), Err(Refused::Key));
        assert_eq!(check(ShopKind::Cafe24, &[], ("x-api-key", ""), b"{}"), Err(Refused::Key));
    }

    proptest! {
        #[test]
        fn one_bit_more_or_less_is_refused(body in prop::collection::vec(any::<u8>(), 1..200), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let signature = STANDARD.encode(mac(b"secret", &[&body]));
            let header = ("x-shopify-hmac-sha256", signature.as_str());
            prop_assert_eq!(check(ShopKind::Shopify, &[b"secret"], header, &body), Ok(()));
            let mut changed = body.clone();
            let place = at.index(changed.len());
            changed[place] ^= 1 << bit;
            prop_assert_eq!(check(ShopKind::Shopify, &[b"secret"], header, &changed), Err(Refused::Signature));
        }
    }
}
