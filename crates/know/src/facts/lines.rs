//! Order lines of a party in one text, as [`super::store`] asks for them: a row of its own for each line would cost far
//! more than the line.
//!
//! A line is `day amount currency`, four lengths in letters, and then the source, the order's number, the store and the
//! member of staff in so many letters, without anything between one line and the next: whatever letters they have,
//! nothing has to be escaped.

use super::history::{OrderKey, OrderTotal};
use kernel::{Currency, Day};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Stores, and members of staff, of a customer that are kept.
const PLACES: usize = 50;

/// Where somebody bought and who served them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// The stores, up to 50.
    pub stores: BTreeSet<String>,
    /// The members of staff, up to 50.
    pub staff: BTreeSet<String>,
}

/// What the lines of a party tell.
#[derive(Debug, Default, PartialEq)]
pub struct Told {
    /// The total of each line.
    pub totals: Vec<OrderTotal>,
    /// Where they bought and who served them.
    pub places: Places,
}

impl Told {
    /// Reads the lines; nothing when the text is no such text.
    pub fn read(text: &str) -> Option<Self> {
        let (mut rest, mut told) = (text, Self::default());
        while !rest.is_empty() {
            told.line(&mut rest)?;
        }
        Some(told)
    }

    /// Takes in what the lines of somebody tell who was merged into this one.
    pub fn join(&mut self, other: Self) {
        self.totals.extend(other.totals);
        other.places.stores.iter().for_each(|name| keep(&mut self.places.stores, name));
        other.places.staff.iter().for_each(|name| keep(&mut self.places.staff, name));
    }

    fn line(&mut self, rest: &mut &str) -> Option<()> {
        let day = Day::from_epoch(word(rest)?.parse().ok()?);
        let amount: i64 = word(rest)?.parse().ok()?;
        let currency: Currency = word(rest)?.parse().ok()?;
        let mut lengths = [0; 4];
        for length in &mut lengths {
            *length = word(rest)?.parse().ok()?;
        }
        let [source, number] = [letters(rest, lengths[0])?.to_owned(), letters(rest, lengths[1])?.to_owned()];
        keep(&mut self.places.stores, letters(rest, lengths[2])?);
        keep(&mut self.places.staff, letters(rest, lengths[3])?);
        let (sold, refunded) = (amount.max(0), (-amount).max(0));
        let (order, sale_lines) = (OrderKey { source, number }, i64::from(amount >= 0));
        self.totals.push(OrderTotal { order, day, currency, sold, refunded, sale_lines });
        Some(())
    }
}

fn keep(names: &mut BTreeSet<String>, name: &str) {
    if !name.is_empty() && names.len() < PLACES && !names.contains(name) {
        names.insert(name.to_owned());
    }
}

/// What stands before the next blank.
fn word<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let (word, behind) = rest.split_once(' ')?;
    *rest = behind;
    Some(word)
}

/// The next `count` letters.
fn letters<'t>(rest: &mut &'t str, count: usize) -> Option<&'t str> {
    let end = match rest.is_char_boundary(count) && rest.as_bytes().get(..count)?.is_ascii() {
        true => count,
        false => rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(count)?,
    };
    let (letters, behind) = rest.split_at(end);
    *rest = behind;
    Some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_refund_has_no_sale_line_and_a_free_line_has_one() {
        let told = Told::read("20000 -1500 KRW 4 3 0 2 shopA 1민지20001 0 USD 4 3 2 0 shopA 1본점").unwrap();
        let sums: Vec<_> =
            told.totals.iter().map(|total| (total.sold, total.refunded, total.sale_lines)).collect();
        assert_eq!(sums, [(0, 1500, 0), (0, 0, 1)]);
        assert_eq!((told.totals[0].order.number.as_str(), told.totals[1].currency), ("A 1", Currency::USD));
        assert_eq!((told.places.stores, told.places.staff), (["본점".into()].into(), ["민지".into()].into()));
    }

    #[test]
    fn what_is_cut_off_or_was_never_written_so_is_refused() {
        for text in
            ["1", "1 2 KRW 1 1 0 0 a", "1 2 KRW 9 9 0 0 ab", "x 2 KRW 1 1 0 0 ab", "1 2 KRWX 1 1 0 0 ab"]
        {
            assert_eq!(Told::read(text), None, "{text}");
        }
        assert_eq!(Told::read(""), Some(Told::default()));
    }

    #[test]
    fn a_customer_of_very_many_stores_keeps_some() {
        let text: String = (100..300).map(|store| format!("1 2 KRW 1 1 3 0 ab{store}")).collect();
        assert_eq!(Told::read(&text).unwrap().places.stores.len(), PLACES);
    }

    proptest! {
        #[test]
        fn names_of_any_letters_come_through(lines in prop::collection::vec((-9_i64..9, "\\PC{0,6}", "\\PC{0,6}"), 0..6)) {
            let text: String = lines.iter().map(|(amount, source, number)| {
                format!("7 {amount} KRW {} {} 0 0 {source}{number}", source.chars().count(), number.chars().count())
            }).collect();
            let read: Vec<_> = Told::read(&text).unwrap().totals.into_iter()
                .map(|total| (total.sold - total.refunded, total.order.source, total.order.number)).collect();
            prop_assert_eq!(read, lines);
        }
    }
}
