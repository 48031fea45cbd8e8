//! The text of a rule to its tree.
//!
//! ```text
//! rule    = all { "or" all }
//! all     = one { "and" one }
//! one     = "not" one | "(" rule ")" | leaf
//! leaf    = "everyone" | "nobody" | "in" "segment" name | deed | field test
//! deed    = ["first"] word { attribute value } ["at least" | "at most" | "exactly" n "times"]
//!           ["for at least" amount] { "within" n "days" | "after" when | "before" when }
//! test    = compare value | "in" "(" value { "," value } ")" | "contains" text | "within" n "days"
//!         | "before" when | "after" when | "is known"
//! when    = day | n "days ago" | "today"
//! ```
//!
//! As Korean puts it the value comes first: `주문수 3 이상`, `마지막주문 30일 이내`, `마지막주문 60일 전 이전`,
//! `주문함 분류 "커피" 2번 이상 90일 이내` mean the same as the English order.

use super::Book;
use super::catalogue::{self, Asked, Field, Kind};
use super::deed::Deed;
use super::fault::{Code, Fault, Place};
use super::nearest::nearest;
use super::token::{Placed, Token, tokens};
use super::tree::{BYTES, Compare, DAYS, DEPTH, Did, LIST, Leaf, Rule, Scalar, Test, Times, When};
use super::value;
use std::ops::Range;

/// Words that mean the same.
const SAME: [(&str, &str); 18] = [
    ("그리고", "and"),
    ("또는", "or"),
    ("아님", "not"),
    ("모두", "everyone"),
    ("없음", "nobody"),
    ("오늘", "today"),
    ("일", "days"),
    ("day", "days"),
    ("전", "ago"),
    ("이내", "within"),
    ("time", "times"),
    ("번", "times"),
    ("회", "times"),
    ("그룹", "segment"),
    ("첫", "first"),
    ("정확히", "exactly"),
    ("포함", "contains"),
    ("아닌", "not"),
];

/// Comparisons that follow their value.
const BEHIND: [(&str, Compare); 6] = [
    ("이상", Compare::AtLeast),
    ("이하", Compare::AtMost),
    ("초과", Compare::More),
    ("미만", Compare::Less),
    ("이전", Compare::Less),
    ("이후", Compare::More),
];

/// Words of the grammar, which no field may be called.
pub(super) const WORDS: [&str; 29] = [
    "and", "or", "not", "everyone", "nobody", "today", "days", "ago", "within", "times", "segment", "in",
    "is", "known", "unknown", "contains", "before", "after", "at", "least", "most", "exactly", "for",
    "first", "no", "since", "until", "true", "false",
];

/// The tree that a text means.
///
/// # Errors
/// The first fault, with the characters it is about.
pub fn parse(text: &str, book: &Book) -> Result<Rule, Fault> {
    if text.len() > BYTES {
        return Err(Fault::whole(Code::TooLarge).with("limit", BYTES / 1024));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, length: text.chars().count(), depth: 0, book };
    if parser.tokens.is_empty() {
        return Err(Fault::whole(Code::Empty));
    }
    let rule = parser.rule()?;
    match parser.peek() {
        Some(_) => Err(parser.expected("and, or")),
        None => rule.check().map(|()| rule),
    }
}

struct Parser<'p> {
    tokens: Vec<Placed>,
    next: usize,
    length: usize,
    depth: usize,
    book: &'p Book,
}

