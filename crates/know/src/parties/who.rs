//! Who an identity is, given who is known by which contacts: pure, and the same for a run and for a dry run.
//!
//! The strongest contact that is known decides: the id of the source, else the e-mail address, else the phone number.
//! A source that gives two people two ids says that they are two: an id it has not used before is led by e-mail or
//! phone only to a party without an id of that source. Contacts that point to somebody else make a [`Clash`].
//!
//! Parties that were merged are one: a contact of either clashes with neither, and what is found by a contact goes to
//! the party that has it, so that it is there still when the merge is taken back.
//!
//! A party that was taken back with its import comes back only where the contacts lead to nobody else; its contacts
//! are free for whoever is found instead, as if it had never been.

use super::model::Contact;
use super::root::Roots;
use kernel::{Id, kinds};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

type PartyId = Id<kinds::Party>;

/// A contact as a key: kind, source, normal form.
pub type Key = (String, String, String);

/// The key of a contact.
pub fn key(contact: &Contact) -> Key {
    (contact.kind.to_owned(), contact.source.clone(), contact.value.clone())
}

/// Who is known.
#[derive(Debug, Default)]
pub struct Book {
    /// Whose each contact is.
    pub known: HashMap<Key, PartyId>,
    /// Roots with an id of the source that is read, their own or a member's.
    pub numbered: HashSet<PartyId>,
    /// Parties that were taken back and have not come back.
    pub retracted: HashSet<PartyId>,
    /// Who stands for those who were merged away.
    pub roots: Roots,
}

/// Who an identity is.
#[derive(Debug, PartialEq, Eq)]
pub struct Settled {
    /// The party.
    pub party: PartyId,
    /// Whether nobody was known by any of the contacts that count.
    pub is_new: bool,
    /// Whether the party had been taken back, and is back with this.
    pub comes_back: bool,
    /// Which contacts are the party's from now on, by position.
    pub gained: Vec<usize>,
    /// Which of those were a party's that was taken back.
    pub freed: Vec<usize>,
    /// Which contacts belong to somebody else.
    pub clashes: Vec<Clash>,
}

/// A contact that points to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash {
    /// Its position among the contacts.
    pub contact: usize,
    /// Whose it is.
    pub party: PartyId,
}

impl Book {
    /// Says who has these contacts, the strongest first; nobody without any. `fresh` makes a party for somebody new.
    pub fn settle(&mut self, contacts: &[Contact], fresh: impl FnOnce() -> PartyId) -> Option<Settled> {
        let own = contacts.first()?.kind == "source_id";
        let found = self.found(contacts, own);
        let (party, is_new) = found.map_or_else(|| (fresh(), true), |party| (party, false));
        if own {
            self.numbered.insert(self.roots.of(party));
        }
        let comes_back = self.retracted.remove(&party);
        let (gained, freed, clashes) = (Vec::new(), Vec::new(), Vec::new());
        let mut settled = Settled { party, is_new, comes_back, gained, freed, clashes };
        for (at, contact) in contacts.iter().enumerate() {
            match self.known.entry(key(contact)) {
                Entry::Vacant(free) => {
                    free.insert(party);
                    settled.gained.push(at);
                }
                Entry::Occupied(taken) if self.roots.of(*taken.get()) == self.roots.of(party) => {}
                Entry::Occupied(mut left) if self.retracted.contains(left.get()) => {
                    left.insert(party);
                    settled.gained.push(at);
                    settled.freed.push(at);
                }
                Entry::Occupied(taken) => settled.clashes.push(Clash { contact: at, party: *taken.get() }),
            }
        }
        Some(settled)
    }

