//! How SmartStore knows this program (apicenter.commerce.naver.com, "전자서명"): the id and the time, hashed by bcrypt with
//! the client secret as its salt, in base64.

use base64::Engine;
use base64::alphabet::BCRYPT;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

/// The base64 of bcrypt. The last letter of a salt has bits that stand for nothing.
const LETTERS: GeneralPurpose = GeneralPurpose::new(
    &BCRYPT,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);
/// Letters of a salt.
const SALT_LETTERS: usize = 22;
/// Rounds as a power of two: with more a signature would take seconds.
const COSTS: std::ops::RangeInclusive<u32> = 4..=12;
/// Bytes that bcrypt looks at, one of which ends the text.
const BYTES: usize = 71;

/// A client secret: the salt and the cost of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt {
    version: char,
    cost: u32,
    bytes: [u8; 16],
}

impl Salt {
    /// The one that a secret is: `$2a$04$` and 22 letters.
    pub fn read(secret: &str) -> Option<Self> {
        let mut parts = secret.trim().strip_prefix("$2")?.splitn(3, '$');
        let (version, cost, letters) = (parts.next()?, parts.next()?, parts.next()?);
        let version =
            version.chars().next().filter(|letter| version.len() == 1 && "aby".contains(*letter))?;
        let cost = cost.parse().ok().filter(|number| cost.len() == 2 && COSTS.contains(number))?;
        let letters = letters.get(..SALT_LETTERS).filter(|salt| salt.len() == letters.len())?;
        let bytes = LETTERS.decode(letters).ok()?.try_into().ok()?;
        Some(Self { version, cost, bytes })
    }

    /// What is sent with an id at a time in milliseconds; nothing where the id is too long for bcrypt.
    pub fn sign(self, client_id: &str, milliseconds: i64) -> Option<String> {
        let mut text = format!("{client_id}_{milliseconds}").into_bytes();
        if text.len() > BYTES {
            return None;
        }
        text.push(0);
        let hash = ::bcrypt::bcrypt(self.cost, self.bytes, &text);
        let (salt, hash) = (LETTERS.encode(self.bytes), LETTERS.encode(&hash[..23]));
        Some(STANDARD.encode(format!("$2{}${:02}${salt}{hash}", self.version, self.cost)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_signature_comes_out() {
        let salt = Salt::read("$2a$10$abcdefghijklmnopqrstuv").unwrap();
        assert_eq!(
            salt.sign("aaaabbbbcccc", 1_643_961_623_299).as_deref(),
            Some("JDJhJDEwJGFiY2RlZmdoaWprbG1ub3BxcnN0dXVCVldZSk42T0VPdEx1OFY0cDQxa2IuTnpVaUEzbmsy")
        );
        assert_eq!(salt.sign(&"a".repeat(80), 0), None);
    }

    #[test]
    fn what_is_no_secret_is_told_at_once() {
        for wrong in [
            "",
            "secret",
            "$2a$04$short",
            "$2a$31$abcdefghijklmnopqrstuv",
            "$2a$4$abcdefghijklmnopqrstuv",
            "$2x$04$abcdefghijklmnopqrstuv",
            "$2a$04$abcdefghijklmnopqrst v",
            "$2a$04$abcdefghijklmnopqrstuvw",
            "$2a$04$가나다라마바사",
        ] {
            assert_eq!(Salt::read(wrong), None, "{wrong}");
        }
    }
}