impl Parser<'_> {
    fn rule(&mut self) -> Result<Rule, Fault> {
        let mut rules = vec![self.all()?];
        while self.takes("or") {
            rules.push(self.all()?);
        }
        Ok(Rule::group(rules, Rule::Any))
    }

    fn all(&mut self) -> Result<Rule, Fault> {
        let mut rules = vec![self.one()?];
        while self.takes("and") {
            rules.push(self.one()?);
        }
        Ok(Rule::group(rules, Rule::All))
    }

    fn one(&mut self) -> Result<Rule, Fault> {
        let not = self.takes("not");
        if !not && !self.takes_sign("(") {
            return self.leaf();
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Fault::new(Code::TooDeep, self.place_before()).with("limit", DEPTH));
        }
        let rule = if not { Rule::Not(Box::new(self.one()?)) } else { self.closed()? };
        self.depth -= 1;
        Ok(rule)
    }

    fn closed(&mut self) -> Result<Rule, Fault> {
        let rule = self.rule()?;
        if self.takes_sign(")") { Ok(rule) } else { Err(self.expected(")")) }
    }

    fn leaf(&mut self) -> Result<Rule, Fault> {
        let place = self.place();
        if self.takes("everyone") {
            return Ok(Rule::All(Vec::new()));
        }
        if self.takes("nobody") {
            return Ok(Rule::Any(Vec::new()));
        }
        if self.takes("in") || self.peek_word().as_deref() == Some("segment") {
            self.must("segment")?;
            return self.member();
        }
        let first = self.takes("first");
        let Some(Token::Word(word)) = self.peek().cloned() else { return Err(self.expected("…")) };
        let lower = word.to_lowercase();
        if let Some(deed) = Deed::named(&lower) {
            self.next += 1;
            return self.did(deed, first).map(|did| Rule::Leaf(Leaf::Did(Box::new(did))));
        }
        if first {
            return Err(self.expected("first ordered"));
        }
        let Some(field) = catalogue::field(&lower) else {
            return Err(unknown(&lower, self.place()));
        };
        self.next += 1;
        self.test(field, place)
    }

    fn member(&mut self) -> Result<Rule, Fault> {
        let place = self.place();
        let id = match self.bump() {
            Some(Token::Text(name)) => self.book.segments.get(&name).copied(),
            Some(Token::Word(word)) => word.parse().ok().or_else(|| self.book.segments.get(&word).copied()),
            _ => None,
        };
        let id = id.ok_or_else(|| Fault::new(Code::UnknownSegment, place))?;
        Ok(Rule::Leaf(Leaf::Member(id)))
    }

    fn test(&mut self, field: &'static Field, place: Place) -> Result<Rule, Fault> {
        let leaf = |test| Rule::Leaf(Leaf::Field(field, test));
        if field.kind == Kind::Flag {
            return Ok(leaf(Test::Holds));
        }
        let asked_at = self.place();
        if self.takes("is") {
            if self.takes("known") {
                return Ok(leaf(Test::Known));
            }
            if self.takes("unknown") {
                return Ok(Rule::Not(Box::new(leaf(Test::Known))));
            }
            let not = self.takes("not");
            if not && self.takes("known") {
                return Ok(Rule::Not(Box::new(leaf(Test::Known))));
            }
            let compare = if not { Compare::Unequal } else { Compare::Equal };
            return self.compared(field, compare, asked_at).map(leaf);
        }
        if self.takes("in") {
            allowed(field, Asked::In, &asked_at)?;
            return self.list(field).map(|values| leaf(Test::In(values)));
        }
        if self.takes("contains") {
            allowed(field, Asked::Contains, &asked_at)?;
            return self.quoted().map(|text| leaf(Test::Contains(text)));
        }
        if self.takes("within") {
            allowed(field, Asked::Within, &asked_at)?;
            return self.days().map(|days| leaf(Test::Within(days)));
        }
        if let Some(test) = self.value_first(field) {
            return Ok(leaf(test));
        }
        let compare = self.compare();
        let Some(compare) = compare else {
            let known = field.asked().iter().map(|asked| asked.text()).collect::<Vec<_>>().join(" ");
            let ended = self.peek().is_none();
            let place = if ended { place } else { asked_at };
            return Err(Fault::new(Code::Operator, place).with("field", field.name).with("known", known));
        };
        self.compared(field, compare, asked_at).map(leaf)
    }

    /// A test whose value comes first; where it is none everything is as before, and the fault is that of the other order.
    fn value_first(&mut self, field: &'static Field) -> Option<Test> {
        let start = self.next;
        let test = self.test_behind(field);
        if test.is_none() {
            self.next = start;
        }
        test
    }

    fn test_behind(&mut self, field: &'static Field) -> Option<Test> {
        if !matches!(self.peek()?, Token::Number(_) | Token::Day(_)) {
            return None;
        }
        let asks = |asked| field.asked().contains(&asked);
        if !field.kind.is_day() {
            let scalar = self.scalar(field).ok()?;
            let compare = self.behind()?;
            return asks(Asked::Compare(compare)).then_some(Test::Is(compare, scalar));
        }
        let (when, within) = self.days_behind(field)?;
        if within {
            let When::Ago(days) = when else { return None };
            return asks(Asked::Within).then_some(Test::Within(days));
        }
        let compare = self.behind()?;
        asks(Asked::Compare(compare)).then_some(Test::When(compare, when))
    }

    /// `30일 이내`, or a day that a comparison follows; whether it was the former.
    fn days_behind(&mut self, field: &'static Field) -> Option<(When, bool)> {
        let start = self.next;
        if let Ok(days) = self.days()
            && self.takes("within")
        {
            return Some((When::Ago(days), true));
        }
        self.next = start;
        self.when(field).ok().map(|when| (when, false))
    }

    fn behind(&mut self) -> Option<Compare> {
        let Some(Token::Word(word)) = self.peek() else { return None };
        let compare = BEHIND.iter().find(|(written, _)| written == word).map(|(_, compare)| *compare);
        self.next += usize::from(compare.is_some());
        compare
    }

    fn compare(&mut self) -> Option<Compare> {
        for (word, compare) in [
            ("before", Compare::Less),
            ("after", Compare::More),
            ("since", Compare::AtLeast),
            ("until", Compare::AtMost),
        ] {
            if self.takes(word) {
                return Some(compare);
            }
        }
        Compare::ALL.into_iter().find(|compare| self.takes_sign(compare.text()))
    }

    fn compared(&mut self, field: &'static Field, compare: Compare, place: Place) -> Result<Test, Fault> {
        allowed(field, Asked::Compare(compare), &place)?;
        match field.kind.is_day() {
            true => Ok(Test::When(compare, self.when(field)?)),
            false => Ok(Test::Is(compare, self.scalar(field)?)),
        }
    }

    fn scalar(&mut self, field: &Field) -> Result<Scalar, Fault> {
        let place = self.place();
        let read = match self.bump() {
            Some(Token::Number(written)) => value::number(field, &written, self.book),
            Some(Token::Text(written)) => value::text(field, &written),
            Some(Token::Word(written)) if matches!(field.kind, Kind::Choice(_)) => {
                value::text(field, &written)
            }
            None => return Err(self.ended()),
            _ => Err(value::wrong(field)),
        };
        read.map_err(|fault| fault.at(place))
    }

    fn list(&mut self, field: &Field) -> Result<Vec<Scalar>, Fault> {
        let place = self.place();
        self.sign("(")?;
        let mut values = vec![self.scalar(field)?];
        while self.takes_sign(",") {
            values.push(self.scalar(field)?);
            if values.len() > LIST {
                return Err(Fault::new(Code::TooLong, place).with("limit", LIST));
            }
        }
        self.sign(")")?;
        Ok(values)
    }

    fn when(&mut self, field: &Field) -> Result<When, Fault> {
        let place = self.place();
        if self.takes("today") {
            return Ok(When::Ago(0));
        }
        if let Some(Token::Day(day)) = self.peek() {
            let day = *day;
            self.next += 1;
            return Ok(When::On(day));
        }
        if self.peek().is_none() {
            return Err(self.ended());
        }
        let days = self.days().map_err(|_| value::wrong(field).at(place))?;
        self.must("ago")?;
        Ok(When::Ago(days))
    }

    /// `n days`.
    fn days(&mut self) -> Result<i64, Fault> {
        let days = self.count(0..=DAYS)?;
        self.must("days")?;
        Ok(days)
    }

    fn count(&mut self, range: std::ops::RangeInclusive<i64>) -> Result<i64, Fault> {
        let Some(Token::Number(written)) = self.peek() else { return Err(self.expected("30")) };
        let read = value::int(written).filter(|number| range.contains(number));
        let number = read.ok_or_else(|| self.expected(&format!("{}–{}", range.start(), range.end())))?;
        self.next += 1;
        Ok(number)
    }

    fn did(&mut self, deed: &'static Deed, first: bool) -> Result<Did, Fault> {
        let mut did = Did { first, ..Did::once(deed) };
        if first && !deed.money {
            return Err(Fault::new(Code::Expected, self.place_before()).with("expected", "first ordered"));
        }
        if deed.any {
            did.kind = Some(self.kind()?);
        }
        while let Some(Token::Word(word)) = self.peek() {
            let Some((attribute, _)) = deed.attribute_called(&word.to_lowercase()) else { break };
            self.next += 1;
            self.takes_sign("=");
            did.with.insert(attribute, self.quoted()?);
        }
        if let Some(times) = self.times()? {
            did.times = times;
        }
        if deed.money && self.takes("for") {
            self.must("at")?;
            self.must("least")?;
            did.amount = Some(self.amount()?);
        }
        self.period(&mut did)?;
        Ok(did)
    }

    fn kind(&mut self) -> Result<String, Fault> {
        let place = self.place();
        match self.bump() {
            Some(Token::Word(kind) | Token::Text(kind)) if is_kind(&kind) => {
                self.book.check_kind(&kind).map(|()| kind).map_err(|fault| fault.at(place))
            }
            _ => Err(Fault::new(Code::Expected, place).with("expected", "did complaint.opened")),
        }
    }

    /// `2번 이상`; nothing where something else stands.
    fn times_behind(&mut self) -> Option<Times> {
        let start = self.next;
        let number = self.count(0..=i64::from(u16::MAX)).ok().filter(|_| self.takes("times"));
        let times = match (number, self.behind()) {
            (Some(number), Some(Compare::AtLeast)) => Some(Times::AtLeast(number)),
            (Some(number), Some(Compare::AtMost)) => Some(Times::AtMost(number)),
            _ => None,
        };
        if times.is_none() {
            self.next = start;
        }
        times
    }

    fn times(&mut self) -> Result<Option<Times>, Fault> {
        if let Some(times) = self.times_behind() {
            return Ok(Some(times));
        }
        let times: fn(i64) -> Times = if self.takes("exactly") {
            Times::Exactly
        } else if self.takes("at") {
            if self.takes("most") {
                Times::AtMost
            } else {
                self.must("least")?;
                Times::AtLeast
            }
        } else {
            return Ok(None);
        };
        let number = self.count(0..=i64::from(u16::MAX))?;
        self.must("times")?;
        Ok(Some(times(number)))
    }

    fn amount(&mut self) -> Result<i64, Fault> {
        let place = self.place();
        let read = match self.bump() {
            Some(Token::Number(written)) => value::minor(&written, self.book.decimals()),
            _ => None,
        };
        read.ok_or_else(|| Fault::new(Code::Expected, place).with("expected", "50000"))
    }

    fn period(&mut self, did: &mut Did) -> Result<(), Fault> {
        let day = catalogue::field("last_order").expect("the day of the last order is a field");
        loop {
            if did.within.is_none() && self.takes("within") {
                did.within = Some(self.days()?);
            } else if did.after.is_none() && self.takes("after") {
                did.after = Some(self.when(day)?);
            } else if did.before.is_none() && self.takes("before") {
                did.before = Some(self.when(day)?);
            } else if !self.period_behind(did, day) {
                return Ok(());
            }
        }
    }

    /// `90일 이내`, `30일 전 이후`; whether one stood there.
    fn period_behind(&mut self, did: &mut Did, day: &'static Field) -> bool {
        let start = self.next;
        let found = match self.days_behind(day) {
            Some((When::Ago(days), true)) if did.within.is_none() => did.within.replace(days).is_none(),
            Some((when, false)) => match self.behind() {
                Some(Compare::More) if did.after.is_none() => did.after.replace(when).is_none(),
                Some(Compare::Less) if did.before.is_none() => did.before.replace(when).is_none(),
                _ => false,
            },
            _ => false,
        };
        if !found {
            self.next = start;
        }
        found
    }

    fn quoted(&mut self) -> Result<String, Fault> {
        match self.peek().cloned() {
            Some(Token::Text(text)) => {
                self.next += 1;
                Ok(text)
            }
            _ => Err(self.expected("\"…\"")),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(token, _)| token)
    }

    fn bump(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.next += usize::from(token.is_some());
        token
    }

    fn peek_word(&self) -> Option<String> {
        let Some(Token::Word(word)) = self.peek() else { return None };
        let word = word.to_lowercase();
        Some(SAME.iter().find(|(same, _)| *same == word).map_or(word, |(_, meant)| (*meant).to_owned()))
    }

    fn takes(&mut self, word: &str) -> bool {
        let takes = self.peek_word().as_deref() == Some(word);
        self.next += usize::from(takes);
        takes
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let takes = matches!(self.peek(), Some(Token::Sign(other)) if *other == sign);
        self.next += usize::from(takes);
        takes
    }

    fn must(&mut self, word: &str) -> Result<(), Fault> {
        if self.takes(word) { Ok(()) } else { Err(self.expected(word)) }
    }

    fn sign(&mut self, sign: &str) -> Result<(), Fault> {
        if self.takes_sign(sign) { Ok(()) } else { Err(self.expected(sign)) }
    }

    fn range(&self, index: usize) -> Range<usize> {
        self.tokens.get(index).map_or(self.length..self.length, |(_, range)| range.clone())
    }

    fn place(&self) -> Place {
        Place::Text(self.range(self.next))
    }

    fn place_before(&self) -> Place {
        Place::Text(self.range(self.next.saturating_sub(1)))
    }

    fn ended(&self) -> Fault {
        Fault::new(Code::Ended, Place::Text(self.length..self.length))
    }

    fn expected(&self, what: &str) -> Fault {
        let code = if self.peek().is_none() { Code::Ended } else { Code::Expected };
        Fault::new(code, self.place()).with("expected", what)
    }
}

fn allowed(field: &Field, asked: Asked, place: &Place) -> Result<(), Fault> {
    let all = field.asked();
    if all.contains(&asked) {
        return Ok(());
    }
    let known = all.iter().map(|asked| asked.text()).collect::<Vec<_>>().join(" ");
    Err(Fault::new(Code::Operator, place.clone()).with("field", field.name).with("known", known))
}

/// A kind of interaction, `verb.happened`, or the code of one that the company registered.
pub(super) fn is_kind(kind: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_');
    (2..=60).contains(&kind.len()) && kind.bytes().all(inside) && !WORDS.contains(&kind)
}

fn unknown(word: &str, place: Place) -> Fault {
    // A word of the grammar is spelt well and stands in the wrong place.
    if WORDS.contains(&word) || SAME.iter().any(|(same, _)| *same == word) {
        return Fault::new(Code::Expected, place).with("expected", "orders >= 3, not, (");
    }
    let known = catalogue::names().chain(Deed::words()).chain(WORDS);
    let word: String = word.chars().take(40).collect();
    match nearest(&word, known) {
        Some(near) => Fault::new(Code::Misspelt, place).with("name", word).with("near", near),
        None => Fault::new(Code::UnknownName, place).with("name", word),
    }
}
