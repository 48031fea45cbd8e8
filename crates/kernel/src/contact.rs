//! Phone numbers and e-mail addresses: one stored form each, a form to show, and a masked form.
//!
//! Phones are stored as E.164. Korean numbers are understood as people write them, by the rules of the Korean
//! numbering plan; numbers of other countries only in full (`+…`), or in North America as ten digits.
//! E-mail addresses have two forms: the one that identifies keeps a `+tag`, the one to send to drops it.

/// A phone number that exists in its country's numbering plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    /// The stored form: `+821012345678`.
    pub e164: String,
    /// A lost leading zero was put back; the owner should see that.
    pub repaired: bool,
}

/// Reads a phone number. `default_country` (ISO 3166, such as `KR`) is the country of numbers without `+`.
///
/// `1012345678` is what spreadsheets leave of `01012345678`: it is repaired, and says so in [`Phone::repaired`].
pub fn normal_phone(text: &str, default_country: &str) -> Option<Phone> {
    let (digits, is_international) = phone_digits(text)?;
    let phone = |e164: String| Some(Phone { e164, repaired: false });
    if is_international {
        return match digits.strip_prefix("82") {
            Some(rest) => phone(korean_e164(&national(rest))?),
            None => phone(foreign_e164(&digits)?),
        };
    }
    match default_country {
        "KR" => korean_phone(&digits),
        "US" | "CA" => {
            let national = digits.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(&digits);
            let is_valid = national.len() == 10 && matches!(national.as_bytes()[0], b'2'..=b'9');
            is_valid.then(|| Phone { e164: format!("+1{national}"), repaired: false })
        }
        _ => None,
    }
}

/// The digits, and whether a country code leads them; `None` when there is anything but digits and punctuation.
fn phone_digits(text: &str) -> Option<(String, bool)> {
    let text = text.trim().trim_start_matches('\'');
    let text = text.strip_prefix("tel:").unwrap_or(text);
    // Spreadsheets write the number 1012345678 as 1012345678.0.
    let text = text.strip_suffix(".0").unwrap_or(text);
    let is_plus = text.starts_with(['+', '\u{ff0b}']);
    let mut digits = String::with_capacity(16);
    for c in text.chars().skip(usize::from(is_plus)) {
        match digit(c) {
            Some(digit) => digits.push(digit),
            None if is_between_digits(c) => {}
            None => return None,
        }
    }
    let exit_code = digits.strip_prefix("00").filter(|_| !is_plus).map(str::to_owned);
    (digits.len() <= 18).then_some(match exit_code {
        Some(rest) => (rest, true),
        None => (digits, is_plus),
    })
}

/// A digit as people write it: full-width ones too.
pub fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '\u{ff10}'..='\u{ff19}' => char::from_digit(c as u32 - 0xff10, 10),
        _ => None,
    }
}

/// What people write between the digits of a phone number.
pub fn is_between_digits(c: char) -> bool {
    matches!(c, '-' | '.' | '(' | ')' | ' ' | '\u{a0}' | '\u{2010}'..='\u{2015}' | '\u{ff0d}')
}

/// A Korean number behind its country code as it is dialled at home; `+82 (0)10` is written too.
fn national(rest: &str) -> String {
    if rest.starts_with('0') || is_nationwide(rest) { rest.to_owned() } else { format!("0{rest}") }
}

fn korean_phone(digits: &str) -> Option<Phone> {
    if let Some(e164) = korean_e164(digits) {
        return Some(Phone { e164, repaired: false });
    }
    if let Some(e164) = digits.strip_prefix("82").and_then(|rest| korean_e164(&national(rest))) {
        return Some(Phone { e164, repaired: false });
    }
    let restored = format!("0{digits}");
    let e164 = korean_e164(&restored).filter(|_| is_korean_mobile(&restored))?;
    Some(Phone { e164, repaired: true })
}

