//! Money: integer minor units with a currency. Never a float, never added across currencies.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The text is no currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a currency: write its three letters, such as KRW or USD")]
pub struct NotACurrency(pub String);

impl Currency {
    /// The Korean won.
    pub const KRW: Self = Self(*b"KRW");
    /// The United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// The pound sterling.
    pub const GBP: Self = Self(*b"GBP");

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is three ASCII letters")
    }

    /// How many decimals an amount is written with (ISO 4217 minor unit): 0 for won and yen, 3 for some
    /// dinars, else 2.
    pub const fn decimals(self) -> u32 {
        match &self.0 {
            b"KRW" | b"JPY" | b"VND" | b"CLP" | b"ISK" | b"UGX" | b"XAF" | b"XOF" | b"PYG" | b"RWF"
            | b"BIF" | b"DJF" | b"GNF" | b"KMF" | b"UYI" | b"VUV" | b"XPF" => 0,
            b"KWD" | b"BHD" | b"OMR" | b"JOD" | b"TND" | b"IQD" | b"LYD" => 3,
            _ => 2,
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = NotACurrency;

    fn from_str(text: &str) -> Result<Self, NotACurrency> {
        let upper = text.trim().to_ascii_uppercase();
        match <[u8; 3]>::try_from(upper.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(NotACurrency(text.into())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = NotACurrency;

    fn try_from(text: String) -> Result<Self, NotACurrency> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().into()
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount of one currency in its minor unit: won, cents, pence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    /// The currency.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "KRW"))]
    pub currency: Currency,
    /// The amount in minor units.
    #[cfg_attr(feature = "openapi", schema(example = 12000))]
    pub amount_minor: i64,
}

impl Money {
    /// `amount_minor` minor units of `currency`.
    pub const fn new(currency: Currency, amount_minor: i64) -> Self {
        Self { currency, amount_minor }
    }
}

impl fmt::Display for Money {
    /// `12,000 KRW`, `-3.50 USD`: unambiguous, for terminals and files; screens have their own forms.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.currency.decimals();
        let unit = 10_u64.pow(decimals);
        let whole = grouped(self.amount_minor.unsigned_abs() / unit);
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        match decimals {
            0 => write!(f, "{sign}{whole} {}", self.currency),
            _ => {
                let part = self.amount_minor.unsigned_abs() % unit;
                write!(f, "{sign}{whole}.{part:0width$} {}", self.currency, width = decimals as usize)
            }
        }
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_with_the_decimals_of_its_currency() {
        assert_eq!(Money::new(Currency::KRW, 1_234_567).to_string(), "1,234,567 KRW");
        assert_eq!(Money::new(Currency::USD, -305).to_string(), "-3.05 USD");
        assert_eq!("usd".parse::<Currency>(), Ok(Currency::USD));
        assert!("us".parse::<Currency>().is_err());
    }
}
