//! What someone sees of the customers: which of them, and how much of their contacts.
//!
//! Invariants:
//! - Whatever gives customers away takes a [`Sight`], so that a new reader cannot forget it.
//! - Masks are made here alone: `010-****-1234`, `k***@example.com`, in contacts and inside whatever people wrote: free
//!   text, rules, saved addresses.

use crate::{Permission, Role};
use kernel::{Id, contact, kinds};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    /// Whose; none for the program itself.
    role: Option<Role>,
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
    pub const WHOLE: Self = Self { within: None, masked: false, role: None };

    /// Everyone, with contacts in part: for pages that whoever has their link may open.
    pub const IN_PART: Self = Self { within: None, masked: true, role: None };

    /// What a user with this role, scope and team sees.
    pub fn of(user: Id<kinds::User>, role: Role, scope: Scope, team: Option<Id<kinds::Team>>) -> Self {
        let within = match scope {
            Scope::Own => Some(Within { user, team: None }),
            Scope::Team => Some(Within { user, team }),
            Scope::All => None,
        };
        Self { within: within.filter(|_| role.may_be_limited()), masked: role.is_masked(), role: Some(role) }
    }

    /// To whose customers it is limited, if to any.
    pub fn within(&self) -> Option<Within> {
        self.within
    }

    /// Whether contacts are masked.
    pub fn is_masked(&self) -> bool {
        self.masked
    }

    /// Whether figures about all customers together may be shown: to whoever reads figures and sees everyone.
    pub fn counts_everyone(&self) -> bool {
        self.within.is_none() && self.may(Permission::FiguresRead)
    }

    /// Whether a page behind `permission` opens: what leads there is not shown to others.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.is_none_or(|role| role.may(permission))
    }

    /// An e-mail address, a phone number or any text that may hold one, as it may be shown.
    pub fn text(&self, text: String) -> String {
        if self.masked { masked(&text).into_owned() } else { text }
    }

    /// The same of every text within JSON, such as the values of a rule.
    pub fn json(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(values) => values.into_iter().map(|value| self.json(value)).collect(),
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (name, self.json(value))).collect()
            }
            other => other,
        }
    }

    /// The same of the query of an address, whose signs hide contacts: `q=kim%40shop.kr`.
    pub fn query(&self, query: String) -> String {
        // What is no address is masked as text: nothing gets through for being odd.
        let Ok(mut address) = Url::parse(&format!("http://list/?{query}")) else { return self.text(query) };
        let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
        if self.masked && address.fragment().is_some() {
            return self.text(query);
        }
        if !self.masked || pairs.iter().all(|(name, value)| masked(name) == *name && masked(value) == *value)
        {
            return query;
        }
        let shown = pairs.into_iter().map(|(name, value)| (self.text(name), self.text(value)));
        address.query_pairs_mut().clear().extend_pairs(shown);
        address.query().unwrap_or_default().to_owned()
    }

    /// The same of a text that may be missing.
    pub fn maybe(&self, text: Option<String>) -> Option<String> {
        text.map(|text| self.text(text))
    }
}

/// Digits of a phone number at least: fewer are a price or a date.
const PHONE_DIGITS: usize = 8;
/// Digits of a number that is hidden although its country's plan is not known here.
const FOREIGN_DIGITS: usize = 9;
/// Groups of digits that a phone number is written in at most: `+82 (0)10 2345 1234`.
const GROUPS: usize = 6;
/// Digits of a group of a number that is written in groups.
const GROUP_DIGITS: usize = 4;

/// `text` with every e-mail address and phone number in it masked.
fn masked(text: &str) -> Cow<'_, str> {
    if !text.contains('@') && digits(text) < PHONE_DIGITS {
        return Cow::Borrowed(text);
    }
    Cow::Owned(numbers(&addresses(text)))
}

/// `text` with the part before each `@` masked but for its first letter.
fn addresses(text: &str) -> String {
    let is_local = |c: char| contact::is_of_local(c) || c.is_alphanumeric() || c == '.';
    let mut shown = String::with_capacity(text.len());
    let mut parts = text.split('@').peekable();
    while let Some(part) = parts.next() {
        let start = part.char_indices().rev().take_while(|(_, c)| is_local(*c)).last();
        match start.filter(|_| parts.peek().is_some()) {
            Some((start, first)) => shown.extend([&part[..start], &first.to_string(), "***"]),
            None => shown.push_str(part),
        }
        if parts.peek().is_some() {
            shown.push('@');
        }
    }
    shown
}

