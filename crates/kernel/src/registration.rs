//! Registration numbers of companies: the Korean business registration number (사업자등록번호) with its check digit, and
//! those of other countries as they are written.

use serde::Serialize;

/// Characters of a number of another country, as few and as many.
const FOREIGN: std::ops::RangeInclusive<usize> = 4..=30;
/// Digits of a Korean business number.
const DIGITS: usize = 10;
/// Digits of a resident registration number, which must not be kept, and of a Korean court registration number, which
/// cannot be told from it.
const RESIDENT_DIGITS: usize = 13;
/// What the first nine digits count (National Tax Service of Korea).
const WEIGHTS: [u32; 9] = [1, 3, 7, 1, 3, 7, 1, 3, 5];

/// A registration number in its normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration(String);

/// Whether a business is a corporation, as its Korean number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// 법인.
    Corporation,
    /// 개인 사업자.
    Individual,
}

impl Registration {
    /// The number that `text` is. A Korean one must fit its check digit; whatever may be a resident registration number
    /// is none.
    pub fn parse(text: &str) -> Option<Self> {
        let is_between = |letter: &char| *letter == '-' || *letter == '.' || letter.is_whitespace();
        let plain: String = text.trim().chars().filter(|letter| !is_between(letter)).collect();
        if !plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let is_number = plain.bytes().all(|byte| byte.is_ascii_digit());
        let fits = match plain.len() {
            DIGITS if is_number => check_digit(&plain) == plain.bytes().last(),
            RESIDENT_DIGITS if is_number => false,
            length => FOREIGN.contains(&length),
        };
        fits.then(|| Self(plain.to_ascii_uppercase()))
    }

    /// The normal form, as it is kept.
    pub fn value(&self) -> &str {
        &self.0
    }

    /// As it is shown: `124-81-00998`.
    pub fn shown(&self) -> String {
        let text = &self.0;
        match self.is_korean() {
            true => format!("{}-{}-{}", &text[..3], &text[3..5], &text[5..]),
            false => text.clone(),
        }
    }

    /// Whether it belongs to a corporation, where the number says so: its fourth and fifth digits from 81 to 88 are for
    /// bodies of all kinds, below 80 for natural persons.
    pub fn form(&self) -> Option<Form> {
        let kind: u32 = self.0.get(3..5).filter(|_| self.is_korean())?.parse().ok()?;
        match kind {
            1..=79 => Some(Form::Individual),
            81..=88 => Some(Form::Corporation),
            _ => None,
        }
    }

    fn is_korean(&self) -> bool {
        self.0.len() == DIGITS && self.0.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// The tenth digit that the first nine ask for.
fn check_digit(digits: &str) -> Option<u8> {
    let values: Vec<u32> = digits.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let carried = values.get(8)? * WEIGHTS[8] / 10;
    char::from_digit((10 - (sum + carried) % 10) % 10, 10).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_business_numbers_fit_and_a_wrong_digit_does_not() {
        for number in ["124-81-00998", "1248100998", "220 81 62517", "120-81-47521"] {
            assert!(Registration::parse(number).is_some(), "{number}");
        }
        for number in ["124-81-00997", "220-81-62571", "000-00-00001"] {
            assert_eq!(Registration::parse(number), None, "{number}");
        }
    }

    #[test]
    fn a_number_is_shown_as_it_is_written_in_its_country() {
        let shown = |text: &str| Registration::parse(text).map(|number| number.shown());
        assert_eq!(shown("1248100998").as_deref(), Some("124-81-00998"));
        assert_eq!(shown("de 123456789").as_deref(), Some("DE123456789"));
        assert_eq!(shown("12-3456789").as_deref(), Some("123456789"));
    }

    #[test]
    fn what_may_be_a_resident_number_or_is_none_is_refused() {
        for text in ["900101-1234567", "9001011234567", "", "1", "사업자번호", "<b>"] {
            assert_eq!(Registration::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_number_says_whether_it_is_a_corporation() {
        let form = |text: &str| Registration::parse(text).and_then(|number| number.form());
        assert_eq!(form("124-81-00998"), Some(Form::Corporation));
        assert_eq!(form("DE123456789"), None);
    }
}
