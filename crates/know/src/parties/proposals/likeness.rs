//! How likely two records are of one person: pure.
//!
//! Each field that agrees or disagrees adds bits, log2(m/u), where m is how often it does among records of one person
//! and u how often among records of two (Fellegi and Sunter 1969, "A theory for record linkage"). The bits here are set
//! by hand for shops in Korea, where names repeat and families share a phone; they are not fitted.

use super::names;
use kernel::contact;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What is compared of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Names as they are written.
    pub names: Vec<String>,
    /// E-mail addresses in the form that identifies.
    pub emails: Vec<String>,
    /// Phone numbers, E.164.
    pub phones: Vec<String>,
    /// Ids by source.
    pub ids: BTreeSet<(String, String)>,
}

/// Something that speaks for or against a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Signal {
    /// `name_same`, `name_alike`, `name_differs`, `phone_shared`, `phone_alike`, `phone_differs`, `email_shared`,
    /// `email_alike`, `email_differs` or `two_ids`.
    pub code: &'static str,
    /// How much it says, in tenths of a bit; negative against.
    pub weight: i64,
    /// What the one has.
    pub one: Option<String>,
    /// What the other has.
    pub other: Option<String>,
}

/// How likely a pair is one, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// 1 to 99: the probability in hundredths.
    pub score: i64,
    /// What says so, the strongest first.
    pub signals: Vec<Signal>,
}

/// From here on a pair that nobody spoke of is proposed.
pub const PROPOSED: i64 = 50;

/// Among pairs that come to be compared about one in a thousand is one person: 10 bits to overcome.
const PRIOR: i64 = -100;

/// Which contact a record named as the one's that is the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared<'s> {
    /// `email` or `phone`.
    pub kind: &'s str,
    /// As it is shown.
    pub shown: &'s str,
}