fn korean_e164(national: &str) -> Option<String> {
    if is_nationwide(national) {
        return Some(format!("+82{national}"));
    }
    let rest = national.strip_prefix('0')?;
    let lengths = match national.get(..3)? {
        "010" | "070" => 11..=11,
        "011" | "016" | "017" | "018" | "019" | "080" | "060" => 10..=11,
        "031" | "032" | "033" | "041" | "042" | "043" | "044" | "051" | "052" | "053" | "054" | "055"
        | "061" | "062" | "063" | "064" => 10..=11,
        "050" => 11..=12,
        _ if national.starts_with("02") => 9..=10,
        _ => return None,
    };
    // Subscriber numbers never begin with 0, except behind the mobile code and in virtual numbers.
    let area = area_length(national);
    let starts_with_zero = national.as_bytes().get(area) == Some(&b'0');
    let may = matches!(&national[..3], "010" | "050" | "070" | "080");
    (lengths.contains(&national.len()) && (may || !starts_with_zero)).then(|| format!("+82{rest}"))
}

/// 1588-0000 and its kind: eight digits without an area code.
fn is_nationwide(digits: &str) -> bool {
    digits.len() == 8 && matches!(digits.get(..2), Some("15" | "16" | "18"))
}

fn is_korean_mobile(national: &str) -> bool {
    matches!(national.get(..3), Some("010" | "011" | "016" | "017" | "018" | "019"))
        && (10..=11).contains(&national.len())
}

fn area_length(national: &str) -> usize {
    match national {
        _ if national.starts_with("02") => 2,
        _ if national.starts_with("050") => 4,
        _ => 3,
    }
}

/// Other countries' plans are not known here: seven to fifteen digits, as E.164 has it.
fn foreign_e164(digits: &str) -> Option<String> {
    let is_valid = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
    is_valid.then(|| format!("+{digits}"))
}

impl Phone {
    /// As people write it: `010-1234-5678`.
    pub fn shown(&self) -> String {
        show_phone(&self.e164)
    }

    /// A virtual number (050x) that passes calls on for a while: never a contact, never an identity.
    pub fn is_relay(&self) -> bool {
        is_relay(&self.e164)
    }

    /// Can it receive texts?
    pub fn is_mobile(&self) -> bool {
        korean_national(&self.e164).is_some_and(|national| is_korean_mobile(&national))
    }

    /// The last four digits, by which shops look people up.
    pub fn last_four(&self) -> &str {
        &self.e164[self.e164.len() - 4..]
    }
}

/// Is the stored number a virtual one (050x)?
pub fn is_relay(e164: &str) -> bool {
    e164.starts_with("+8250")
}

/// A stored number as people write it: `010-1234-5678`, `02-511-4100`, `1588-0000`; foreign ones as they are.
pub fn show_phone(e164: &str) -> String {
    grouped(e164).map_or_else(|| e164.to_owned(), |groups| groups.join("-"))
}

/// A stored number of which only the area and the last four digits are shown: `010-****-5678`.
pub fn mask_phone(e164: &str) -> String {
    match grouped(e164) {
        Some(mut groups) => {
            let middle = groups.len() - 2;
            groups[middle] = "*".repeat(groups[middle].len());
            groups.join("-")
        }
        None => {
            let shown = e164.len().saturating_sub(4);
            let tail: String = e164.chars().skip(shown).collect();
            format!("{}{tail}", "*".repeat(shown))
        }
    }
}

fn korean_national(e164: &str) -> Option<String> {
    let rest = e164
        .strip_prefix("+82")
        .filter(|rest| rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_digit()))?;
    Some(national(rest))
}

fn grouped(e164: &str) -> Option<Vec<String>> {
    let national = korean_national(e164)?;
    let tail = national.len() - 4;
    let area = if is_nationwide(&national) { 0 } else { area_length(&national) };
    let groups = [&national[..area], &national[area..tail], &national[tail..]];
    Some(groups.into_iter().filter(|group| !group.is_empty()).map(str::to_owned).collect())
}

