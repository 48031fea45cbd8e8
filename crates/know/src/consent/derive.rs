//! What stands now, from everything that was said: pure, and the only place that decides it.
//!
//! - The latest statement counts. One that comes to be known late does not outweigh one that was made after it.
//! - What a file says without anybody vouching for it counts only while nothing else was said.
//! - When two records become one, the more restrictive of what each said stands, until the person says something new.

use super::model::{Basis, Channel, ConsentId, PartyId, Purpose, State};
use kernel::{Day, Instant};
use std::collections::BTreeMap;

/// The medium, the purpose and the topic that something was said about.
pub type Key = (Channel, Purpose, String);

/// A statement as it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its row: rows are numbered in the order in which they were written.
    pub id: ConsentId,
    /// By whom.
    pub party: PartyId,
    /// About what.
    pub key: Key,
    /// What.
    pub state: State,
    /// When.
    pub at: Instant,
    /// On what ground.
    pub basis: Option<Basis>,
}

/// A merge that stands: its number, who stays, who goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// Numbered together with statements.
    pub id: i64,
    /// Who stands for both.
    pub survivor: PartyId,
    /// Who does not stand for themselves any more.
    pub absorbed: PartyId,
}

/// What stands about one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Present {
    /// What.
    pub state: State,
    /// Since when: a consent that was confirmed stands since it was given.
    pub since: Instant,
    /// When it was said last.
    pub at: Instant,
    /// The row that decides.
    pub consent: ConsentId,
    /// On what ground.
    pub basis: Option<Basis>,
}

impl Present {
    /// Whether it allows what it is about.
    pub fn allows(&self) -> bool {
        self.state == State::Given
    }

    /// How much it forbids, the most when it was refused.
    fn restricts(&self) -> u8 {
        match self.state {
            State::Refused | State::Withdrawn => 3,
            State::Expired => 2,
            State::Given | State::Reconfirmed => 1,
            State::Unverified => 0,
        }
    }
}

/// What stands for someone who is made of the records that `said` and `merges` speak of. Both come in the order of
/// their numbers.
pub fn derive(root: PartyId, said: &[Said], merges: &[Joined]) -> BTreeMap<Key, Present> {
    let mut groups: BTreeMap<PartyId, BTreeMap<Key, Present>> = BTreeMap::new();
    let mut stands: BTreeMap<PartyId, PartyId> = BTreeMap::new();
    let mut joined = merges.iter().peekable();
    let root_of = |stands: &BTreeMap<PartyId, PartyId>, party| stands.get(&party).copied().unwrap_or(party);
    let join = |stands: &mut BTreeMap<PartyId, PartyId>, groups: &mut BTreeMap<_, _>, merge: &Joined| {
        let (stays, goes) = (root_of(stands, merge.survivor), root_of(stands, merge.absorbed));
        stands.values_mut().filter(|end| **end == goes).for_each(|end| *end = stays);
        stands.insert(goes, stays);
        let theirs: BTreeMap<Key, Present> = groups.remove(&goes).unwrap_or_default();
        let own: &mut BTreeMap<Key, Present> = groups.entry(stays).or_default();
        theirs.into_iter().for_each(|(key, present)| unite(own, key, present));
    };
    for one in said {
        while let Some(merge) = joined.next_if(|merge| merge.id < one.id.number()) {
            join(&mut stands, &mut groups, merge);
        }
        hear(groups.entry(root_of(&stands, one.party)).or_default(), one);
    }
    for merge in joined {
        join(&mut stands, &mut groups, merge);
    }
    groups.remove(&root).unwrap_or_default()
}

/// Two records are one: what forbids more stands, of two that forbid alike the later.
fn unite(own: &mut BTreeMap<Key, Present>, key: Key, theirs: Present) {
    let weight = |present: &Present| (present.restricts(), present.at, present.consent);
    own.entry(key)
        .and_modify(|present| {
            if weight(&theirs) > weight(present) {
                *present = theirs;
            }
        })
        .or_insert(theirs);
}

/// Somebody says something.
fn hear(own: &mut BTreeMap<Key, Present>, one: &Said) {
    let before = own.get(&one.key).copied();
    let is_word = |state| state != State::Unverified;
    let stands = before.is_some_and(|before| match (is_word(before.state), is_word(one.state)) {
        (true, false) => true,
        (false, true) => false,
        _ => one.at < before.at,
    });
    if stands {
        return;
    }
    let goes_on = one.state == State::Reconfirmed;
    let kept = before.filter(|before| goes_on && before.allows());
    let state = if goes_on { State::Given } else { one.state };
    let since = kept.map_or(one.at, |before| before.since);
    let basis = kept.map_or(one.basis, |before| before.basis);
    own.insert(one.key.clone(), Present { state, since, at: one.at, consent: one.id, basis });
}

