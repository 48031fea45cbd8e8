//! Resident registration numbers (주민등록번호): found in any text and taken out. The law forbids keeping them.
//!
//! `YYMMDD-Nxxxxxx` with a real date counts whatever its check digit (numbers given out since October 2020
//! have none); thirteen digits without the hyphen count only when the check digit fits, because order numbers look
//! like that too.

use std::borrow::Cow;
use std::ops::Range;

/// What stands where a number was.
pub const REMOVED: &str = "[삭제됨]";

/// The text without resident registration numbers.
pub fn without(text: &str) -> Cow<'_, str> {
    let Some(first) = find(text) else { return Cow::Borrowed(text) };
    let (mut out, mut rest, mut found) = (String::with_capacity(text.len()), text, Some(first));
    while let Some(range) = found {
        out.push_str(&rest[..range.start]);
        out.push_str(REMOVED);
        rest = &rest[range.end..];
        found = find(rest);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether a text holds one as people write it, with its hyphen: thirteen digits alone may be a number of something else.
pub fn is_written_out(text: &str) -> bool {
    find(text).is_some_and(|range| range.len() > 13)
}

/// Whether a text is a barcode of a Korean product (EAN-13, prefix 880): some have the form of a bare number of somebody
/// born in 1988. A text that is nothing but one is taken for the product.
pub fn is_barcode(text: &str) -> bool {
    let digits = text.trim().as_bytes();
    let sum = |weight: fn(usize) -> u32| -> u32 {
        digits.iter().enumerate().map(|(at, digit)| u32::from(digit - b'0') * weight(at)).sum()
    };
    digits.len() == 13
        && digits.iter().all(u8::is_ascii_digit)
        && digits.starts_with(b"880")
        && sum(|at| if at % 2 == 0 { 1 } else { 3 }).is_multiple_of(10)
}

/// Where the first resident registration number stands.
pub fn find(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + 13 <= bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let run = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let end = match run {
            13 => checked(&bytes[at..at + 13]).then_some(at + 13),
            6 => hyphenated(bytes, at),
            _ => None,
        };
        if let Some(end) = end {
            return Some(at..end);
        }
        at += run;
    }
    None
}

/// `YYMMDD - Nxxxxxx` at `at`, blanks around the hyphen allowed.
fn hyphenated(bytes: &[u8], at: usize) -> Option<usize> {
    let mut next = at + 6;
    let mut hyphens = 0;
    while matches!(bytes.get(next), Some(b'-' | b' ')) && next < at + 9 {
        hyphens += usize::from(bytes[next] == b'-');
        next += 1;
    }
    let tail = bytes[next..].iter().take_while(|b| b.is_ascii_digit()).count();
    let fits =
        hyphens == 1 && tail == 7 && (b'1'..=b'8').contains(&bytes[next]) && is_date(&bytes[at..at + 6]);
    fits.then_some(next + 7)
}

fn checked(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(d, weight)| u32::from(d - b'0') * weight).sum();
    let check = (11 - sum % 11) % 10;
    // Foreigners' numbers (century digit 5 to 8) carry the same sum shifted by two.
    let foreign = (check + 2) % 10;
    let last = u32::from(digits[12] - b'0');
    let century = digits[6];
    is_date(&digits[..6])
        && ((b'1'..=b'4').contains(&century) && last == check
            || (b'5'..=b'8').contains(&century) && (last == foreign || last == check))
}

fn is_date(yymmdd: &[u8]) -> bool {
    let two = |at: usize| (yymmdd[at] - b'0') * 10 + (yymmdd[at + 1] - b'0');
    let days = match two(2) {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 29,
        _ => return false,
    };
    (1..=days).contains(&two(4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_numbers_out_of_any_text() {
        assert_eq!(without("홍길동 900101-1234567 님"), "홍길동 [삭제됨] 님");
        assert_eq!(without("900101 - 1234567,x"), "[삭제됨],x");
        // 2+... weights over 900101-123456 give 77, so the check digit is (11 - 0) % 10 = 1 only when it fits.
        let checked = (0..10).filter(|d| find(&format!("900101123456{d}")).is_some()).count();
        assert_eq!(checked, 1);
    }

    #[test]
    fn a_barcode_is_told_from_a_number_by_its_check_digit() {
        for barcode in ["8801045570716", "8801115114154", " 8801121764848 "] {
            assert!(find(barcode).is_some() && is_barcode(barcode), "{barcode}");
        }
        for other in ["8801045570717", "880101-1234567", "9001011234568", "880가"] {
            assert!(!is_barcode(other), "{other}");
        }
    }

    #[test]
    fn leaves_other_numbers_alone() {
        for text in [
            "20261122-0000123",
            "900101-9234567",
            "901301-1234567",
            "010-1234-5678",
            "2026112212345678",
            "1900101-12345678",
            "900101-12345678",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_left_and_nothing_panics(text in "\\PC*", number in "[0-9]{2}0[1-9][012][1-8]-[1-8][0-9]{6}") {
            prop_assert!(find(&without(&text)).is_none());
            let joined = format!("가{number}나{text}");
            prop_assert!(!without(&joined).contains(&number));
        }
    }
}