/// An e-mail address in its two forms, both lower case with an ASCII domain.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email {
    /// What identifies a person: a `+tag` stays.
    pub identity_norm: String,
    /// Where mail goes and what suppression compares: without `+tag`.
    pub send_norm: String,
}

/// The longest address that mail servers pass on (RFC 5321), in bytes.
const MAX_EMAIL: usize = 254;
/// The longest part before the `@`, in bytes.
const MAX_LOCAL: usize = 64;

/// Reads an e-mail address; `None` when no mail could be sent to it. Quoted local parts, which nobody has, are
/// refused, and so is anything that could break out of a header line.
pub fn normal_email(text: &str) -> Option<Email> {
    let text = text.trim();
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let (local, domain) = text.rsplit_once('@')?;
    let local = local.to_ascii_lowercase();
    let domain = normal_domain(domain)?;
    if !is_local(&local) || local.len() + 1 + domain.len() > MAX_EMAIL {
        return None;
    }
    let plain = match local.split_once('+') {
        Some((plain, _)) if !plain.is_empty() => plain,
        _ => &local,
    };
    Some(Email { send_norm: format!("{plain}@{domain}"), identity_norm: format!("{local}@{domain}") })
}

/// A letter of an atom of RFC 5322, of which the part before the `@` is made.
pub fn is_of_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c)
}

/// Dot-atom of RFC 5322.
fn is_local(local: &str) -> bool {
    let is_atom = |part: &str| !part.is_empty() && part.chars().all(is_of_local);
    local.len() <= MAX_LOCAL && local.split('.').all(is_atom)
}

fn normal_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(domain.trim_end_matches('.')).ok()?;
    let (_, top) = ascii.rsplit_once('.')?;
    let is_number = top.bytes().all(|b| b.is_ascii_digit());
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    (!is_number && ascii.split('.').all(is_label)).then_some(ascii)
}

