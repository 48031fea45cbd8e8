//! What someone sees of the customers: which of them, and how much of their contacts.
//!
//! Invariants:
//! - Whatever gives customers away takes a [`Sight`], so that a new reader cannot forget it.
//! - Masks are made here alone: `010-****-1234`, `k***@example.com`, in contacts and inside free text.

use crate::Role;
use kernel::{Id, contact, kinds};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::str::FromStr;

/// Which customers a user sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Everyone.
    #[default]
    All,
    /// Those whom someone of their team looks after.
    Team,
    /// Those whom they look after.
    Own,
}

impl Scope {
    /// The text in the database and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Team => "team",
            Self::Own => "own",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = [Self::All, Self::Team, Self::Own].into_iter().find(|scope| scope.text() == text);
        known.ok_or_else(|| format!("\"{text}\" is not a scope: write all, team or own"))
    }
}

/// What someone sees of the customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    within: Option<Within>,
    masked: bool,
}

/// The customers of a user, and of their team where that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within {
    /// Whom they look after themselves.
    pub user: Id<kinds::User>,
    /// Whom someone of this team looks after.
    pub team: Option<Id<kinds::Team>>,
}

impl Sight {
    /// Everyone, unmasked: for the program's own work, never for an answer to somebody.
    pub const WHOLE: Self = Self { within: None, masked: false };

    /// What a user with this role, scope and team sees.
    pub fn of(user: Id<kinds::User>, role: Role, scope: Scope, team: Option<Id<kinds::Team>>) -> Self {
        let within = match scope {
            Scope::Own => Some(Within { user, team: None }),
            Scope::Team => Some(Within { user, team }),
            Scope::All => None,
        };
        Self { within: within.filter(|_| role.may_be_limited()), masked: role.is_masked() }
    }

    /// To whose customers it is limited, if to any.
    pub fn within(&self) -> Option<Within> {
        self.within
    }

    /// Whether contacts are masked.
    pub fn is_masked(&self) -> bool {
        self.masked
    }

    /// An e-mail address, a phone number or any text that may hold one, as it may be shown.
    pub fn text(&self, text: String) -> String {
        if self.masked { masked(&text).into_owned() } else { text }
    }

    /// The same of a text that may be missing.
    pub fn maybe(&self, text: Option<String>) -> Option<String> {
        text.map(|text| self.text(text))
    }
}

/// Digits of a phone number at least: fewer are a price or a date.
const PHONE_DIGITS: usize = 8;
/// Groups of digits that a phone number is written in at most: `+82 (0)10 2345 1234`.
const GROUPS: usize = 6;

/// `text` with every e-mail address and phone number in it masked.
fn masked(text: &str) -> Cow<'_, str> {
    if !text.contains('@') && digits(text) < PHONE_DIGITS {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        shown.push_str(&address(word));
    }
    Cow::Owned(numbers(&shown))
}

/// A word, masked from the beginning of its local part if it holds an address.
fn address(word: &str) -> Cow<'_, str> {
    let Some(at) = word.find('@') else { return Cow::Borrowed(word) };
    let is_local = |c: char| c.is_alphanumeric() || "._%+-*".contains(c);
    let start = word[..at].char_indices().rev().take_while(|(_, c)| is_local(*c)).last();
    match start {
        Some((start, first)) => Cow::Owned(format!("{}{first}***{}", &word[..start], &word[at..])),
        None => Cow::Borrowed(word),
    }
}

/// Runs of digits, with what people write between them, masked where they are long enough for a phone number.
fn numbers(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars().chain(['\n']) {
        let goes_on = letter.is_ascii_digit()
            || (letter == '+' && run.is_empty())
            || (!run.is_empty() && matches!(letter, '-' | '.' | ' ' | '(' | ')'));
        if goes_on {
            run.push(letter);
        } else {
            shown.push_str(&number(&run));
            run.clear();
            shown.push(letter);
        }
    }
    shown.pop();
    shown
}

