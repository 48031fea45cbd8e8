//! Amounts as shops write them: `₩12,000`, `12,000원`, `$8.00`, `-3,000원`, `(3,000)`, `1.234,56`.

use super::decimal::Decimal;

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMoney {
    /// Not a number, or one that could be read in two ways.
    Unreadable,
    /// Beyond ±(2^53 − 1) minor units.
    OutOfRange,
    /// It carries the sign of another currency.
    OtherCurrency,
}

/// How many decimal places a currency's amounts have (ISO 4217 minor units).
pub fn places(currency: &str) -> u32 {
    match currency {
        "KRW" | "JPY" | "VND" | "CLP" | "ISK" | "UGX" | "XAF" | "XOF" | "XPF" | "PYG" | "RWF" | "KMF"
        | "GNF" | "DJF" | "BIF" | "VUV" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// An amount in minor units of `currency`, rounded half away from zero; `None` for an empty cell.
pub fn amount(text: &str, currency: &str) -> Result<Option<i64>, NotMoney> {
    let Some(number) = number(text, Some(places(currency)))? else { return Ok(None) };
    if is_of_another(text, currency) {
        return Err(NotMoney::OtherCurrency);
    }
    number.rounded(places(currency)).map(Some).ok_or(NotMoney::OutOfRange)
}

/// Whether an amount carries the sign of another currency than `currency`: eight dollars are not eight won.
pub fn is_of_another(text: &str, currency: &str) -> bool {
    let signs = text.chars().filter_map(|sign| match sign {
        '₩' | '\u{ffe6}' | '원' => Some(&["KRW"][..]),
        '€' => Some(&["EUR"]),
        '£' => Some(&["GBP", "EGP", "LBP", "SYP", "SDG", "SSP", "FKP", "GIP", "SHP"]),
        '¥' => Some(&["JPY", "CNY"]),
        '$' => Some(DOLLARS),
        _ => None,
    });
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    let named = match letters.to_ascii_uppercase().as_str() {
        "" => None,
        "WON" => Some("KRW".to_owned()),
        "US" => Some("USD".to_owned()),
        code => Some(code.to_owned()),
    };
    signs.into_iter().any(|currencies| !currencies.contains(&currency))
        || named.is_some_and(|code| code != currency)
}

/// Currencies that are written with a dollar sign.
const DOLLARS: &[&str] = &[
    "USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL", "CLP", "COP", "ARS", "UYU", "DOP", "BSD",
    "BBD", "BMD", "BND", "BZD", "FJD", "GYD", "JMD", "KYD", "LRD", "NAD", "SBD", "SRD", "TTD", "XCD", "CUP",
    "NIO", "BOB", "MOP", "TOP", "WST",
];

/// An exact number such as a quantity or a unit price; `None` for an empty cell. `places` is how many decimal
/// places amounts of this currency have, where that settles what `1.234` means.
pub fn number(text: &str, places: Option<u32>) -> Result<Option<Decimal>, NotMoney> {
    if let Some(plain) = plain(text, places) {
        return Ok(Some(plain));
    }
    let Bare { negative, digits } = bare(text)?;
    if digits.is_empty() {
        return if text.trim().is_empty() || text.trim() == "-" {
            Ok(None)
        } else {
            Err(NotMoney::Unreadable)
        };
    }
    let canonical = canonical(&digits, places).ok_or(NotMoney::Unreadable)?;
    let signed = if negative { format!("-{canonical}") } else { canonical };
    Decimal::parse(&signed).map(Some).ok_or(NotMoney::Unreadable)
}

/// The common case without any rewriting: `-12.5`.
fn plain(text: &str, places: Option<u32>) -> Option<Decimal> {
    let number = Decimal::parse(text)?;
    let grouped_looking = places == Some(0) && looks_grouped_by_point(text);
    (!grouped_looking).then_some(number)
}

/// `1.234`: in a currency without decimals this is most likely one thousand, and must not be read as one.
fn looks_grouped_by_point(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.split_once('.').is_some_and(|(whole, rest)| {
        (1..=3).contains(&whole.len()) && !whole.starts_with('0') && rest.len() == 3
    })
}

struct Bare {
    negative: bool,
    digits: String,
}

/// Takes signs, currency marks and blanks off, leaving digits, points and commas.
fn bare(text: &str) -> Result<Bare, NotMoney> {
    let mut digits = String::with_capacity(text.len());
    let (mut minus, mut open, mut closed) = (0, 0, 0);
    for c in text.chars() {
        match c {
            '0'..='9' | '.' | ',' => digits.push(c),
            '\u{ff10}'..='\u{ff19}' => digits.extend(char::from_digit(c as u32 - 0xff10, 10)),
            _ if is_minus(c) => minus += 1,
            '(' => open += 1,
            ')' => closed += 1,
            '+' | '₩' | '\u{ffe6}' | '$' | '£' | '€' | '¥' | '원' | '\\' | '\'' => {}
            c if c.is_whitespace() => {}
            c if c.is_ascii_alphabetic() => {}
            _ => return Err(NotMoney::Unreadable),
        }
    }
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    if !(letters.is_empty() || is_currency_mark(&letters)) || minus > 1 || open > 1 || open != closed {
        return Err(NotMoney::Unreadable);
    }
    if minus == 1 && !sign_stands_outside(text) {
        return Err(NotMoney::Unreadable);
    }
    Ok(Bare { negative: (minus + open) % 2 == 1, digits })
}

/// Hyphen, minus sign, full-width hyphen, dash, and the triangles of Korean accounts.
fn is_minus(c: char) -> bool {
    matches!(c, '-' | '\u{2212}' | '\u{ff0d}' | '\u{2013}' | '△' | '▲')
}

/// `1-2` is no amount: the sign may not stand between digits.
fn sign_stands_outside(text: &str) -> bool {
    let before = text.chars().take_while(|c| !is_minus(*c)).any(|c| c.is_ascii_digit());
    let after = text.chars().skip_while(|c| !is_minus(*c)).any(|c| c.is_ascii_digit());
    !(before && after)
}

fn is_currency_mark(letters: &str) -> bool {
    (letters.len() == 3 && letters.chars().all(|c| c.is_ascii_uppercase()))
        || matches!(letters, "US" | "won" | "Won" | "krw" | "usd")
}

/// Points and commas to one decimal point; `None` where they could mean two things.
fn canonical(digits: &str, places: Option<u32>) -> Option<String> {
    let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
    let (group, point) = match (points, commas) {
        (0, 0) => return Some(digits.to_owned()),
        (1, 0) if places == Some(0) && looks_grouped_by_point(digits) => return None,
        (1, 0) => return Some(digits.to_owned()),
        (0, 1) if !is_grouped(digits, ',') => (None, ','),
        (0, _) => (Some(','), '.'),
        (_, 0) => (Some('.'), ','),
        (1, _) if digits.rfind('.') > digits.rfind(',') => (Some(','), '.'),
        (_, 1) if digits.rfind(',') > digits.rfind('.') => (Some('.'), ','),
        _ => return None,
    };
    let (whole, rest) = digits.split_once(point).unwrap_or((digits, ""));
    let decimal_comma_fits = point == '.' || (1..=2).contains(&rest.len()) || rest.is_empty();
    if !decimal_comma_fits || group.is_some_and(|mark| whole.contains(mark) && !is_grouped(whole, mark)) {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    Some(if rest.is_empty() { whole } else { format!("{whole}.{rest}") })
}

/// Groups of exactly three after a first group of one to three.
fn is_grouped(digits: &str, mark: char) -> bool {
    let mut groups = digits.split(mark);
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_shops_write() {
        for (text, currency, expected) in [
            ("₩12,000", "KRW", 12_000),
            ("12,000원", "KRW", 12_000),
            ("-3,000원", "KRW", -3_000),
            ("(3,000)", "KRW", -3_000),
            ("₩ -1,234,567", "KRW", -1_234_567),
            ("12000.00", "KRW", 12_000),
            ("12000.5", "KRW", 12_001),
            ("$8.00", "USD", 800),
            ("-$8.00", "USD", -800),
            ("($8.00)", "USD", -800),
            ("US$ 1,234.5", "USD", 123_450),
            ("1.234,56", "EUR", 123_456),
            ("12,50 €", "EUR", 1_250),
            ("1.234.567", "KRW", 1_234_567),
            ("0.001", "GBP", 0),
            ("12,000", "KRW", 12_000),
            ("3,000-", "KRW", -3_000),
        ] {
            assert_eq!(amount(text, currency), Ok(Some(expected)), "{text}");
        }
    }

    #[test]
    fn refuses_what_could_mean_two_things() {
        for text in ["1.234", "12,50,00", "1,23,456", "1,2345", "1-2", "abc", "--5", "5%", "12.345.6", "(5"] {
            assert_eq!(amount(text, "KRW"), Err(NotMoney::Unreadable), "{text}");
        }
        assert_eq!(amount("99999999999999999", "USD"), Err(NotMoney::OutOfRange));
    }

    #[test]
    fn the_sign_of_another_currency_is_not_passed_over() {
        for (text, currency) in
            [("$8.50", "KRW"), ("€8,50", "KRW"), ("USD 8", "KRW"), ("12,000원", "USD"), ("£5", "EUR")]
        {
            assert_eq!(amount(text, currency), Err(NotMoney::OtherCurrency), "{text}");
        }
        assert_eq!(amount("A$ 8.50", "AUD"), Err(NotMoney::Unreadable));
        assert_eq!(amount("$8.50", "AUD"), Ok(Some(850)));
        assert_eq!(amount("¥850", "JPY"), Ok(Some(850)));
        assert_eq!(amount("KRW 850", "KRW"), Ok(Some(850)));
    }

    #[test]
    fn an_empty_cell_is_no_amount() {
        assert_eq!(amount("", "KRW"), Ok(None));
        assert_eq!(amount(" - ", "KRW"), Ok(None));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = amount(&text, "KRW");
            let _ = amount(&text, "USD");
        }

        #[test]
        fn grouping_changes_nothing(won in 0i64..9_000_000_000_000) {
            let plain = won.to_string();
            let mut grouped = String::new();
            for (index, digit) in plain.chars().enumerate() {
                if index > 0 && (plain.len() - index) % 3 == 0 { grouped.push(','); }
                grouped.push(digit);
            }
            prop_assert_eq!(amount(&grouped, "KRW"), Ok(Some(won)));
        }
    }
}