/// Runs of digits, with what people write between them, masked where they are long enough for a phone number.
fn numbers(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars().chain(['\n']) {
        let goes_on = contact::digit(letter).is_some()
            || (letter == '+' && run.is_empty())
            || (!run.is_empty() && contact::is_between_digits(letter));
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
    // What may be a number of another country is looked for where no number of ours is.
    let other = |rest: &[&str]| each(rest, foreign, |rest| rest.iter().copied().map(unknown).collect());
    Cow::Owned(each(&groups(run), phone, other))
}

/// The longest stretches of `groups` that `read` finds something in, read; and `rest` of what lies between.
fn each(groups: &[&str], read: fn(&str) -> Option<String>, rest: impl Fn(&[&str]) -> String) -> String {
    let found = |from: usize| {
        let windows = (from + 1..=groups.len().min(from + GROUPS)).rev();
        windows.map(|to| (to, groups[from..to].concat())).find_map(|(to, said)| Some((to, read(&said)?)))
    };
    let (mut shown, mut done, mut from) = (String::new(), 0, 0);
    while from < groups.len() {
        let Some((to, text)) = found(from) else {
            from += 1;
            continue;
        };
        shown.extend([rest(&groups[done..from]), text]);
        (done, from) = (to, to);
    }
    shown + &rest(&groups[done..])
}

/// Digits that stand together, each group with what follows it up to the next.
fn groups(run: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = Vec::new();
    let mut was_digit = false;
    for (at, letter) in run.char_indices() {
        let is_digit = contact::digit(letter).is_some() || letter == '+';
        if is_digit && !was_digit {
            starts.push(at);
        }
        was_digit = is_digit;
    }
    let ends = starts.iter().skip(1).copied().chain([run.len()]);
    starts.iter().zip(ends).map(|(start, end)| &run[*start..end]).collect()
}

fn digits(text: &str) -> usize {
    text.chars().filter(|c| contact::digit(*c).is_some()).count()
}

/// `said` up to its last digit, and what stands after it.
fn to_last_digit(said: &str) -> (&str, &str) {
    said.split_at(said.trim_end_matches(|c: char| contact::digit(c).is_none()).len())
}

/// `said` masked, with whatever stands after its last digit, if it is a phone number.
fn phone(said: &str) -> Option<String> {
    let (number, after) = to_last_digit(said);
    let number = (digits(said) >= PHONE_DIGITS).then(|| contact::normal_phone(number, "KR")).flatten()?;
    Some(format!("{}{after}", contact::mask_phone(&number.e164)))
}

/// `said` with all but its last four digits hidden, if it is written in groups as numbers of other countries are, and
/// is no date: `***-***-2671`.
fn foreign(said: &str) -> Option<String> {
    let groups = groups(said);
    let is_short = |group: &&str| (1..=GROUP_DIGITS).contains(&digits(group));
    let is_year = |group: &str| digits(group) == 4 && (group.starts_with("19") || group.starts_with("20"));
    let is_grouped = groups.len() > 1 && groups.iter().all(is_short) && !is_year(groups[0]);
    (is_grouped && digits(said) >= FOREIGN_DIGITS).then(|| starred(said))
}

/// A group of digits that is no number we know, but long enough for one: the last four stay.
fn unknown(group: &str) -> String {
    if digits(group) > PHONE_DIGITS { starred(group) } else { group.to_owned() }
}

fn starred(text: &str) -> String {
    let all = digits(text);
    let mut seen = 0;
    let star = |c: char| {
        let is_digit = contact::digit(c).is_some();
        seen += usize::from(is_digit);
        if is_digit && seen + 4 <= all { '*' } else { c }
    };
    text.chars().map(star).collect()
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
            ("010 - 2345 - 1234", "010-****-1234"),
            ("010–2345–1234", "010-****-1234"),
            ("010\u{a0}2345\u{a0}1234", "010-****-1234"),
            ("０１０２３４５１２３４", "010-****-1234"),
            ("415-555-2671", "***-***-2671"),
            ("kim@a.kr,lee.minho@b.kr", "k***@a.kr,l***@b.kr"),
            ("kim~@shop.kr kim/minji@shop.kr", "k***@shop.kr k***@shop.kr"),
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
    fn contacts_are_masked_in_rules_and_in_addresses() {
        let clerk = Sight::of(Id::from_number(1), Role::Clerk, Scope::All, None);
        let rule =
            serde_json::json!({ "any": [{ "field": "phone", "op": "in", "value": ["010-2345-1234", 3] }] });
        assert_eq!(clerk.json(rule)["any"][0]["value"], serde_json::json!(["010-****-1234", 3]));
        for (query, shown) in [
            ("sort=-spend&q=010-2345-1234", "sort=-spend&q=010-****-1234"),
            ("q=kim%40shop.kr", "q=k***%40shop.kr"),
            ("q=%EA%B9%80%20%EB%8B%A8%EA%B3%A8&late=true", "q=%EA%B9%80%20%EB%8B%A8%EA%B3%A8&late=true"),
        ] {
            assert_eq!(clerk.query(query.into()), shown);
        }
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
