//! What a password and an e-mail address must be (ASVS 5.0: 6.2.1, 6.2.4, 6.2.9).

use super::common;

/// Characters of a password at least.
const SHORTEST: usize = 8;
/// Characters of a password at most.
const LONGEST: usize = 128;
/// Bytes of an e-mail address at most (RFC 5321).
const ADDRESS_BYTES: usize = 254;

/// The form in which e-mail addresses of users are stored and compared.
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Whether `email`, folded, can be an address: something, one `@`, something.
pub(crate) fn is_email(email: &str) -> bool {
    let plain = email.len() <= ADDRESS_BYTES && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    plain && email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && is_domain(domain))
}

fn is_domain(domain: &str) -> bool {
    !domain.is_empty() && !domain.contains('@') && !domain.starts_with('.') && !domain.ends_with('.')
}

/// Why `password` is refused for the user with `email`, as the code of a field; `None` when it is good.
///
/// There is no rule about kinds of characters: length and not being common are what helps.
pub fn check_password(password: &str, email: &str) -> Option<&'static str> {
    match password.chars().count() {
        0..SHORTEST => Some("password_short"),
        SHORTEST..=LONGEST if common::is_common(password) => Some("password_common"),
        SHORTEST..=LONGEST if fold_email(password) == fold_email(email) => Some("password_common"),
        SHORTEST..=LONGEST => None,
        _ => Some("password_long"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_commonness_decide_nothing_else() {
        assert_eq!(check_password("짧은암호", ""), Some("password_short"));
        assert_eq!(check_password("Password1", ""), Some("password_common"));
        assert_eq!(check_password("owner@example.com", "Owner@Example.com"), Some("password_common"));
        assert_eq!(check_password(&"긴".repeat(129), ""), Some("password_long"));
        assert_eq!(check_password("dkssudgktpdy", ""), Some("password_common"));
        assert_eq!(check_password("paper lantern at noon", ""), None);
        assert_eq!(check_password(&"긴 비밀번호 ".repeat(2), ""), None);
    }

    #[test]
    fn an_address_has_two_sides() {
        assert!(is_email("owner@shop.kr"));
        for wrong in ["owner", "@shop.kr", "owner@", "a@b@c", "a b@c.kr", "a@.kr"] {
            assert!(!is_email(wrong), "{wrong}");
        }
    }
}