    /// Whom the contacts lead to; `own` says that the first is an id of the source.
    fn found(&self, contacts: &[Contact], own: bool) -> Option<PartyId> {
        let known = |at: usize| self.known.get(&key(&contacts[at])).copied();
        let id_known = known(0).is_some_and(|party| own && !self.retracted.contains(&party));
        let may_lead = |at: usize, party: &PartyId| {
            !own || id_known || at == 0 || !self.numbered.contains(&self.roots.of(*party))
        };
        let mut led = (0..contacts.len()).filter_map(|at| known(at).filter(|party| may_lead(at, party)));
        let first = led.clone().next();
        led.find(|party| !self.retracted.contains(party)).or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::Identity;
    use super::*;

    /// Settles one identity after another, giving new people the numbers from 100 on.
    fn settle(book: &mut Book, identities: &[(&str, &str, &str)]) -> Vec<Option<(i64, usize)>> {
        let mut next = 100;
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut one = |(id, email, phone): &(&str, &str, &str)| {
            let identity =
                Identity { source_id: some(id), email: some(email), phone: some(phone), name: None };
            let settled = book.settle(&identity.contacts("shop"), || {
                next += 1;
                Id::from_number(next)
            })?;
            Some((settled.party.number(), settled.clashes.len()))
        };
        identities.iter().map(&mut one).collect()
    }

    #[test]
    fn the_strongest_known_contact_decides() {
        let found = settle(
            &mut Book::default(),
            &[
                ("", "", ""),
                ("1", "a@example.com", "010-1111-1111"),
                ("", "A@Example.com", ""),
                ("", "", "01011111111"),
                ("", "b@example.com", "010-1111-1111"),
                ("1", "b@example.com", ""),
            ],
        );
        assert_eq!(found[0], None);
        assert!(found[1..].iter().all(|one| *one == Some((101, 0))), "{found:?}");
    }

    #[test]
    fn contacts_of_two_people_clash_and_the_stronger_one_has_the_order() {
        let found = settle(
            &mut Book::default(),
            &[
                ("1", "", "010-1111-1111"),
                ("", "b@example.com", ""),
                ("1", "b@example.com", ""),
                ("", "b@example.com", "010-1111-1111"),
            ],
        );
        assert_eq!(found, [Some((101, 0)), Some((102, 0)), Some((101, 1)), Some((102, 1))]);
    }

    #[test]
    fn two_ids_of_one_source_are_two_people_even_with_one_phone() {
        let found = settle(
            &mut Book::default(),
            &[("1", "", "010-1111-1111"), ("2", "", "010-1111-1111"), ("2", "", "")],
        );
        assert_eq!(found, [Some((101, 0)), Some((102, 1)), Some((102, 0))]);
    }

    #[test]
    fn whoever_was_taken_back_makes_way_for_those_who_are_there() {
        let mut book = Book::default();
        settle(&mut book, &[("1", "a@example.com", "010-1111-1111")]);
        book.retracted.insert(Id::from_number(101));
        let mut one = |id: &str, email: &str, phone: &str, fresh| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let identity =
                Identity { source_id: some(id), email: some(email), phone: some(phone), name: None };
            let settled = book.settle(&identity.contacts("shop"), || Id::from_number(fresh)).unwrap();
            (settled.party.number(), settled.comes_back, settled.freed, settled.clashes.len())
        };
        assert_eq!(
            one("2", "", "010-1111-1111", 202),
            (202, false, vec![1], 0),
            "another id: another person"
        );
        assert_eq!(one("", "", "010-1111-1111", 203), (202, false, vec![], 0));
        assert_eq!(
            one("", "a@example.com", "010-1111-1111", 204),
            (202, false, vec![0], 0),
            "not the dead one"
        );
        assert_eq!(
            one("1", "", "010-1111-1111", 205),
            (101, true, vec![], 1),
            "the same id is the same person"
        );
        assert_eq!(one("1", "", "", 206), (101, false, vec![], 0), "once");
    }

    #[test]
    fn whoever_was_taken_back_comes_back_where_nobody_else_is_known() {
        let mut book = Book::default();
        settle(&mut book, &[("", "a@example.com", "")]);
        book.retracted.insert(Id::from_number(101));
        assert_eq!(settle(&mut book, &[("1", "a@example.com", "")]), [Some((101, 0))]);
        assert!(book.retracted.is_empty());
    }

    #[test]
    fn an_id_finds_who_was_known_by_e_mail_alone_or_in_another_shop() {
        let mut book = Book::default();
        assert_eq!(
            settle(&mut book, &[("", "a@example.com", ""), ("1", "a@example.com", "")])[1],
            Some((101, 0))
        );
        // The other shop has its own numbers.
        book.numbered.clear();
        assert_eq!(settle(&mut book, &[("9", "a@example.com", "")]), [Some((101, 0))]);
    }
}
