//! As much of CBOR (RFC 8949) as authenticators write: whole numbers, bytes, texts, lists and maps of known length
//! (CTAP 2.1, 8: canonical form). Everything else is unreadable, and nothing is believed about lengths before the bytes
//! are there.

/// Values in one another at most; authenticators need four.
const DEPTH: usize = 8;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cbor<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    List(Vec<Self>),
    Map(Vec<(Self, Self)>),
    /// False, true or null: read, because statements that are not looked at hold them.
    Simple(u8),
}

impl<'a> Cbor<'a> {
    /// The value at the beginning of `bytes`, and what follows it.
    pub fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        read(bytes, DEPTH)
    }

    /// The member of a map under a number.
    pub fn at(&self, label: i64) -> Option<&Self> {
        self.member(&Self::Number(label))
    }

    /// The member of a map under a text.
    pub fn named(&self, name: &'static str) -> Option<&Self> {
        self.member(&Cbor::Text(name))
    }

    fn member(&self, wanted: &Cbor<'_>) -> Option<&Self> {
        let Self::Map(members) = self else { return None };
        members.iter().find(|(name, _)| name == wanted).map(|(_, value)| value)
    }

    /// The number it is.
    pub fn number(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The bytes it is.
    pub fn bytes(&self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(*bytes) } else { None }
    }
}

fn read(bytes: &[u8], depth: usize) -> Option<(Cbor<'_>, &[u8])> {
    let depth = depth.checked_sub(1)?;
    let (first, rest) = bytes.split_first()?;
    let (kind, small) = (first >> 5, first & 0x1f);
    if kind == 7 {
        return (20..=22).contains(&small).then_some((Cbor::Simple(small), rest));
    }
    let (argument, rest) = argument(small, rest)?;
    let number = i64::try_from(argument).ok()?;
    let taken = |rest: &'_ [u8]| usize::try_from(argument).ok().filter(|length| *length <= rest.len());
    match kind {
        0 => Some((Cbor::Number(number), rest)),
        1 => Some((Cbor::Number(-1 - number), rest)),
        2 => {
            let (bytes, rest) = rest.split_at(taken(rest)?);
            Some((Cbor::Bytes(bytes), rest))
        }
        3 => {
            let (text, rest) = rest.split_at(taken(rest)?);
            Some((Cbor::Text(std::str::from_utf8(text).ok()?), rest))
        }
        // Each item takes a byte at least, so that a length nobody sent takes no memory.
        4 => items(taken(rest)?, rest, depth).map(|(items, rest)| (Cbor::List(items), rest)),
        5 => {
            let (flat, rest) = items(taken(rest)?.checked_mul(2)?, rest, depth)?;
            let mut flat = flat.into_iter();
            let pairs = std::iter::from_fn(|| Some((flat.next()?, flat.next()?))).collect();
            Some((Cbor::Map(pairs), rest))
        }
        _ => None,
    }
}

/// The number after a head (RFC 8949, 3).
fn argument(small: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let width = match small {
        0..=23 => return Some((small.into(), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(width)?;
    Some((digits.iter().fold(0, |number, digit| (number << 8) | u64::from(*digit)), rest))
}

fn items(count: usize, mut rest: &[u8], depth: usize) -> Option<(Vec<Cbor<'_>>, &[u8])> {
    let mut items = Vec::new();
    for _ in 0..count {
        let (item, after) = read(rest, depth)?;
        items.push(item);
        rest = after;
    }
    Some((items, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_authenticators_write_is_read() {
        // RFC 8949, appendix A.
        let whole = |bytes: &'static [u8]| {
            Cbor::read(bytes).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
        };
        assert_eq!(whole(b"\x18\x64"), Some(Cbor::Number(100)));
        assert_eq!(whole(b"\x39\x03\xe7"), Some(Cbor::Number(-1000)));
        assert_eq!(whole(b"\x1a\x00\x0f\x42\x40"), Some(Cbor::Number(1_000_000)));
        assert_eq!(whole(b"\x44\x01\x02\x03\x04"), Some(Cbor::Bytes(&[1, 2, 3, 4])));
        assert_eq!(whole(b"\x64IETF"), Some(Cbor::Text("IETF")));
        let map = whole(b"\xa2\x61a\x01\x61b\x82\x02\x03").unwrap();
        assert_eq!(map.named("b"), Some(&Cbor::List(vec![Cbor::Number(2), Cbor::Number(3)])));
        assert_eq!(whole(b"\xa1\x20\x07").unwrap().at(-1).and_then(Cbor::number), Some(7));
        assert_eq!(Cbor::read(b"\x01\x02"), Some((Cbor::Number(1), &b"\x02"[..])));
    }

    #[test]
    fn what_breaks_off_promises_too_much_or_is_of_another_kind_is_none() {
        for wrong in [
            &b""[..],
            b"\x18",
            b"\x44\x01",
            b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
            b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x9f\x01\xff",
            b"\xf9\x3c\x00",
            b"\xc0\x01",
            b"\x61\xff",
            &[0x81; 100],
        ] {
            assert_eq!(Cbor::read(wrong), None, "{wrong:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            if let Some((_, rest)) = Cbor::read(&bytes) {
                proptest::prop_assert!(rest.len() < bytes.len());
            }
        }
    }
}
