//! Order lines of a party in one text, as [`super::store`] asks for them: a row of its own for each line would cost far
//! more than the line.
//!
//! A line is `day amount currency s n ` and then the source in `s` letters and the order's number in `n`, without
//! anything between one line and the next: whatever letters they have, nothing has to be escaped.

use super::history::{OrderKey, OrderTotal};
use kernel::{Currency, Day};

/// The total of each line; nothing when the text is no such text.
pub fn totals(text: &str) -> Option<Vec<OrderTotal>> {
    let (mut rest, mut totals) = (text, Vec::new());
    while !rest.is_empty() {
        totals.push(total(&mut rest)?);
    }
    Some(totals)
}

fn total(rest: &mut &str) -> Option<OrderTotal> {
    let day = Day::from_epoch(word(rest)?.parse().ok()?);
    let amount: i64 = word(rest)?.parse().ok()?;
    let currency: Currency = word(rest)?.parse().ok()?;
    let (source, number) = (word(rest)?.parse().ok()?, word(rest)?.parse().ok()?);
    let order =
        OrderKey { source: letters(rest, source)?.to_owned(), number: letters(rest, number)?.to_owned() };
    let (sold, refunded) = (amount.max(0), (-amount).max(0));
    Some(OrderTotal { order, day, currency, sold, refunded, sale_lines: i64::from(amount >= 0) })
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
        let totals = totals("20000 -1500 KRW 4 3 shopA 120001 0 USD 4 3 shopA 1").unwrap();
        let told: Vec<_> =
            totals.iter().map(|total| (total.sold, total.refunded, total.sale_lines)).collect();
        assert_eq!(told, [(0, 1500, 0), (0, 0, 1)]);
        assert_eq!((totals[0].order.number.as_str(), totals[1].currency), ("A 1", Currency::USD));
    }

    #[test]
    fn what_is_cut_off_or_was_never_written_so_is_refused() {
        for text in ["1", "1 2 KRW 1 1 a", "1 2 KRW 9 9 ab", "x 2 KRW 1 1 ab", "1 2 KRWX 1 1 ab"] {
            assert_eq!(totals(text), None, "{text}");
        }
        assert_eq!(totals(""), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn names_of_any_letters_come_through(lines in prop::collection::vec((-9_i64..9, "\\PC{0,6}", "\\PC{0,6}"), 0..6)) {
            let text: String = lines.iter().map(|(amount, source, number)| {
                format!("7 {amount} KRW {} {} {source}{number}", source.chars().count(), number.chars().count())
            }).collect();
            let read: Vec<_> = totals(&text).unwrap().into_iter()
                .map(|total| (total.sold - total.refunded, total.order.source, total.order.number)).collect();
            prop_assert_eq!(read, lines);
        }
    }
}