/// Compares two records; `shared` are contacts that a record gave to both.
pub fn likeness(one: &Known, other: &Known, shared: &[Shared<'_>]) -> Likeness {
    let mut signals: Vec<Signal> =
        [name(one, other), phone(one, other, shared), email(one, other, shared), ids(one, other)]
            .into_iter()
            .flatten()
            .collect();
    signals.sort_by_key(|signal| std::cmp::Reverse(signal.weight.abs()));
    let bits = (PRIOR + signals.iter().map(|signal| signal.weight).sum::<i64>()) as f64 / 10.0;
    let chance = 100.0 / (1.0 + (-bits).exp2());
    // Rounded and bounded: the cast is exact.
    Likeness { score: chance.round().clamp(1.0, 99.0) as i64, signals }
}

fn signal(code: &'static str, weight: i64, one: &str, other: &str) -> Option<Signal> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(Signal { code, weight, one: some(one), other: some(other) })
}

/// One in 300 Koreans at the most has the same full name as somebody else of a shop: 80 tenths of a bit.
fn name(one: &Known, other: &Known) -> Option<Signal> {
    let rank = |likeness| match likeness {
        names::Likeness::Same => ("name_same", 80),
        names::Likeness::Alike => ("name_alike", 35),
        names::Likeness::Different => ("name_differs", -30),
    };
    let (code, weight, one, other) = best(&one.names, &other.names, |one, other| {
        rank(names::compare(&names::plain(one), &names::plain(other)))
    })?;
    signal(code, weight, one, other)
}

fn phone(one: &Known, other: &Known, shared: &[Shared<'_>]) -> Option<Signal> {
    if let Some(shared) = shared.iter().find(|shared| shared.kind == "phone") {
        return signal("phone_shared", 120, shared.shown, shared.shown);
    }
    let rank = |one: &str, other: &str| match () {
        () if one == other => ("phone_shared", 120),
        () if phones_alike(one, other) => ("phone_alike", 45),
        () => ("phone_differs", -10),
    };
    let (code, weight, one, other) = best(&one.phones, &other.phones, rank)?;
    signal(code, weight, &contact::show_phone(one), &contact::show_phone(other))
}

/// One digit apart, or the same last eight digits behind another carrier's code (011 became 010).
fn phones_alike(one: &str, other: &str) -> bool {
    let tail = |phone: &str| phone.len().checked_sub(8).map(|at| phone[at..].to_owned());
    tail(one).is_some_and(|end| tail(other) == Some(end))
        || one.len() == other.len() && strsim::hamming(one, other).is_ok_and(|apart| apart == 1)
}

fn email(one: &Known, other: &Known, shared: &[Shared<'_>]) -> Option<Signal> {
    if let Some(shared) = shared.iter().find(|shared| shared.kind == "email") {
        return signal("email_shared", 120, shared.shown, shared.shown);
    }
    let rank = |one: &str, other: &str| match () {
        () if inbox(one) == inbox(other) => ("email_shared", 110),
        () if emails_alike(one, other) => ("email_alike", 60),
        () => ("email_differs", -5),
    };
    let (code, weight, one, other) = best(&one.emails, &other.emails, rank)?;
    signal(code, weight, one, other)
}

/// Where mail to an address arrives: without its `+tag`.
pub fn inbox(email: &str) -> String {
    contact::normal_email(email).map_or_else(|| email.to_owned(), |email| email.send_norm)
}

/// Letters before the `@` from which on the same ones elsewhere say something.
pub const TELLING_LOCAL: usize = 6;

/// The same telling name at another provider, or one slip of the hand.
fn emails_alike(one: &str, other: &str) -> bool {
    let local = |email: &str| email.split('@').next().map(str::to_owned).unwrap_or_default();
    let (first, second) = (local(one), local(other));
    first == second && first.len() >= TELLING_LOCAL
        || first.len() >= TELLING_LOCAL && strsim::damerau_levenshtein(one, other) == 1
}

/// A shop that gave two ids says that they are two; it is often wrong.
fn ids(one: &Known, other: &Known) -> Option<Signal> {
    let clash = |(source, id): &(String, String)| {
        other.ids.iter().find(|(theirs, their_id)| theirs == source && their_id != id)
    };
    let (mine, theirs) = one.ids.iter().find_map(|id| Some((id, clash(id)?)))?;
    signal("two_ids", -15, &mine.1, &theirs.1)
}

/// The pair of values that says most for the two; none where one side has no value.
fn best<'t>(
    one: &'t [String],
    other: &'t [String],
    rank: impl Fn(&str, &str) -> (&'static str, i64),
) -> Option<(&'static str, i64, &'t str, &'t str)> {
    let pairs = one.iter().flat_map(|mine| other.iter().map(move |theirs| (mine, theirs)));
    pairs
        .map(|(mine, theirs)| {
            let (code, weight) = rank(mine, theirs);
            (code, weight, mine.as_str(), theirs.as_str())
        })
        .max_by_key(|(_, weight, ..)| *weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str, email: &str, phone: &str) -> Known {
        let list = |text: &str| (!text.is_empty()).then(|| text.to_owned()).into_iter().collect();
        Known { names: list(name), emails: list(email), phones: list(phone), ids: BTreeSet::new() }
    }

    fn score(one: &Known, other: &Known) -> i64 {
        likeness(one, other, &[]).score
    }

    #[test]
    fn a_shared_phone_says_much_with_a_name_and_little_against_another_name() {
        let shared = [Shared { kind: "phone", shown: "010-1111-2222" }];
        let of = |one: &str, other: &str| likeness(&known(one, "", ""), &known(other, "", ""), &shared).score;
        assert!(of("홍길동", "홍 길동") >= 99);
        assert!(of("김민서", "김민석") >= 95);
        assert!((60..95).contains(&of("홍길동", "")), "without a name nothing speaks against");
        assert!(of("홍길동", "이영희") < PROPOSED, "a family shares a phone");
    }

    #[test]
    fn a_name_alone_proposes_nobody() {
        let (one, other) = (known("김민수", "", ""), known("김민수", "", ""));
        assert!(score(&one, &other) < PROPOSED);
        let apart = known("김민수", "other@example.com", "+821099998888");
        assert!(score(&known("김민수", "", "+821011112222"), &apart) < score(&one, &other));
    }

    #[test]
    fn tags_slips_and_old_codes_are_seen_through() {
        let of = |one: (&str, &str), other: (&str, &str)| {
            let (one, other) = (known("홍길동", one.0, one.1), known("홍길동", other.0, other.1));
            (score(&one, &other), likeness(&one, &other, &[]).signals)
        };
        for (one, other, code) in [
            (("gildong@example.com", ""), ("gildong+shop@example.com", ""), "email_shared"),
            (("gildong@example.com", ""), ("gildong@example.co", ""), "email_alike"),
            (("", "+82112345678"), ("", "+821012345678"), "phone_alike"),
            (("", "+821012345678"), ("", "+821012345679"), "phone_alike"),
        ] {
            let (score, signals) = of(one, other);
            assert!(score >= PROPOSED, "{code}: {score}");
            assert!(signals.iter().any(|signal| signal.code == code), "{signals:?}");
        }
    }

    #[test]
    fn two_ids_of_one_source_speak_against() {
        let with = |id: &str, source: &str| {
            let mut known = known("", "", "+821011112222");
            known.ids.insert((source.into(), id.into()));
            known
        };
        assert!(
            score(&with("1", "shop"), &with("2", "shop")) < score(&with("1", "shop"), &with("2", "other"))
        );
        let signals = likeness(&with("1", "shop"), &with("2", "other"), &[]).signals;
        assert!(signals.iter().all(|signal| signal.code != "two_ids"));
    }
}