/// A run of groups of digits, such as a price before a number: the longest that reads as a phone number is masked.
fn number(run: &str) -> Cow<'_, str> {
    if digits(run) < PHONE_DIGITS {
        return Cow::Borrowed(run);
    }
    let groups: Vec<&str> = run.split_inclusive(|c: char| !c.is_ascii_digit() && c != '+').collect();
    let mut shown = String::with_capacity(run.len());
    let mut from = 0;
    while from < groups.len() {
        let phone = (from + 1..=groups.len().min(from + GROUPS)).rev().find_map(|to| {
            let said = groups[from..to].concat();
            (digits(&said) >= PHONE_DIGITS).then(|| phone(&said)).flatten().map(|masked| (to, masked))
        });
        let (to, text) = phone.unwrap_or_else(|| (from + 1, unknown(groups[from])));
        shown.push_str(&text);
        from = to;
    }
    Cow::Owned(shown)
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// `said` masked, with whatever stands after its last digit, if it is a phone number.
fn phone(said: &str) -> Option<String> {
    let end = said.trim_end_matches(|c: char| !c.is_ascii_digit()).len();
    let number = contact::normal_phone(&said[..end], "KR")?;
    Some(format!("{}{}", contact::mask_phone(&number.e164), &said[end..]))
}

/// A group of digits that is no number we know, but long enough for one: the last four stay.
fn unknown(group: &str) -> String {
    let long = digits(group);
    let mut seen = 0;
    let star = |c: char| {
        seen += usize::from(c.is_ascii_digit());
        if c.is_ascii_digit() && long > PHONE_DIGITS && seen + 4 <= long { '*' } else { c }
    };
    group.chars().map(star).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clerk(text: &str) -> String {
        Sight::of(Id::from_number(1), Role::Clerk, Scope::All, None).text(text.into())
    }

    #[test]
    fn contacts_are_masked_alone_and_inside_text() {
        for (written, shown) in [
            ("010-2345-1234", "010-****-1234"),
            ("+821023451234", "010-****-1234"),
            ("kim@shop.kr", "k***@shop.kr"),
            ("아들 010 2345 1234, kim.min+x@shop.kr로", "아들 010-****-1234, k***@shop.kr로"),
            ("전화:01023451234!", "전화:010-****-1234!"),
            ("<kim@shop.kr>", "<k***@shop.kr>"),
            ("9000 010 2345 1234", "9000 010-****-1234"),
            ("99887766554433", "**********4433"),
        ] {
            assert_eq!(clerk(written), shown);
        }
    }

    #[test]
    fn what_is_no_contact_stays_as_it_is() {
        for text in ["아메리카노 2잔 9,000원", "2월 10일 졸업식", "2026-02-10 10:30", "@", "단골 @ 강남", ""]
        {
            assert_eq!(clerk(text), text);
        }
        assert_eq!(Sight::WHOLE.text("010-2345-1234".into()), "010-2345-1234");
    }

    #[test]
    fn only_who_works_at_the_counter_or_with_customers_can_be_limited() {
        let sight = |role| Sight::of(Id::from_number(1), role, Scope::Own, None);
        assert!(sight(Role::Staff).within().is_some() && sight(Role::Clerk).within().is_some());
        assert!(sight(Role::Manager).within().is_none() && sight(Role::Analyst).within().is_none());
    }

    proptest::proptest! {
        #[test]
        fn no_phone_number_or_address_gets_through(middle in "[0-9]{4}", tail in "[0-9]{4}", local in "[a-z]{4,9}", before in "[가-힣 ]{0,9}") {
            let shown = clerk(&format!("{before} 010-{middle}-{tail} {local}@shop.kr"));
            let number = format!("-{middle}-");
            proptest::prop_assert!(!shown.contains(&number));
            let address = format!("{local}@");
            proptest::prop_assert!(!shown.contains(&address));
        }
    }
}