/// By which day a consent must be confirmed again (K11): before the same day of the calendar, `years` later and again
/// each `years` after it. `confirmed` is how often that was done. Of 29 February the careful reading is taken.
pub fn reconfirm_by(given: Day, years: i64, confirmed: i64) -> Day {
    let date = given.date();
    let year = i64::from(date.year()) + years * (confirmed + 1);
    let year = i16::try_from(year).unwrap_or(i16::MAX);
    let same = jiff::civil::Date::new(year, date.month(), date.day());
    // There is no 29 February in most years: the day before it is the last that is before both readings.
    let same = same.or_else(|_| jiff::civil::Date::new(year, date.month(), 28)).map_or(given, Day::from);
    same.plus(-1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn party(number: i64) -> PartyId {
        PartyId::from_number(number)
    }

    fn said(id: i64, by: i64, state: State, at: i64) -> Said {
        Said {
            id: ConsentId::from_number(id),
            party: party(by),
            key: (Channel::Sms, Purpose::Ad, String::new()),
            state,
            at: Instant::from_micros(at),
            basis: Some(Basis::Consent),
        }
    }

    fn joined(id: i64, survivor: i64, absorbed: i64) -> Joined {
        Joined { id, survivor: party(survivor), absorbed: party(absorbed) }
    }

    fn state(root: i64, said: &[Said], merges: &[Joined]) -> Option<State> {
        derive(party(root), said, merges).values().next().map(|present| present.state)
    }

    #[test]
    fn the_latest_word_counts_also_when_an_earlier_one_is_told_late() {
        assert_eq!(state(1, &[], &[]), None);
        let told =
            [said(1, 1, State::Given, 10), said(2, 1, State::Withdrawn, 20), said(3, 1, State::Given, 15)];
        assert_eq!(state(1, &told, &[]), Some(State::Withdrawn));
        assert_eq!(
            state(1, &[said(1, 1, State::Refused, 9), said(2, 1, State::Given, 9)], &[]),
            Some(State::Given)
        );
    }

    #[test]
    fn a_file_that_nobody_vouches_for_counts_while_nothing_else_was_said() {
        let file = said(1, 1, State::Unverified, 50);
        assert_eq!(state(1, std::slice::from_ref(&file), &[]), Some(State::Unverified));
        assert_eq!(state(1, &[file.clone(), said(2, 1, State::Given, 10)], &[]), Some(State::Given));
        assert_eq!(state(1, &[said(0, 1, State::Withdrawn, 10), file], &[]), Some(State::Withdrawn));
    }

    #[test]
    fn a_consent_that_is_confirmed_stands_since_it_was_given() {
        let told = [said(1, 1, State::Given, 10), said(2, 1, State::Reconfirmed, 20)];
        let present = *derive(party(1), &told, &[]).values().next().unwrap();
        assert_eq!((present.state, present.since.micros(), present.at.micros()), (State::Given, 10, 20));
    }

    #[test]
    fn of_two_records_the_more_restrictive_word_stands_until_the_person_says_something_new() {
        let told = [said(1, 1, State::Given, 20), said(2, 2, State::Withdrawn, 10)];
        assert_eq!(state(1, &told, &[joined(5, 1, 2)]), Some(State::Withdrawn));
        // Taken back, each is what it was.
        assert_eq!(
            (state(1, &told, &[]), state(2, &told, &[])),
            (Some(State::Given), Some(State::Withdrawn))
        );
        let again = [&told[..], &[said(7, 1, State::Given, 30)]].concat();
        assert_eq!(state(1, &again, &[joined(5, 1, 2)]), Some(State::Given));
        // A third record that refused comes in later still.
        let third = [&[said(0, 3, State::Refused, 5)], &again[..]].concat();
        assert_eq!(state(1, &third, &[joined(5, 1, 2), joined(9, 1, 3)]), Some(State::Refused));
    }

    #[test]
    fn confirmation_is_due_before_the_same_day_two_years_on() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(reconfirm_by(day("2024-11-22"), 2, 0), day("2026-11-21"));
        assert_eq!(reconfirm_by(day("2024-11-22"), 2, 1), day("2028-11-21"));
        assert_eq!(reconfirm_by(day("2024-02-29"), 2, 0), day("2026-02-27"));
        assert_eq!(reconfirm_by(day("2024-02-29"), 2, 1), day("2028-02-28"));
    }

    proptest! {
        /// Whatever is merged, no merge alone lets more be sent than each record allowed.
        #[test]
        fn a_merge_never_allows_what_one_of_its_records_forbade(
            words in proptest::collection::vec((1..4_i64, 0..3_usize, 0..50_i64), 1..12)
        ) {
            let states = [State::Given, State::Withdrawn, State::Unverified];
            let told: Vec<Said> = words.iter().enumerate()
                .map(|(at, (by, state, when))| said(i64::try_from(at).unwrap(), *by, states[*state], *when)).collect();
            let one = state(1, &told, &[joined(100, 1, 2), joined(101, 1, 3)]);
            let apart: Vec<_> = (1..4).filter_map(|by| state(by, &told, &[])).collect();
            if one == Some(State::Given) {
                prop_assert!(!apart.contains(&State::Withdrawn));
                prop_assert!(apart.contains(&State::Given));
            }
            prop_assert_eq!(one.is_some(), !apart.is_empty());
        }
    }
}