/// An address of which only the beginning and the domain are shown: `mi***@example.com`.
pub fn mask_email(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let shown = if local.chars().count() > 2 { 2 } else { 1 };
    let start: String = local.chars().take(shown).collect();
    if domain.is_empty() { format!("{start}***") } else { format!("{start}***@{domain}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn e164(text: &str) -> Option<String> {
        normal_phone(text, "KR").map(|phone| phone.e164)
    }

    #[test]
    fn korean_numbers_are_read_as_people_write_them() {
        for (text, stored, shown) in [
            ("010-1234-5678", "+821012345678", "010-1234-5678"),
            ("01012345678", "+821012345678", "010-1234-5678"),
            ("+82 10-1234-5678", "+821012345678", "010-1234-5678"),
            ("+82 (0)10 1234 5678", "+821012345678", "010-1234-5678"),
            ("821012345678", "+821012345678", "010-1234-5678"),
            ("0082-10-1234-5678", "+821012345678", "010-1234-5678"),
            ("011-234-5678", "+82112345678", "011-234-5678"),
            ("02-511-4100", "+8225114100", "02-511-4100"),
            ("02 6011 4100", "+82260114100", "02-6011-4100"),
            ("031.123.4567", "+82311234567", "031-123-4567"),
            ("0505-123-4567", "+825051234567", "0505-123-4567"),
            ("0507-1234-5678", "+8250712345678", "0507-1234-5678"),
            ("1588-0000", "+8215880000", "1588-0000"),
            ("080-123-4567", "+82801234567", "080-123-4567"),
            ("070-1234-5678", "+827012345678", "070-1234-5678"),
            ("\u{ff10}\u{ff11}\u{ff10}12345678", "+821012345678", "010-1234-5678"),
        ] {
            let phone = normal_phone(text, "KR").unwrap();
            assert_eq!((phone.e164.as_str(), phone.shown().as_str()), (stored, shown), "{text}");
            assert!(!phone.repaired, "{text}");
        }
    }

    #[test]
    fn a_zero_lost_in_a_spreadsheet_is_put_back_and_said() {
        for text in ["1012345678", "1012345678.0", "10-1234-5678"] {
            let phone = normal_phone(text, "KR").unwrap();
            assert_eq!((phone.e164.as_str(), phone.repaired), ("+821012345678", true), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "-",
            "없음",
            "1234",
            "010-1234",
            "010-1234-56789",
            "099-123-4567",
            "0000000000",
            "02-011-4100",
            "010-1234-5678 / 010-2222-3333",
            "+0123456789",
            "+12",
            "010-****-5678",
        ] {
            assert_eq!(e164(text), None, "{text}");
        }
    }

    #[test]
    fn foreign_numbers_need_their_country() {
        assert_eq!(e164("+1 (212) 555-0100").as_deref(), Some("+12125550100"));
        assert_eq!(e164("(212) 555-0100"), None);
        assert_eq!(normal_phone("(212) 555-0100", "US").unwrap().e164, "+12125550100");
        assert_eq!(show_phone("+12125550100"), "+12125550100");
    }

    #[test]
    fn relay_numbers_are_told_from_contacts() {
        assert!(normal_phone("0505-123-4567", "KR").unwrap().is_relay());
        let mobile = normal_phone("010-1234-5678", "KR").unwrap();
        assert!(!mobile.is_relay() && mobile.is_mobile());
        assert!(!normal_phone("02-511-4100", "KR").unwrap().is_mobile());
        assert_eq!(mobile.last_four(), "5678");
    }

    #[test]
    fn masks_keep_the_ends() {
        assert_eq!(mask_phone("+821012345678"), "010-****-5678");
        assert_eq!(mask_phone("+8215880000"), "****-0000");
        assert_eq!(mask_phone("+12125550100"), "********0100");
        assert_eq!(mask_email("minji@example.com"), "mi***@example.com");
        assert_eq!(mask_email("ab@example.com"), "a***@example.com");
    }

    #[test]
    fn an_address_identifies_with_its_tag_and_is_sent_to_without() {
        let email = normal_email(" Minji+Shop@Example.COM ").unwrap();
        assert_eq!(email.identity_norm, "minji+shop@example.com");
        assert_eq!(email.send_norm, "minji@example.com");
        assert_eq!(normal_email("a@한국.kr").unwrap().send_norm, "a@xn--3e0b707e.kr");
        assert_eq!(normal_email("+tag@example.com").unwrap().send_norm, "+tag@example.com");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "a",
            "a@",
            "@b.kr",
            "a@b",
            "a b@c.kr",
            "a..b@c.kr",
            ".a@c.kr",
            "a@c..kr",
            "a@-c.kr",
            "a@1.2.3.4",
            "a@b.kr\r\nBcc: c@d.kr",
            "\"a b\"@c.kr",
            "a@b@c.kr",
            "가@c.kr",
        ] {
            assert_eq!(normal_email(text), None, "{text:?}");
        }
        assert_eq!(normal_email(&format!("{}@example.com", "a".repeat(65))), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC*") {
            let _ = (normal_phone(&text, "KR"), normal_phone(&text, "US"), normal_email(&text));
            let _ = (show_phone(&text), mask_phone(&text), mask_email(&text));
        }

        #[test]
        fn what_is_shown_is_read_back(text in "0(10[0-9]{8}|2[1-9][0-9]{6,7}|31[1-9][0-9]{6,7}|505[0-9]{7,8})") {
            let phone = normal_phone(&text, "KR").unwrap();
            prop_assert_eq!(normal_phone(&phone.shown(), "KR").unwrap(), phone.clone());
            prop_assert_eq!(normal_phone(&phone.e164, "KR").unwrap(), phone);
        }

        #[test]
        fn an_address_is_a_fixed_point(local in "[a-z0-9._+-]{1,20}", domain in "[a-z0-9-]{1,10}\\.(kr|com)") {
            if let Some(email) = normal_email(&format!("{local}@{domain}")) {
                prop_assert_eq!(normal_email(&email.identity_norm).unwrap(), email);
            }
        }
    }
}
