//! Small looks into what was told: whatever is not there is empty.

use jiff::Timestamp;
use kernel::Currency;
use serde_json::Value;

/// Characters of a text that is taken over.
const CHARS: usize = 500;

/// The text at `path`; a number as it is written. No U+0000, which no file holds and PostgreSQL does not keep.
pub fn text(value: &Value, path: &[&str]) -> String {
    let found = path.iter().try_fold(value, |value, step| value.get(step));
    match found {
        Some(Value::String(text)) => {
            text.chars().filter(|letter| *letter != '\0').take(CHARS).collect::<String>().trim().to_owned()
        }
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The same, where empty is nothing.
pub fn some(value: &Value, path: &[&str]) -> Option<String> {
    Some(text(value, path)).filter(|text| !text.is_empty())
}

/// The whole number at `path`.
pub fn whole(value: &Value, path: &[&str]) -> Option<i64> {
    path.iter().try_fold(value, |value, step| value.get(step))?.as_i64()
}

/// What stands in the list at `name`.
pub fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The time that `text` is, in microseconds; one without an offset is UTC.
pub fn micros(text: &str) -> Option<i64> {
    let written = text.parse::<Timestamp>().or_else(|_| format!("{text}Z").parse::<Timestamp>());
    written.ok().map(Timestamp::as_microsecond)
}

/// An amount in minor units as files write it: `12.50`.
pub fn major(amount: i64, decimals: u32) -> String {
    if decimals == 0 {
        return amount.to_string();
    }
    let unit = 10_u64.pow(decimals);
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, part) = (amount.unsigned_abs() / unit, amount.unsigned_abs() % unit);
    format!("{sign}{whole}.{part:0width$}", width = decimals as usize)
}

/// Decimals of a currency; two where it is none.
pub fn decimals(currency: &str) -> u32 {
    currency.parse::<Currency>().map_or(2, Currency::decimals)
}

/// An amount that is written with decimals, exactly, in thousandths.
pub fn milli(text: &str) -> i64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let whole: i64 = whole.parse().unwrap_or(0);
    whole.checked_mul(1_000).and_then(|whole| whole.checked_add(part.parse().unwrap_or(0))).unwrap_or(0)
        * sign
}

/// Thousandths as people write them, `12.5`: with zeros at the end, `500.000` would be half a million won.
pub fn plain(milli: i64) -> String {
    let written = major(milli, 3);
    written.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Words that are there, with a blank between two.
pub fn joined(words: &[String]) -> String {
    words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_files_write_them() {
        assert_eq!(major(12_000, decimals("KRW")), "12000");
        assert_eq!(major(1_250, decimals("usd")), "12.50");
        assert_eq!(major(-5, 2), "-0.05");
        assert_eq!(major(1_005, 3), "1.005");
        for (milli, expected) in
            [(500_000, "500"), (12_500, "12.5"), (0, "0"), (-5_000, "-5"), (1_005, "1.005")]
        {
            assert_eq!(plain(milli), expected);
        }
        for (text, expected) in [("12.5", 12_500), ("-0.05", -50), ("7", 7_000), ("", 0), ("1.23456", 1_234)]
        {
            assert_eq!(milli(text), expected, "{text}");
        }
    }

    #[test]
    fn times_have_an_offset_or_are_utc() {
        assert_eq!(micros("2026-11-22T12:00:00+09:00"), micros("2026-11-22T03:00:00"));
        assert_eq!(micros("2026-11-22T03:00:00Z"), Some(1_795_316_400_000_000));
        assert_eq!(micros("yesterday"), None);
    }
}
