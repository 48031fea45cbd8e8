//! Ids: time-ordered 63-bit numbers made in the program, shown as `pty_0bx2…`.
//!
//! 42 bits of milliseconds since 2020, 8 bits of leased node, 13 bits of counter. A node that needs more than
//! 8,192 ids in a millisecond, or whose clock steps back, runs ahead on the millisecond it last used: ids stay
//! unique and ordered, and the caller never waits in the middle of a transaction.

use crate::Clock;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// What an id names. The prefix keeps a customer's id from being taken for an order's.
pub trait Kind {
    /// Three letters before the underscore.
    const PREFIX: &'static str;
}

/// Declares the kinds of things that have ids.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        /// The kinds of things that have ids.
        pub mod kinds {
            $($(#[$doc])* #[derive(Debug, Clone, Copy, PartialEq, Eq)] pub enum $name {}
            impl super::Kind for $name { const PREFIX: &'static str = $prefix; })*
        }
    };
}

kinds! {
    /// A person or organisation: a customer on screen.
    Party = "pty";
    /// A line of an order.
    OrderLine = "lin";
    /// An import of a file.
    Import = "imp";
    /// A job: long work with progress.
    Job = "job";
    /// A timer.
    Timer = "tmr";
    /// A message that leaves the machine.
    Outgoing = "out";
    /// A member of staff who signs in.
    User = "usr";
    /// A signed-in browser.
    Session = "ses";
    /// A memo about a person.
    Note = "not";
    /// A visit.
    Visit = "vis";
    /// A cost.
    Cost = "cst";
    /// A saved view of a list.
    View = "viw";
    /// An entry of the audit log.
    Audit = "aud";
    /// An e-mail address, phone number or foreign id of a party.
    Contact = "con";
    /// A run of a model.
    Run = "run";
    /// A segment: a rule for who.
    Segment = "seg";
    /// A proposal to merge two parties.
    Proposal = "mrg";
    /// A line of the report on what was destroyed.
    Destruction = "dst";
    /// A team of staff.
    Team = "tea";
    /// A key by which a program comes in.
    ApiKey = "key";
    /// A webhook: where what happens is told.
    Webhook = "whk";
    /// A passkey of a member of staff.
    Passkey = "psk";
    /// A merge of two parties.
    Merge = "mge";
    /// A tie between two parties.
    Tie = "tie";
    /// A postal address of a party.
    Address = "adr";
    /// A field that the company added to its parties.
    CustomField = "fld";
    /// A statement of consent.
    Consent = "cns";
    /// A version of the words that ask for consent.
    Wording = "wrd";
    /// A rule of law, in force from a day on.
    Rule = "rul";
    /// A notice that the law asks for.
    Notice = "ntc";
    /// What somebody asks about their own data.
    Request = "req";
    /// An export of what is held about one person.
    PersonExport = "exp";
    /// The erasure of a person.
    Erasure = "ers";
    /// What somebody judges of a party.
    Assessment = "asm";
    /// A decision about a key account.
    AccountDecision = "acd";
    /// A bond with a party.
    Bond = "bnd";
    /// A move from one tier to another.
    VipMove = "vmv";
    /// Something to say or do for a customer.
    FollowUp = "fup";
    /// What a file of customers said of one of them.
    CustomerRow = "crw";
    /// A question that customers are asked, one at a time.
    Question = "qst";
    /// Something that a customer said they want or like.
    Declared = "dcl";
    /// A shop that tells by itself.
    Shop = "shp";
    /// What a shop told at once.
    ShopDelivery = "sdl";
}

/// The id of a `K`.
pub struct Id<K>(i64, PhantomData<fn() -> K>);

/// The text is no id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not an id that starts with {prefix}_")]
pub struct NotAnId {
    text: String,
    prefix: &'static str,
}

impl<K> Id<K> {
    /// The id with this number.
    pub const fn from_number(number: i64) -> Self {
        Self(number, PhantomData)
    }

    /// The number as the database keeps it.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// Crockford's base32: no letter that can be taken for a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS: usize = 13;

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; DIGITS];
        let mut rest = self.0.cast_unsigned();
        for digit in text.iter_mut().rev() {
            *digit = ALPHABET[(rest & 31) as usize];
            rest >>= 5;
        }
        write!(f, "{}_{}", K::PREFIX, std::str::from_utf8(&text).expect("the alphabet is ASCII"))
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let number = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).and_then(digits);
        number
            .map(Self::from_number)
            .ok_or_else(|| NotAnId { text: text.chars().take(40).collect(), prefix: K::PREFIX })
    }
}

fn digits(text: &str) -> Option<i64> {
    if text.len() != DIGITS {
        return None;
    }
    let mut number: u64 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        number = number.checked_mul(32)?.checked_add(digit as u64)?;
    }
    i64::try_from(number).ok()
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K> From<i64> for Id<K> {
    fn from(number: i64) -> Self {
        Self::from_number(number)
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Makes ids that no other node makes, in the order of time.
pub struct IdSource {
    clock: Arc<dyn Clock>,
    node: AtomicI64,
    last: AtomicI64,
}

const COUNTER_BITS: u32 = 13;
const NODE_BITS: u32 = 8;
/// 2020-01-01T00:00:00Z in milliseconds: 42 bits of milliseconds last until 2159.
const SINCE_MILLIS: i64 = 1_577_836_800_000;

impl IdSource {
    /// A source for the leased `node` number (0 to 255).
    pub fn new(clock: Arc<dyn Clock>, node: u8) -> Self {
        Self { clock, node: AtomicI64::new(i64::from(node)), last: AtomicI64::new(0) }
    }

    /// Goes on under another leased number, after the first was lost to another process.
    pub fn move_to(&self, node: u8) {
        self.node.store(i64::from(node), Ordering::Release);
    }

    /// The leased number.
    pub fn node(&self) -> u8 {
        u8::try_from(self.node.load(Ordering::Acquire)).expect("it was made from a u8")
    }

    /// A new id.
    pub fn next<K>(&self) -> Id<K> {
        let now = (self.clock.now().micros() / 1000 - SINCE_MILLIS).max(1) << COUNTER_BITS;
        let step = |last: i64| Some(if last < now { now } else { last + 1 });
        let last = self
            .last
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, step)
            .expect("step always gives a number");
        let tick = if last < now { now } else { last + 1 };
        let (millis, counter) = (tick >> COUNTER_BITS, tick & ((1 << COUNTER_BITS) - 1));
        let node = i64::from(self.node());
        Id::from_number((millis << (NODE_BITS + COUNTER_BITS)) | (node << COUNTER_BITS) | counter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FakeClock, Instant};

    #[test]
    fn ids_are_unique_ordered_and_survive_text() {
        let clock = Arc::new(FakeClock::at(Instant::from_micros(1_790_000_000_000_000)));
        let source = IdSource::new(clock, 7);
        let ids: Vec<Id<kinds::Party>> = (0..20_000).map(|_| source.next()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(ids[5].to_string().parse::<Id<kinds::Party>>(), Ok(ids[5]));
        assert!(ids[5].to_string().parse::<Id<kinds::Import>>().is_err());
    }

    #[test]
    fn two_nodes_never_make_the_same_id() {
        let clock = Arc::new(FakeClock::at(Instant::from_micros(1_790_000_000_000_000)));
        let (one, two) = (IdSource::new(clock.clone(), 1), IdSource::new(clock, 2));
        assert_ne!(one.next::<kinds::Party>(), two.next::<kinds::Party>());
    }
}
