//! Exact decimal numbers, just large enough for prices and quantities.

/// `units / 10^scale`, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    units: i128,
    scale: u32,
}

/// More digits than this no price has; it keeps every product inside `i128`.
const MAX_DIGITS: usize = 18;
/// Digits behind the point beyond which a number is refused.
const MAX_SCALE: u32 = 9;

impl Decimal {
    /// The number 1, the quantity of a line that names none.
    pub const ONE: Self = Self { units: 1, scale: 0 };

    /// Reads `-12.50`: digits with at most one point, an optional leading sign, nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let (mut units, mut scale, mut count, mut point) = (0i128, 0u32, 0usize, false);
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    units = units * 10 + i128::from(byte - b'0');
                    scale += u32::from(point);
                    // Leading zeros cost nothing.
                    count += usize::from(units != 0);
                }
                b'.' if !point => point = true,
                _ => return None,
            }
            if count > MAX_DIGITS || scale > 2 * MAX_SCALE {
                return None;
            }
        }
        let any = digits.iter().any(u8::is_ascii_digit);
        let number = Self { units: if negative { -units } else { units }, scale }.reduced();
        (any && number.scale <= MAX_SCALE).then_some(number)
    }

    fn reduced(mut self) -> Self {
        while self.scale > 0 && self.units % 10 == 0 {
            self.units /= 10;
            self.scale -= 1;
        }
        self
    }

    /// The nearest number that a computer counts with, for what is no money.
    pub fn nearest(self) -> f64 {
        self.units as f64 / 10_i128.pow(self.scale) as f64
    }

    /// The exact product; `None` when it has more digits than an amount may have.
    pub fn times(self, other: Self) -> Option<Self> {
        let units = self.units.checked_mul(other.units)?;
        Some(Self { units, scale: self.scale + other.scale })
    }

    /// The number in units of `10^-places`, rounded half away from zero; `None` beyond ±(2^53 − 1), which is
    /// as far as JSON numbers are exact.
    pub fn rounded(self, places: u32) -> Option<i64> {
        let units = if self.scale > places {
            let divisor = 10i128.checked_pow(self.scale - places)?;
            let half = divisor / 2 * self.units.signum();
            self.units.checked_add(half)? / divisor
        } else {
            self.units.checked_mul(10i128.checked_pow(places - self.scale)?)?
        };
        let value = i64::try_from(units).ok()?;
        (value.unsigned_abs() <= MAX_EXACT).then_some(value)
    }
}

/// 2^53 − 1, the largest integer JSON carries exactly.
const MAX_EXACT: u64 = (1 << 53) - 1;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounds_half_away_from_zero() {
        for (text, expected) in
            [("0.005", 1), ("-0.005", -1), ("0.0049", 0), ("2.675", 268), ("-2.674", -267)]
        {
            assert_eq!(Decimal::parse(text).unwrap().rounded(2), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_number() {
        for text in ["", "-", ".", "1.2.3", "1e5", "12a", "0.0000000001", "9999999999999999999"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn keeps_the_largest_exact_amount_and_no_more() {
        assert_eq!(Decimal::parse("9007199254740991").unwrap().rounded(0), Some(9_007_199_254_740_991));
        assert_eq!(Decimal::parse("9007199254740992").unwrap().rounded(0), None);
    }

    proptest! {
        #[test]
        fn a_product_equals_integer_arithmetic(quantity in -10_000i64..10_000, cents in -1_000_000i64..1_000_000) {
            let sign = if cents < 0 { "-" } else { "" };
            let price = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
            let product = Decimal::parse(&quantity.to_string()).unwrap().times(Decimal::parse(&price).unwrap());
            prop_assert_eq!(product.unwrap().rounded(2), Some(quantity * cents));
        }

        #[test]
        fn never_panics(text in "\\PC*") {
            if let Some(number) = Decimal::parse(&text) {
                let _ = number.times(number).and_then(|square| square.rounded(9));
            }
        }
    }
}
